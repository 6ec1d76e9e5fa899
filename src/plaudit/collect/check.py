"""Look at a season's source files without collecting them."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from plaudit.collect.read import file_format, read_rows, source_files
from plaudit.rulebook.sources import file_columns

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season

__all__ = ["check_sources"]


def check_sources(season: Season) -> list[str]:
    """Open every source file and read its first rows; give a line per source.

    Raises
    ------
    SourceUnavailable : a source has no file; synthetic ones may still be made.
    SourceChanged : a file is empty or lacks a declared column.
    """
    found = []
    for source in season.sources:
        if source.coverage.synthetic and not list(season.folder.glob(source.files)):
            found.append(f"source {source.id}: not made yet; make it with: plaudit simulate SEASON")
            continue
        files = source_files(season.folder, source)
        for path in files:
            for _row in islice(read_rows(path, file_format(path, source), file_columns(source), source.id), 100):
                pass
        found.append(f"source {source.id}: {len(files)} files, columns as declared")
    return found
