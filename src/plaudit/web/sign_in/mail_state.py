"""How it stands with the mail: what the organiser reads on stderr and in `plaudit vote status`."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from typing import TYPE_CHECKING, Any, Final

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.web.sign_in.mail_answers import Outcome

__all__ = ["MailState", "write_state"]

_TELL_SECONDS: Final = 1.0
_SAY_SECONDS: Final = 60.0
_log = logging.getLogger("plaudit.web")


class MailState:
    """Counts since the start, and what is wrong now.

    Parameters
    ----------
    server : how the organiser knows it
    told : is called with this when it changed, at most once a second

    Attributes
    ----------
    waiting, later : messages that wait for their first try, or for another one
    handed_over, no_letter_box, refused, given_up : what became of the others
    turned_away_count : voters who were told that no code can be sent
    deferrals : messages in a row that the server put off
    trouble : why nothing can be sent now, or nothing
    """

    def __init__(self, server: str, told: Callable[[MailState], None]) -> None:
        self._server = server
        self._told = told
        self._told_at = float("-inf")
        self._said_at = float("-inf")
        self.waiting = self.later = self.connections = 0
        self.handed_over = self.no_letter_box = self.refused = self.given_up = self.turned_away_count = 0
        self.deferrals = 0
        self.trouble = ""

    def note(self, outcome: Outcome) -> None:
        """Note what became of a message, and say what the organiser must know."""
        if outcome.kind in {"handed over", "no mailbox"}:
            self._well(is_handed_over=outcome.kind == "handed over")
        elif outcome.kind == "in trouble":
            self._in_trouble(outcome.why)
        elif outcome.kind == "refused":
            self.refused += 1
            self._say(f"refuses a message: {outcome.why}; configure it to accept messages from this machine")
        elif outcome.kind == "not now":
            self.deferrals += 1
            self._say(f"puts a message off: {outcome.why}; it is tried again")

    def turned_away(self) -> None:
        """Note that a voter was told that no code can be sent."""
        self.turned_away_count += 1

    def tell(self, waiting: int, later: int, connections: int) -> None:
        """Tell how it stands, if that is due."""
        self.waiting, self.later, self.connections = waiting, later, connections
        now = time.monotonic()
        if now - self._told_at >= _TELL_SECONDS:
            self._told_at = now
            self._told(self)

    def facts(self) -> dict[str, Any]:
        """Give everything as plain values; nothing of it names a voter."""
        return {
            "server": self._server,
            "trouble": self.trouble,
            "waiting": self.waiting,
            "to_be_tried_again": self.later,
            "connections": self.connections,
            "handed_over": self.handed_over,
            "no_letter_box": self.no_letter_box,
            "refused": self.refused,
            "given_up": self.given_up,
            "voters_turned_away": self.turned_away_count,
        }

    def _well(self, *, is_handed_over: bool) -> None:
        if is_handed_over:
            self.handed_over += 1
            self.deferrals = 0
        else:
            self.no_letter_box += 1
        if self.trouble:
            _log.warning("the mail server %s takes messages again", self._server)
            self.trouble, self._said_at = "", float("-inf")

    def _in_trouble(self, why: str) -> None:
        is_new = not self.trouble
        self.trouble = why
        self._say(f"takes no messages: {why}; voters cannot sign in by e-mail", is_new=is_new)

    def _say(self, what: str, *, is_new: bool = False) -> None:
        """Say something at once where it is new, else at most once a minute."""
        now = time.monotonic()
        if is_new or now - self._said_at >= _SAY_SECONDS:
            self._said_at = now
            _log.error(
                "the mail server %s %s (%d wait, %d refused, %d voters turned away)",
                *(self._server, what, self.waiting + self.later, self.refused, self.turned_away_count),
            )


def write_state(path: Path, state: MailState) -> None:
    """Write how it stands where `plaudit vote status` reads it."""
    part = path.with_suffix(".part")
    with contextlib.suppress(OSError):  # stderr says the same, and a full disk has its own words
        part.write_bytes(msgspec.json.encode(state.facts()))
        os.replace(part, path)  # noqa: PTH105
