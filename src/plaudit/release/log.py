"""The release log: one leaf a release, in the order in which they were made.

The notes are written first and in one go, then the log follows them. Whoever is stopped in
between leaves notes that the log lacks, and the next release adds them: each says its
place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.base.errors import DigestMismatch
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log
from plaudit.ledger.note import Signer, Verifier
from plaudit.release.note import log_entry
from plaudit.vote.keys import certifying_signer

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.release.shelf import Released, Shelf
    from plaudit.rulebook.season import Season

__all__ = ["KEY_FILE", "LOG", "log_name", "log_verifier", "logged_in_order", "release_signer", "write_log"]

LOG: Final = "log"
KEY_FILE: Final = "verifier.key"


def release_signer(season: Season) -> tuple[Signer, Signer]:
    """Give who signs the season's releases, and who signs their log: one key under two names.

    Raises
    ------
    OutOfTurn, SignatureInvalid, DigestMismatch : the season's key lacks, or is another one.
    """
    signer = certifying_signer(season.folder, season.origin)
    return signer, signer.renamed(log_name(season.origin))


def log_verifier(verifier: Verifier) -> Verifier:
    """Give the key of the release log of whoever signs the releases."""
    return Verifier(log_name(verifier.name), verifier.public)


def log_name(origin: str) -> str:
    """Give the name of a season's release log."""
    return f"{origin}/releases"


def logged_in_order(shelf: Shelf) -> list[Released]:
    """Give every release by its place in the log.

    Raises
    ------
    DigestMismatch : two have one place, or one lacks.
    """
    found = sorted(shelf.all(), key=lambda one: int(one.stated["index"]))
    for place, one in enumerate(found):
        if one.stated["index"] != place:
            raise DigestMismatch(
                f"{one.chart}, week {one.week}, release {one.number} is number {one.stated['index']} of the release "
                f"log, and {place} is expected",
                "restore the release that is missing from a copy; none is taken back",
            )
    return found


def write_log(folder: Path, releases: list[Released], signer: Signer) -> int:
    """Bring the log up to the releases, and give its size.

    Parameters
    ----------
    releases : all of them, by their place

    Raises
    ------
    CheckpointsFork : the log holds more than there is.
    """
    log = Log(folder)
    fresh = releases[log.size :]
    log.append([log_entry(one.stated, one.sha256) for one in fresh])
    files = FolderFiles(folder)
    key = f"{signer.verifier}\n".encode()
    if files.read(KEY_FILE) != key:
        files.write(KEY_FILE, key, durably=True)
    return log.publish(signer).size
