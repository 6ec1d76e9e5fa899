"""Who signs an archive's checkpoints: a key of its own, so that what fetches needs no other secret of the season."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.archive.reader import archive_folder, sources
from plaudit.ledger.keys import make_signing_key, signing_key
from plaudit.ledger.note import Signer

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["archive_signer"]


def archive_signer(season: Path, origin: str) -> Signer:
    """Give the signer of a season's archive; its key is made when there is no archive yet.

    Raises
    ------
    OutOfTurn : there is an archive, and its key lacks or may be read by others.
    """
    path = season / "keys" / "archive.pem"
    if not sources(archive_folder(season)):
        make_signing_key(path)
    return Signer(f"{origin}/archive", signing_key(path))
