"""A season's keys: made once, kept out of what is shared, never printed."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from plaudit.base.errors import RuleInvalid, SignatureInvalid
from plaudit.ledger.note import Signer

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["make_keys", "season_signer", "voter_key"]


def make_keys(folder: Path) -> bool:
    """Make the season's signing key and voter key where they lack; say whether any was made.

    `keys/signing.pem` signs certificates. `keys/voter.key` turns voters' names
    into pseudonyms. Both are readable by their owner alone, and `keys/.gitignore`
    keeps them out of version control.
    """
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    _write_once(keys / ".gitignore", b"*\n")
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    made = [_write_once(keys / "signing.pem", pem), _write_once(keys / "voter.key", secrets.token_bytes(32))]
    return any(made)


def season_signer(folder: Path, origin: str) -> Signer:
    """Give the season's signer, under the season's origin.

    Raises
    ------
    RuleInvalid : the origin cannot name a key.
    SignatureInvalid : the key file holds no Ed25519 key.
    """
    make_keys(folder)
    path = folder / "keys" / "signing.pem"
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (TypeError, ValueError):  # TypeError: it wants a password
        raise SignatureInvalid(f"{path.name} holds no private key", "restore it from your backup") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SignatureInvalid(f"{path.name} is not an Ed25519 key", "restore it from your backup")
    try:
        return Signer(origin, key)
    except ValueError as error:
        raise RuleInvalid(
            f"season.toml, origin: {error}", 'write it like a web address, as in: origin = "example.org/my-award"'
        ) from None


def voter_key(folder: Path) -> bytes:
    """Give the key under which voters' names become pseudonyms."""
    make_keys(folder)
    return (folder / "keys" / "voter.key").read_bytes()


def _write_once(path: Path, data: bytes) -> bool:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return True
