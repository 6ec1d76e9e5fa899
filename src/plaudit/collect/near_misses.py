"""Ids that sources write nearly as the season declares them, named before anything is counted."""

from __future__ import annotations

import glob
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from plaudit.base.spelling import near_misses
from plaudit.collect.read import source_files
from plaudit.collect.staging import SetAside, source_rows
from plaudit.collect.values import Unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["declared_ids", "in_heads", "in_tables"]

_HEAD_ROWS: Final = 1000
Declared = dict[str, set[str]]
"""By column of ours the ids that the season declares; those of accounts by `account on PLATFORM`."""


def declared_ids(season: Season, nominees: Iterable[str]) -> Declared:
    """Give what the season declares: accounts and their platforms, nominees and artists, channels.

    Parameters
    ----------
    nominees : those named by the season or its nominees file
    """
    found: Declared = {"nominee": {*nominees, *season.artists.by_id()}}
    for platform, account in season.artists.owners():
        found.setdefault(f"account on {platform}", set()).add(account)
    if season.vote is not None:
        found["channel"] = {channel.id for channel in season.declared_counting_rule().channel}
    return found


def in_heads(season: Season, declared: Declared) -> list[str]:
    """Give a line for each near miss in the first thousand rows of every file of every source."""
    lines: list[str] = []
    for source in season.sources:
        if not source.is_live and not (source.coverage.synthetic and not list(season.folder.glob(source.files))):
            lines += _lines(source.id, _written(season, source), declared)
    return lines


def in_tables(season: Season, tables: Evidence, declared: Declared) -> list[str]:
    """Give a line for each near miss in what was collected: ballots, outside totals and unknown accounts."""
    written: dict[str, dict[str, set[str]]] = {}
    for name in ("ballots", "source_totals"):
        table = tables.read_or_empty(name)
        for row in tables.to_rows(table.select("source", "nominee", "channel").distinct()):
            for column in ("nominee", "channel"):
                written.setdefault(row["source"], {}).setdefault(column, set()).add(row[column])
    platforms = {source.id: source.platform for source in season.sources}
    aside = tables.read_or_empty("set_aside")
    unknown = aside.filter(aside.reason == "unknown account").select("source", "detail").distinct()
    for row in tables.to_rows(unknown):
        kind = f"account on {platforms.get(row['source'], '')}"
        written.setdefault(row["source"], {}).setdefault(kind, set()).add(row["detail"])
    return [line for source, columns in sorted(written.items()) for line in _lines(source, columns, declared)]


def _written(season: Season, source: Source) -> dict[str, set[str]]:
    kinds = {"nominee": "nominee", "channel": "channel", "account": f"account on {source.platform}"}
    found: dict[str, set[str]] = {kind: set() for kind in kinds.values()}
    for path in source_files(season.folder, source):
        one = replace(source, files=glob.escape(path.relative_to(season.folder).as_posix()))
        for row in islice(source_rows(season.folder, one, SetAside(), _quiet), _HEAD_ROWS):
            for column, kind in kinds.items():
                with suppress(Unusable):  # collecting it says what is wrong
                    found[kind].add(row.id(column))
    return {kind: ids - {""} for kind, ids in found.items()}


def _quiet(_file: str, _rows: int) -> None:
    """Say nothing."""


def _lines(source: str, written: Mapping[str, set[str]], declared: Declared) -> list[str]:
    return [
        f"source {source}: {column} {miss}"
        for column, ids in sorted(written.items())
        for miss in near_misses(ids, declared.get(column, ()))
    ]
