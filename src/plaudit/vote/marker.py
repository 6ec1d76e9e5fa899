"""The marker: a file outside the season that keeps the last checkpoint, so that a restored folder is noticed."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from plaudit.ledger.sight import put

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Marker"]

_log = logging.getLogger("plaudit.vote")


class Marker:
    """Keeps the last published checkpoint in a file, or nothing where there is no file to keep it in.

    A file that cannot be written stops nothing; the log says so once, until it can be written again.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._is_unmarked = False

    def notes(self) -> list[str]:
        """Give the note that was kept last, if any was."""
        path = self._path
        return [path.read_bytes().decode("utf-8", "replace")] if path and path.is_file() else []

    def keep(self, note: str) -> None:
        """Keep a note in place of the one before."""
        if self._path is None:
            return
        try:
            put(self._path, note)
        except OSError as error:
            if not self._is_unmarked:
                _log.error("the marker %s cannot be written: %s", self._path, error)
            self._is_unmarked = True
        else:
            self._is_unmarked = False
