"""Reading an archive: its segments, its records, and what of them the log holds.

SEASON/data/archive/
├── SOURCE/2018-05-18.jsonl.zst     one source and day: segment.py
└── log/                            a tile log: checkpoint, verifier.key, tile/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from plaudit.archive.record import Record, day_of, read_line
from plaudit.archive.segment import ENDING, frames
from plaudit.base.errors import DigestMismatch, OutOfTurn
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import Verifier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["ARCHIVE", "LOG", "Placed", "archive_folder", "checkpoint", "records", "records_of", "segments", "sources"]

ARCHIVE: Final = "data/archive"
"""Where a season's archive lies."""
LOG: Final = "log"
"""The folder of its log; no source may have that name."""
_KEY: Final = "verifier.key"


class Placed(NamedTuple):
    """A record and where it stands: its segment, by path in the season, its number in it from 1, and its leaf."""

    segment: str
    row: int
    record: Record
    leaf: bytes


def archive_folder(season: Path) -> Path:
    """Give the folder of a season's archive."""
    return season / ARCHIVE


def sources(archive: Path) -> list[str]:
    """Give the sources that have segments, by name."""
    if not archive.is_dir():
        return []
    return sorted(path.name for path in archive.iterdir() if path.is_dir() and path.name != LOG and path.name[0] != ".")


def segments(archive: Path, source: str) -> list[Path]:
    """Give the segments of a source, by day."""
    return sorted(path for path in (archive / source).glob(f"*{ENDING}") if path.name[0] != ".")


def records(archive: Path, source: str, most: int | None = None, since: int = 0) -> Iterator[Placed]:
    """Give the records of a source in the order of their leaves.

    Parameters
    ----------
    most : the log's size; what came later is left out
    since : an instant; days that ended before it are left out

    Raises
    ------
    DigestMismatch : a line is no record, or stands where it cannot.
    """
    last = -1
    for path in segments(archive, source):
        day = path.name.removesuffix(ENDING)
        if day < day_of(since):
            continue
        for placed in records_of(path):
            record = placed.record
            if most is not None and record.leaf >= most:
                return
            if record.leaf <= last or record.source != source or day_of(record.answered_at) != day:
                raise DigestMismatch(
                    f"{placed.segment}, record {placed.row} is of {record.source}, {day_of(record.answered_at)}, leaf "
                    f"{record.leaf}: it does not belong there",
                    "get the segment again from another copy",
                )
            last = record.leaf
            yield placed


def records_of(path: Path) -> Iterator[Placed]:
    """Give the records of one segment.

    Raises
    ------
    DigestMismatch : a line is no record.
    """
    name = f"{ARCHIVE}/{path.parent.name}/{path.name}"
    row = 0
    for part in frames(path):
        for line in part.lines():
            row += 1
            yield Placed(name, row, *read_line(line, f"{name}, record {row}"))


def checkpoint(archive: Path) -> tuple[Checkpoint, Verifier] | None:
    """Give the archive's last checkpoint and the key that signed it, or None where nothing was archived yet.

    Raises
    ------
    SignatureInvalid, ProofInvalid : the key did not sign it, or it is another log's.
    OutOfTurn : there are records and no checkpoint.
    """
    files = FolderFiles(archive / LOG)
    note, key = files.read("checkpoint"), files.read(_KEY)
    if note is None or key is None:
        if any(segments(archive, source) for source in sources(archive)):
            raise OutOfTurn(f"{ARCHIVE} has records and no checkpoint", "run: plaudit fetch SEASON --once")
        return None
    verifier = Verifier.parse(key.decode("utf-8", "replace").strip())
    return open_checkpoint(note.decode("utf-8", "replace"), verifier), verifier
