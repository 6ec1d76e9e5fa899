"""Checking an archive: every body against its digest, every record against the log, the log against its checkpoint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import UNSET, Struct

from plaudit.archive.reader import ARCHIVE, LOG, checkpoint, records, segments, sources
from plaudit.archive.segment import frames
from plaudit.base.errors import DigestMismatch
from plaudit.ledger.check import check as check_log
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Checked", "check"]


class Checked(Struct, frozen=True):
    """What an archive holds.

    records : that the log holds; beyond : those that it does not hold yet
    holes : bodies that were deleted; kept : those of them whose rows stayed
    torn : segments that end in half a frame, by path, with its bytes
    """

    records: int
    beyond: int
    body_bytes: int
    holes: int
    kept: int
    torn: dict[str, int]
    origin: str
    root: str


def check(archive: Path) -> Checked | None:
    """Check a whole archive; None where there is none.

    Raises
    ------
    DigestMismatch : a body is not the one received, a record is not in the log, or the log holds one that is not here.
    SignatureInvalid, ProofInvalid : the checkpoint is not signed by the key beside it.
    """
    found = checkpoint(archive)
    if found is None:
        return None
    log, files = found[0], FolderFiles(archive / LOG)
    check_log(files, log)
    reader, seen, beyond, size, holes, kept, torn = LogReader(files), set[int](), 0, 0, 0, 0, {}
    for source in sources(archive):
        for placed in records(archive, source):
            record = placed.record
            size += record.body_bytes
            holes += record.hole is not UNSET
            kept += record.said is not UNSET
            if record.leaf >= log.size:
                beyond += 1
                continue
            if record.leaf in seen or reader.entry(record.leaf) != placed.leaf:
                raise _not_logged(placed.segment, placed.row, record.leaf)
            seen.add(record.leaf)
        for path in segments(archive, source):
            end = max((part.last for part in frames(path)), default=0)
            if rest := path.stat().st_size - end:
                torn[f"{ARCHIVE}/{source}/{path.name}"] = rest
    if len(seen) < log.size:
        first = next(leaf for leaf in range(log.size) if leaf not in seen)
        raise DigestMismatch(
            f"{ARCHIVE} lacks {log.size - len(seen):,} of {log.size:,} records, the first is of leaf {first}",
            "get the segments again from another copy",
            leaf=first,
        )
    return Checked(len(seen), beyond, size, holes, kept, torn, log.origin, log.root.hex())


def _not_logged(segment: str, row: int, leaf: int) -> DigestMismatch:
    return DigestMismatch(
        f"{segment}, record {row} is not what the log holds as leaf {leaf}",
        "it was changed, or it is another archive's; get the segment again from another copy",
        leaf=leaf,
    )
