"""Coverage that is seen: for each source, account, metric and hour, what was asked and what came of it."""

from __future__ import annotations

import base64
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from plaudit.archive.reader import LOG, archive_folder, checkpoint
from plaudit.base.errors import SourceChanged
from plaudit.base.weeks import instant_text
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.platforms.registry import platform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from plaudit.archive.reader import Placed
    from plaudit.archive.record import Record
    from plaudit.platforms.contract import Said
    from plaudit.rulebook.artists import Artists
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["Seen", "checkpoint_row", "wished_accounts", "write_seen"]

_HOUR: Final = 3_600_000_000
_SECOND: Final = 1_000_000
_VERDICTS: Final = ("answered", "absent", "refused", "limited", "failed")


def wished_accounts(source: Source, artists: Artists) -> tuple[str, ...]:
    """Give the accounts that a live source asks about: those it lists, or all of its platform."""
    assert source.fetch is not None
    return source.fetch.accounts or tuple(sorted(name for of, name in artists.owners() if of == source.platform))


class Seen:
    """What the answers of one live source tell of its coverage, and which posts they say are gone."""

    def __init__(self, source: Source, artists: Artists) -> None:
        assert source.fetch is not None
        self._source, self._fetch = source, source.fetch
        self._accounts = wished_accounts(source, artists)
        self._offers = platform(source.platform).offers
        self._counts: dict[tuple[str, str, int], Counter[str]] = {}
        self._asked: set[tuple[str, str, int]] = set()
        self._days: dict[str, int] = {}
        self._spans: list[int] = []
        self._deleted: dict[tuple[str, int], dict[str, Any]] = {}

    def take(self, record: Record, verdict: str) -> None:
        """Take note of one ask and of what came of it."""
        slot = self._slot(record.asked_at)
        self._spans = [min([slot, *self._spans]), max([slot, *self._spans])]
        hour = record.asked_at // _HOUR * _HOUR
        for account in record.ask.accounts or ("",):
            self._asked.add((account, record.ask.what, slot))
            for metric in sorted(self._offers.get(record.ask.what, ())) or ("",):
                counts = self._counts.setdefault((account, metric, hour), Counter())
                counts["asked"] += 1
                counts[verdict] += 1
        if verdict == "answered":
            self._days.setdefault(instant_text(record.answered_at)[:10], record.answered_at)

    def take_deletion(self, placed: Placed, said: Said) -> None:
        """Take note of a post that is said to be gone; the first word of it counts."""
        record = placed.record
        post = str(said.values.get("post", ""))
        self._deleted.setdefault(
            (post, record.answered_at),
            {
                "platform": self._source.platform,
                "post": post,
                "account": str(said.values.get("account", "")),
                "observed_at": record.answered_at,
                "source": self._source.id,
                "row": placed.row,
            },
        )

    def as_rows(self) -> list[dict[str, Any]]:
        """Give the rows of the table coverage."""
        missing = self._missing()
        return [
            {
                "source": self._source.id,
                "account": account,
                "metric": metric,
                "hour_at": hour,
                "asked": counts["asked"],
                **{verdict: counts[verdict] for verdict in _VERDICTS},
                "missing": missing[account, metric, hour],
            }
            for (account, metric, hour) in sorted({*self._counts, *missing})
            for counts in [self._counts.get((account, metric, hour), Counter())]
        ]

    def deletions(self) -> list[dict[str, Any]]:
        """Give the rows of the table deletions."""
        return [row for _, row in sorted(self._deleted.items())]

    def refuse_contradicted(self) -> None:
        """Refuse a coverage that the archive contradicts: an answer on a day that the season says was not seen.

        Raises
        ------
        SourceChanged : names the day and the answer.
        """
        coverage = self._source.coverage
        for day, at in sorted(self._days.items()):
            if not coverage.first_on.isoformat() <= day <= coverage.last_on.isoformat():
                raise self._contradicted(
                    at, f"its coverage is declared from {coverage.first_on} to {coverage.last_on}", "correct from or to"
                )
            for gap in coverage.gaps:
                if not gap.account and _within(day, gap.first_on, gap.last_on):
                    raise self._contradicted(
                        at, f"a gap is declared from {gap.first_on} to {gap.last_on}", "remove the gap"
                    )

    def _contradicted(self, at: int, declared: str, remedy: str) -> SourceChanged:
        return SourceChanged(
            f"source {self._source.id}: {declared}, and the archive holds an answer of {instant_text(at)}",
            f"{remedy} under [source.coverage]; what a live source missed is seen by itself",
            source=self._source.id,
        )

    def _missing(self) -> Counter[tuple[str, str, int]]:
        """Count the cycles in which nothing was asked, from the first to the last that anything was asked in."""
        found: Counter[tuple[str, str, int]] = Counter()
        if not self._spans:
            return found
        step = self._fetch.every_seconds * _SECOND
        for slot in range(self._spans[0], self._spans[1] + 1, step):
            for account in self._accounts or ("",):
                for what in self._fetch.what:
                    if (account, what, slot) not in self._asked and not self._covers(account, what, slot):
                        for metric in sorted(self._offers.get(what, ())) or ("",):
                            found[account, metric, slot // _HOUR * _HOUR] += 1
        return found

    def _covers(self, account: str, what: str, slot: int) -> bool:
        """Say whether asks for something else gave all metrics of it in the same cycle."""
        wanted = self._offers.get(what, frozenset())
        given = {m for other in self._offers if (account, other, slot) in self._asked for m in self._offers[other]}
        return bool(wanted) and wanted <= given

    def _slot(self, instant: int) -> int:
        step = self._fetch.every_seconds * _SECOND
        return instant // step * step


def write_seen(folder: Path, tables: Evidence, seen: Sequence[Seen], size: int) -> dict[str, int]:
    """Write what live sources tell of themselves: the checkpoint that was read to, and coverage and deletions."""
    if size:
        tables.write_rows("checkpoints", [checkpoint_row(folder, size)])
    if not seen:
        return {}
    rows = {
        "coverage": [row for one in seen for row in one.as_rows()],
        "deletions": [row for one in seen for row in one.deletions()],
    }
    return {name: tables.write_rows(name, of_table).num_rows for name, of_table in rows.items()}


def checkpoint_row(folder: Path, size: int) -> dict[str, Any]:
    """Give the row of the table checkpoints: the archive when it held so many records."""
    found = checkpoint(archive_folder(folder))
    assert found is not None
    held, verifier = found
    root = LogReader(FolderFiles(archive_folder(folder) / LOG)).root(size)
    return {
        "origin": held.origin,
        "size": size,
        "root": base64.b64encode(root).decode(),
        "key": str(verifier),
    }


def _within(day: str, first_on: date, last_on: date) -> bool:
    return first_on.isoformat() <= day <= last_on.isoformat()
