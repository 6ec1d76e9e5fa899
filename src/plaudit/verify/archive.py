"""Whether the archive is what its log says, and how much of the evidence can be read again from raw answers.

Answers whose bodies were deleted are told of: those whose rows were kept, and those of which a digest is left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from msgspec import UNSET

from plaudit.archive.check import check
from plaudit.archive.reader import archive_folder, records, sources
from plaudit.base.numbers import counted

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence
    from plaudit.verify.verified import Verified

__all__ = ["Shares", "check_archive", "records_read", "shares"]


class Shares(NamedTuple):
    """How many answers there are whole, with the rows that were kept of them alone, and by their digest alone."""

    raw: int
    kept: int
    digests: int


def records_read(ours: Evidence) -> int | None:
    """Give to which size of the archive live sources were read, or None where there are none."""
    if not ours.has("checkpoints"):
        return None
    return next((row["size"] for row in ours.to_rows(ours.read("checkpoints"))), None)


def shares(season: Path, size: int) -> Shares:
    """Count the answers of an archive at a size by what is left of them."""
    raw = kept = gone = 0
    archive = archive_folder(season)
    for source in sources(archive):
        for placed in records(archive, source, size):
            if placed.record.data is not None:
                raw += 1
            elif placed.record.said is not UNSET:
                kept += 1
            else:
                gone += 1
    return Shares(raw, kept, gone)


def check_archive(season: Season, ours: Evidence, found: Verified) -> Shares:
    """Check every record of the archive against its log, if it is here, and say what can be read again.

    Raises
    ------
    DigestMismatch : a body is not the one received, or records and log differ.
    SignatureInvalid, ProofInvalid : the checkpoint is not signed by the key beside it.
    """
    size = records_read(ours)
    if size is None or check(archive_folder(season.folder)) is None:
        return Shares(0, 0, 0)
    left = shares(season.folder, size)
    found.checked.append(
        f"{counted(size, 'archived answer')}: each is in the archive's log, and its body is the one kept"
    )
    if left.kept:
        found.unchecked.append(
            f"{left.kept:,} of {size:,} archived answers against their bodies, which were deleted: their rows were "
            "kept, and no digest covers these"
        )
    if left.digests:
        found.unchecked.append(
            f"{left.digests:,} of {size:,} archived answers: bodies and rows were deleted, their digests are here"
        )
    return left
