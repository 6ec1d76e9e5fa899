"""A source of ballots as rows: of its files, or of the stream that it follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from plaudit.base.errors import SourceUnavailable
from plaudit.collect.live import archive_size
from plaudit.collect.raw import RawRow
from plaudit.collect.staging import FileRead, SourceRow, source_rows
from plaudit.collect.translate import Translation
from plaudit.collect.witnessed import witnessed
from plaudit.rulebook.artists import read_artists

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plaudit.collect.staging import SetAside
    from plaudit.rulebook.sources import Source

__all__ = ["ballot_rows"]

_COLUMNS = ("cast_at", "gesture", "is_deleted", "nominee", "post", "tags", "voter")


def ballot_rows(
    folder: Path,
    source: Source,
    set_aside: SetAside,
    on_progress: Callable[[str, int], None],
    size: int | None = None,
) -> Iterator[SourceRow]:
    """Give the rows of a source of ballots; of a stream, one a post and nominee, cast when we received it.

    Parameters
    ----------
    size : so many records of the archive are read; all that its checkpoint covers, if left out

    Raises
    ------
    SourceUnavailable : nothing is there.
    SourceChanged : as for `source_rows`.
    DigestMismatch : a record of the archive is damaged.
    """
    if not source.is_followed:
        yield from source_rows(folder, source, set_aside, on_progress)
        return
    columns = {name: name for name in _COLUMNS}
    plain = replace(source, fetch=None, columns=columns, formats={"cast_at": "unix us"})
    said, read = Translation(folder, plain, set_aside.used), None
    size = archive_size(folder) if size is None else size
    for act in witnessed(folder, source, read_artists(folder / "artists.toml"), size):
        read = set_aside.files.setdefault((source.id, act.segment), FileRead())
        if read.rows == set_aside.rows_most > 0:
            read.is_cut = True
            continue
        read.rows += 1
        if act.reason:
            set_aside.add(source.id, act.segment, act.row, act.reason, act.detail)
            continue
        values = {
            "cast_at": str(act.at),
            "gesture": act.gesture,
            "is_deleted": "yes" if act.is_deleted else "no",
            "nominee": act.nominee,
            "post": act.post,
            "tags": str(act.tags),
            "voter": act.author,
        }
        yield SourceRow(act.segment, RawRow(act.row, values), said)
    if read is None:
        raise SourceUnavailable(
            f"source {source.id}: no post with an official tag is archived", "run first: plaudit fetch SEASON --once"
        )
    on_progress(source.id, read.rows)
