"""What is due in a season, what is done, and what waits: read from its own files, so that any process knows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from plaudit.acts.acts import read_acts
from plaudit.base.errors import OutOfTurn, PlauditError
from plaudit.base.weeks import instant_text
from plaudit.certify.seal import is_sealed
from plaudit.release.release import as_of, shelf_of, terms_of
from plaudit.vote.log import has_log, last_close, read_closing

if TYPE_CHECKING:
    from plaudit.rulebook.calendar import Calendar
    from plaudit.rulebook.season import Season

__all__ = ["Due", "due_acts", "is_closed"]


class Due(Struct, frozen=True):
    """One act of the calendar.

    act : the verb: `release`, `nominate`, `open`, `close`, `audit`, `certify`, `seal` or `reveal`
    of : the chart and week of a release, else nothing
    at : the instant from which it is due
    state : `done`; `due`; `waits`, for its instant or for an act before it
    because : what it waits for, or how late it is
    """

    act: str
    at: int
    state: Literal["done", "due", "waits"]
    of: tuple[str, str] | None = None
    because: str = ""

    @property
    def name(self) -> str:
        """The act in words, as in `release social-weekly@1 2026-01-12`."""
        return " ".join((self.act, *(self.of or ())))


def due_acts(season: Season, now: int) -> list[Due]:
    """Give every act of a season's calendar by its instant, and how it stands at an instant.

    Raises
    ------
    OutOfTurn : the season has no calendar and releases nothing.
    """
    if season.calendar is None and season.release is None:
        raise OutOfTurn("the season has no calendar", "add [calendar] or [release] to season.toml")
    found = [*_releases(season, now), *_line(season, season.calendar, now)]
    return sorted(found, key=lambda one: one.at)  # a stable sort: acts of one instant stay in the order of the line


def _releases(season: Season, now: int) -> list[Due]:
    if season.release is None:
        return []
    found = []
    for use in season.charts:
        terms = terms_of(season, use.rule)
        held = {*shelf_of(season).weeks(use.rule)}
        for week in terms.weeks:
            at = as_of(week, terms)
            state: Literal["done", "due", "waits"] = "done" if week.id in held else "due" if at <= now else "waits"
            found.append(Due("release", at, state, (use.rule, week.id), _late(at, now) if state == "due" else ""))
    return found


def _line(season: Season, calendar: Calendar | None, now: int) -> list[Due]:
    if calendar is None:
        return []
    done = {act.act for act in (read_acts(season.folder) or (None, []))[1]}
    wanted = [("nominate", calendar.instant("nominate_at")), ("open", calendar.instant("open_at"))]
    if season.live:
        wanted.append(("close", last_close(season)))
    last = "seal" if season.vote and is_sealed(season) else "certify"
    wanted += [("audit", calendar.instant("audit_at")), (last, calendar.instant("certify_at"))]
    wanted += [("reveal", calendar.instant("reveal_at"))]
    found, before = [], ""
    for act, at in wanted:
        if at is None:
            continue
        is_ready = not before or before in done
        state: Literal["done", "due", "waits"] = "done" if act in done else "due" if at <= now and is_ready else "waits"
        because = _late(at, now) if state == "due" else "" if state == "done" or is_ready else f"{before} comes first"
        found.append(Due(act, at, state, None, because))
        before = act
    return found


def is_closed(season: Season) -> bool:
    """Say whether the vote's log ends with its closing."""
    if not has_log(season):
        return False
    try:
        read_closing(season)
    except PlauditError:
        return False
    return True


def _late(at: int, now: int) -> str:
    minutes = (now - at) // 60_000_000
    return f"since {instant_text(at)}, {minutes:,} minutes ago" if minutes else ""
