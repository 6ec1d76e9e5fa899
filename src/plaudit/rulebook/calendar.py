"""When a season's acts are due: each at an instant with a zone, in the order of the line."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from plaudit.base.weeks import to_instant
from plaudit.rulebook.values import Aware

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from plaudit.rulebook.strict_toml import TomlFile

__all__ = ["Calendar", "check_calendar"]

_KEYS: Final = ("nominate_at", "open_at", "audit_at", "certify_at", "reveal_at")


class Calendar(Struct, frozen=True, forbid_unknown_fields=True):
    """When `plaudit keep` does what; an act without an instant is done by hand.

    Weeks are released by [release], and a vote closes with its last window.

    nominate_at : the charts are read, and the nominees found.
    open_at : the vote is opened: nobody can change nominees, rules or windows from then on.
    audit_at : everything is counted, and the checks are made.
    certify_at : the result is certified, or sealed where the rule says so.
    reveal_at : a sealed result is told; only with `reveals_itself`.
    reveals_itself : whether the calendar may reveal.
    """

    nominate_at: Aware | None = None
    open_at: Aware | None = None
    audit_at: Aware | None = None
    certify_at: Aware | None = None
    reveal_at: Aware | None = None
    reveals_itself: bool = False

    def instant(self, key: str) -> int | None:
        """Give the instant of a key, or None where it has none."""
        at: datetime | None = getattr(self, key)
        return None if at is None else to_instant(at)


def check_calendar(calendar: Calendar, windows: Sequence[tuple[int, int]], file: TomlFile, *, is_opened: bool) -> None:
    """Refuse a calendar out of order.

    Parameters
    ----------
    windows : first instant and first instant after of each voting window; none where there is no vote
    is_opened : whether the vote is one that is opened: it is live, or names witnesses

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """

    def refuse(key: str, what: str, remedy: str) -> None:
        raise file.invalid(("calendar", key), what, remedy)

    given = {key: at for key in _KEYS if (at := calendar.instant(key)) is not None}
    for before, after in pairwise(given):
        if given[after] < given[before]:
            refuse(after, f"{after} lies before {before}", "give the acts in order")
    for key in {"open_at", "audit_at", "reveal_at"} & {*given} if not windows else ():
        refuse(key, f"{key} and no vote", "add [vote], or remove it")
    if windows:
        opens, closes = min(first for first, _ in windows), max(last for _, last in windows)
        if "open_at" in given and not is_opened:
            what = "nothing is opened: the season takes no ballots itself, and names no witnesses"
            refuse("open_at", what, "add [vote.live] or [vote.witnesses], or remove it")
        if given.get("open_at", opens) > opens:
            refuse("open_at", "the vote opens after its first window begins", "open it before")
        if given.get("audit_at", closes) < closes:
            refuse("audit_at", "the audit is before the last window ends", "set it later")
    if calendar.reveals_itself != ("reveal_at" in given):
        what = "reveals_itself and no reveal_at" if calendar.reveals_itself else "reveal_at without reveals_itself"
        refuse("reveals_itself", what, "give both, or neither, and reveal by hand")
