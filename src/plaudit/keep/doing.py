"""Doing what is due: each act calls what its verb calls, and is written down once it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn
from plaudit.base.extras import lacking
from plaudit.base.progress import quiet
from plaudit.certify.seal import read_commitment
from plaudit.certify.subjects import certificate_subject, nominees_of, note_subject
from plaudit.certify.unmade import refuse_empty_sources
from plaudit.keep.acting import acted, allowed
from plaudit.keep.due import is_closed
from plaudit.release.release import release
from plaudit.store.evidence import Evidence
from plaudit.vote.live import LiveVote
from plaudit.vote.lock import is_served
from plaudit.vote.open_vote import open_from_files, open_vote

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.keep.due import Due
    from plaudit.rulebook.season import Season

__all__ = ["CALENDAR", "do"]

CALENDAR = "calendar"
"""Who acts where nobody does by hand."""


def do(season: Season, due: Due, now: int, on_progress: Callable[[str, int], None] = quiet) -> None:
    """Do one act that is due. Doing again what was done changes nothing.

    Raises
    ------
    OutOfTurn : it cannot be done yet, such as without the signatures of enough operators.
    PlauditError : whatever the act refuses; all that was made before stays.
    """
    tables = Evidence(season.evidence)
    match due.act:
        case "release":
            assert due.of is not None
            release(season, due.of[0], now, week=due.of[1], on_progress=on_progress)
        case "nominate":
            with season.changing("plaudit keep") as working:
                fresh = tables.within(working.files)
                pipeline.collect(working, fresh, on_progress=on_progress)
                pipeline.walk(working, fresh, (pipeline.measure, pipeline.chart, pipeline.nominate), on_progress)
            acted(season, tables, "nominate", by=CALENDAR)
        case "open":
            _open(season, tables)
        case "close":
            _close(season)
            acted(season, tables, "close", by=CALENDAR)
        case "audit":
            with season.changing("plaudit keep") as working:
                _count(working, tables.within(working.files), on_progress)
            acted(season, tables, "audit", by=CALENDAR)
        case "seal":
            with season.changing("plaudit keep") as working:
                pipeline.seal(working, tables.within(working.files))
                _pages(working, tables.within(working.files), on_progress)
            acted(season, tables, "seal", by=CALENDAR, subject=note_subject(read_commitment(season)))
        case "certify":
            with season.changing("plaudit keep") as working:
                made = pipeline.tell(working, tables.within(working.files), on_progress)
                _pages(working, tables.within(working.files), on_progress)
            acted(season, tables, "certify", by=CALENDAR, subject=certificate_subject(made.statement))
        case "reveal":
            pipeline.reveal(season, tables, pages=not lacking("site"), on_progress=on_progress)
            acted(season, tables, "reveal", by=CALENDAR)
        case other:
            raise ValueError(f"no act {other}")


def _open(season: Season, tables: Evidence) -> None:
    allowed(season, tables, "open")
    if season.live:
        open_vote(season, nominees_of(tables))
    elif season.witnesses:
        with season.changing("plaudit keep") as working:
            open_from_files(working, nominees_of(tables.within(working.files)))
    acted(season, tables, "open", by=CALENDAR)


def _close(season: Season) -> None:
    if is_closed(season):
        return
    if is_served(season.folder):
        raise OutOfTurn("a server takes this vote's ballots, and closes it itself", "wait for it")
    with LiveVote(season) as vote:
        vote.close()


def _count(season: Season, tables: Evidence, on_progress: Callable[[str, int], None]) -> None:
    pipeline.collect(season, tables, on_progress=on_progress)
    refuse_empty_sources(season, tables)
    steps = (pipeline.measure, pipeline.chart, pipeline.nominate, pipeline.vote, pipeline.audit, pipeline.tally)
    pipeline.walk(season, tables, (*steps, pipeline.check), on_progress)


def _pages(season: Season, tables: Evidence, on_progress: Callable[[str, int], None]) -> None:
    if not lacking("site"):
        on_progress("site", 0)
        pipeline.site(season, tables, on_progress=on_progress)
