"""The season's certifying key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import RuleInvalid
from plaudit.ledger.keys import signing_key
from plaudit.ledger.note import Signer

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["season_signer"]


def season_signer(folder: Path, origin: str) -> Signer:
    """Give the season's signer, under the season's origin.

    Raises
    ------
    RuleInvalid : the origin cannot name a key.
    SignatureInvalid : the key file holds no Ed25519 key.
    """
    try:
        return Signer(origin, signing_key(folder / "keys" / "signing.pem"))
    except ValueError as error:
        raise RuleInvalid(
            f"season.toml, origin: {error}", 'write it like a web address, as in: origin = "example.org/my-award"'
        ) from None
