"""The season's certifying key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.vote.keys import certifying_signer

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.ledger.note import Signer

__all__ = ["season_signer"]


def season_signer(folder: Path, origin: str) -> Signer:
    """Give the season's signer, under the season's origin; it makes no key.

    Raises
    ------
    RuleInvalid : the origin cannot name a key.
    OutOfTurn : the key lacks, or may be read by others.
    SignatureInvalid : the key file holds no Ed25519 key, or another one signed what is published.
    DigestMismatch : it is not the key the vote was opened with.
    """
    return certifying_signer(folder, origin)
