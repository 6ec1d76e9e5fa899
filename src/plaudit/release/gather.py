"""Collect for one week: the files that may tell of it are read, and no others.

A release notes of each file of a source how long it is and from when to when its rows
are. A file that is as long as it was, and tells of no day of the week, is not read again.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import pyarrow as pa

from plaudit.base.file_names import name_below
from plaudit.base.progress import quiet
from plaudit.collect.identity import Identity
from plaudit.collect.live import archive_size, live_rows
from plaudit.collect.posts import PostStaging
from plaudit.collect.read import source_files
from plaudit.collect.seen import Seen, checkpoint_row
from plaudit.collect.staging import SetAside, source_rows
from plaudit.collect.values import Unusable
from plaudit.store.evidence import Evidence
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plaudit.collect.staging import SourceRow
    from plaudit.release.shelf import Shelf
    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source

__all__ = ["FILES", "Gathered", "Span", "gather", "spans_bytes"]

FILES: Final = "files.json"
_DAY: Final = 86_400_000_000
_KINDS: Final = frozenset({"counters", "posts", "readings"})
_TABLES: Final = ("posts", "credits", "readings")


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a file was when it was read: its bytes, and the first and last instants of its rows.

    observed, published : none where the file has rows without such an instant
    """

    size: int
    observed: tuple[int, int] | None
    published: tuple[int, int] | None

    def may_tell(self, starts_at: int, ends_at: int, as_of: int) -> bool:
        """Say whether a row of the file may be of the week, or of a post that was published in it."""
        if self.observed is None:
            return True
        is_read = self.observed[0] < max(ends_at, as_of + 1) and self.observed[1] >= starts_at
        is_new = self.published is not None and self.published[0] < ends_at and self.published[1] >= starts_at
        return (is_read or is_new) and self.observed[0] <= as_of


Spans = dict[str, Span]
"""Spans by source and file, with a blank between."""


@dataclass(frozen=True)
class Gathered:
    """What was collected for a week, and the spans of all files that are known.

    tables : posts, credits and readings; with live sources also coverage
    archive : what the archive's checkpoint was, where there are live sources
    """

    tables: dict[str, pa.Table]
    spans: Spans
    files_read: int
    archive: dict[str, Any] | None = None


def gather(
    season: Season,
    shelf: Shelf,
    window: tuple[int, int, int] | None,
    *,
    on_progress: Callable[[str, int], None] = quiet,
) -> Gathered:
    """Collect what may tell of a week.

    Parameters
    ----------
    window : first instant of the week, first after it, and the last that is taken; none takes all

    Raises
    ------
    SourceUnavailable, SourceChanged : as collecting does.
    """
    known = _known(shelf) if window else {}
    set_aside, spans, files_read = SetAside(), dict(known), 0
    staging = PostStaging(Identity(season.artists, set_aside.met), set_aside)
    live = [source for source in season.sources if source.is_live]
    seen, size = [Seen(source, season.artists) for source in live], archive_size(season.folder) if live else 0
    since = window[0] - _DAY if window else 0
    for source, of in zip(live, seen, strict=True):
        for row in live_rows(season.folder, source, set_aside, of, on_progress, size, since):
            staging.take(row)
    for source, path in _files(season):
        name, length = f"{source.id} {name_below(path, season.folder)}", path.stat().st_size
        span = known.get(name)
        if window and span and span.size == length and not span.may_tell(*window):
            continue
        only = msgspec.structs.replace(source, files=_escaped(name_below(path, season.folder)))
        observed, published = _Hull("observed_at"), _Hull("published_at")
        for row in source_rows(season.folder, only, set_aside, on_progress):
            staging.take(row)
            observed.add(row)
            published.add(row)
        spans[name] = Span(length, observed.found, published.found)
        files_read += 1
    tables = _written(staging)
    if not live:
        return Gathered(tables, spans, files_read)
    rows = [row for of in seen for row in of.as_rows()]
    tables["coverage"] = pa.Table.from_pylist(rows, schema=table("coverage").schema)
    return Gathered(tables, spans, files_read, checkpoint_row(season.folder, size))


def spans_bytes(spans: Spans) -> bytes:
    """Give spans as they are kept."""
    lines = [f"{json.dumps(name)}:{msgspec.json.encode(span).decode()}" for name, span in sorted(spans.items())]
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


class _Hull:
    """The first and last instant of a column, as long as every row has one."""

    def __init__(self, column: str) -> None:
        self._column = column
        self._least: int | None = None
        self._most = 0
        self._is_whole = True

    def add(self, row: SourceRow) -> None:
        if not self._is_whole:
            return
        try:
            at = row.instant(self._column) if row.has(self._column) else None
        except Unusable:
            return  # the row was set aside
        if at is None:
            self._is_whole = False
        elif self._least is None:
            self._least = self._most = at
        else:
            self._least, self._most = min(self._least, at), max(self._most, at)

    @property
    def found(self) -> tuple[int, int] | None:
        return (self._least, self._most) if self._is_whole and self._least is not None else None


def _files(season: Season) -> Iterator[tuple[Source, Path]]:
    for source in season.sources:
        if source.kind in _KINDS and not source.is_live:
            yield from ((source, path) for path in source_files(season.folder, source))


def _known(shelf: Shelf) -> Spans:
    """Give the spans that earlier releases noted; a note that cannot be read is no note, and all is read again."""
    try:
        return msgspec.json.decode((shelf.folder / FILES).read_bytes(), type=Spans)
    except (OSError, msgspec.MsgspecError):
        return {}


def _written(staging: PostStaging) -> dict[str, pa.Table]:
    with tempfile.TemporaryDirectory(prefix="plaudit-release-") as scratch:
        tables = Evidence(Path(scratch))
        staging.write(tables)
        return {name: tables.to_arrow(tables.read(name)).cast(table(name).schema) for name in _TABLES}


def _escaped(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)
