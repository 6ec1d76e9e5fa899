"""When a season's acts are due: each at an instant with a zone, in the order of the line."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated

from msgspec import Meta, Struct

from plaudit.base.weeks import to_instant

if TYPE_CHECKING:
    from plaudit.rulebook.season_file import Vote
    from plaudit.rulebook.strict_toml import TomlFile

__all__ = ["Calendar", "check_calendar"]

Aware = Annotated[datetime, Meta(tz=True)]


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


def check_calendar(calendar: Calendar, vote: Vote | None, file: TomlFile) -> None:
    """Refuse a calendar out of order.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    keys = ("nominate_at", "open_at", "audit_at", "certify_at", "reveal_at")
    given = [(key, at) for key in keys if (at := calendar.instant(key)) is not None]
    for (before, first), (after, then) in pairwise(given):
        if then < first:
            raise file.invalid(("calendar", after), f"{after} lies before {before}", "give the acts in order")
    if vote is None:
        for key, _ in given[1:] if given and given[0][0] == "nominate_at" else given:
            if key in {"open_at", "audit_at", "reveal_at"}:
                raise file.invalid(("calendar", key), f"{key} and no vote", "add [vote], or remove it")
    else:
        opens, closes = (min(to_instant(one.opens_at) for one in vote.window), _last(vote))
        if calendar.open_at and not (vote.live or vote.witnesses):
            what = "nothing is opened: the season takes no ballots itself, and names no witnesses"
            raise file.invalid(("calendar", "open_at"), what, "add [vote.live] or [vote.witnesses], or remove it")
        if (at := calendar.instant("open_at")) is not None and at > opens:
            raise file.invalid(
                ("calendar", "open_at"), "the vote opens after its first window begins", "open it before"
            )
        if (at := calendar.instant("audit_at")) is not None and at < closes:
            raise file.invalid(("calendar", "audit_at"), "the audit is before the last window ends", "set it later")
    if calendar.reveals_itself != (calendar.reveal_at is not None):
        what = "reveals_itself and no reveal_at" if calendar.reveals_itself else "reveal_at without reveals_itself"
        raise file.invalid(("calendar", "reveals_itself"), what, "give both, or neither, and reveal by hand")


def _last(vote: Vote) -> int:
    return max(to_instant(one.closes_at) for one in vote.window)
