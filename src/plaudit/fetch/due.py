"""Deleting on schedule: bodies that a source's terms let nobody keep any longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.archive.holes import Remains, delete
from plaudit.archive.record import Hole, day_of
from plaudit.platforms.registry import platform

if TYPE_CHECKING:
    from plaudit.archive.archive import Archive
    from plaudit.archive.record import Record
    from plaudit.platforms.contract import Answer
    from plaudit.rulebook.season import Season

__all__ = ["delete_due"]

_DAY: Final = 86_400_000_000


def delete_due(archive: Archive, season: Season, now: int) -> int:
    """Delete the bodies that are due, and give how many there were.

    Their rows stay where the terms allow figures to be made of them; else nothing stays but digest and hole.
    """
    count = 0
    for source in season.sources:
        terms = source.terms
        if source.fetch is None or terms is None or terms.keep_days is None:
            continue
        due, asked = now - terms.keep_days * _DAY, platform(source.platform)

        def is_due(record: Record, source_id: str = source.id, due: int = due) -> bool:
            return record.source == source_id and record.answered_at < due and record.data is not None

        def remains(_record: Record, answer: Answer, derive: bool = terms.derive) -> Remains:  # noqa: FBT001
            return Remains(asked.outcome(answer).verdict, list(asked.rows(answer)) if derive else None)  # noqa: B023

        hole = Hole(now, f"kept for {terms.keep_days} days: {terms.because}")
        count += delete(archive, is_due, hole, remains, last_day=day_of(due))
    return count
