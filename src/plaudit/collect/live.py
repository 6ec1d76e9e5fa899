"""Rows of a live source: what a platform answered, read out of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec import UNSET
from msgspec.structs import replace

from plaudit.archive.reader import archive_folder, checkpoint, records
from plaudit.base.errors import SourceUnavailable
from plaudit.collect.daily import Daily
from plaudit.collect.raw import RawRow
from plaudit.collect.staging import FileRead, SourceRow
from plaudit.collect.translate import Translation
from plaudit.platforms.contract import Unread
from plaudit.platforms.registry import platform

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from plaudit.archive.reader import Placed
    from plaudit.archive.record import Record
    from plaudit.collect.seen import Seen
    from plaudit.collect.staging import SetAside
    from plaudit.platforms.contract import Platform, Said
    from plaudit.rulebook.sources import Source

__all__ = ["archive_size", "has_answers", "live_rows"]

_OF_POSTS: Final = ("post", "account", "published_at", "title", "media", "is_repost")
_OF_ACCOUNTS: Final = ("account", "metric", "value")


def archive_size(folder: Path) -> int:
    """Give how many records the archive's checkpoint covers; what came after it is not collected yet."""
    found = checkpoint(archive_folder(folder))
    return found[0].size if found else 0


def has_answers(folder: Path, source: Source) -> bool:
    """Say whether there is an answer to collect."""
    return next(records(archive_folder(folder), source.id, archive_size(folder)), None) is not None


def live_rows(
    folder: Path,
    source: Source,
    set_aside: SetAside,
    seen: Seen,
    on_progress: Callable[[str, int], None],
    size: int,
    since: int = 0,
) -> Iterator[SourceRow]:
    """Give the rows of counters and readings of a live source; `observed_at` is when we had the answer.

    Figures of single days come last, as running totals at each day's end.
    A row's file is the segment and its number that of the record. Deletions, and what was asked, go to `seen`.

    Parameters
    ----------
    size : so many records of the archive are read
    since : an instant; answers of days that ended before it are left out

    Raises
    ------
    SourceUnavailable : there is no answer.
    DigestMismatch : a record is damaged.
    """
    asked = platform(source.platform)
    forms = _Forms(folder, source, asked, set_aside, seen)
    read = None
    for placed in records(archive_folder(folder), source.id, size, since):
        name, row, record = placed.segment, placed.row, placed.record
        if (source.id, name) not in set_aside.files:
            set_aside.files[source.id, name] = FileRead()
            on_progress(name, 0)
        read = set_aside.files[source.id, name]
        if read.rows == set_aside.rows_most > 0:
            read.is_cut = True
            continue
        read.rows += 1
        seen.take(record, verdict_of(record, asked))
        for said in said_by(record, asked):
            made = said if isinstance(said, Unread) else forms.row(placed, said)
            if isinstance(made, Unread):
                set_aside.add(source.id, name, row, made.reason, made.detail)
            elif made is not None:
                yield made
    yield from forms.daily_rows()
    if read is None:
        raise SourceUnavailable(
            f"source {source.id}: no answer of {source.platform} is archived", "run first: plaudit fetch SEASON --once"
        )


def verdict_of(record: Record, asked: Platform) -> str:
    """Give what a record's answer amounts to; of a deleted body, what was kept of it."""
    answer = record.answer
    if answer is not None:
        return asked.outcome(answer).verdict
    return "" if record.hole is UNSET else record.hole.verdict


def said_by(record: Record, asked: Platform) -> Iterable[Said | Unread]:
    """Give the rows of a record: of its body, or those that were kept when it was deleted."""
    answer = record.answer
    if answer is not None:
        return asked.rows(answer)
    return () if record.said is UNSET else [kept.row for kept in record.said]


class _Forms:
    """The live source as one of each kind that its answers give rows of."""

    def __init__(self, folder: Path, source: Source, asked: Platform, set_aside: SetAside, seen: Seen) -> None:
        assert source.fetch is not None
        self._seen, self._daily = seen, Daily()
        metrics = sorted({metric for what in source.fetch.what for metric in asked.offers[what]})
        plain = replace(source, fetch=None, formats={"observed_at": "unix us"})
        counters = replace(
            plain,
            kind="counters",
            columns={name: name for name in (*_OF_POSTS, "observed_at")},
            metrics={metric: metric for metric in metrics},
        )
        readings = replace(plain, kind="readings", columns={name: name for name in (*_OF_ACCOUNTS, "observed_at")})
        self._said = {
            "counters": Translation(folder, counters, set_aside.used),
            "readings": Translation(folder, readings, set_aside.used),
        }
        self._names = {"counters": (*_OF_POSTS, *metrics), "readings": _OF_ACCOUNTS}

    def row(self, placed: Placed, said: Said) -> SourceRow | Unread | None:
        """Give what was said as a row of a source of its kind; None where no table takes such rows, or not yet."""
        if said.kind == "deletions":
            self._seen.take_deletion(placed, said)
        elif said.kind == "readings" and "day" in said.values:
            wrong = self._daily.take(placed, said)
            return Unread("not a day", wrong) if wrong else None
        elif said.kind in self._said:
            values: dict[str, Any] = {name: said.values.get(name) for name in self._names[said.kind]}
            values["observed_at"] = str(placed.record.answered_at)
            return SourceRow(placed.segment, RawRow(placed.row, values), self._said[said.kind])
        return None

    def daily_rows(self) -> Iterator[SourceRow]:
        """Give figures of single days as running totals, once all are there."""
        for placed, values in self._daily.totals():
            yield SourceRow(placed.segment, RawRow(placed.row, values), self._said["readings"])
