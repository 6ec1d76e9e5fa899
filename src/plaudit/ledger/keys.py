"""Keys in files: made once, readable by their owner alone, never printed."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from plaudit.base.errors import SignatureInvalid

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["secret", "signing_key"]


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Give the Ed25519 key in a PEM file, made where it lacks.

    Raises
    ------
    SignatureInvalid : the file holds no Ed25519 private key.
    """
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    _write_once(path, pem)
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except (TypeError, ValueError):  # TypeError: it wants a password
        raise SignatureInvalid(f"{path.name} holds no private key", "restore it from your backup") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SignatureInvalid(f"{path.name} is not an Ed25519 key", "restore it from your backup")
    return key


def secret(path: Path) -> bytes:
    """Give the 32 random bytes in a file, made where it lacks."""
    _write_once(path, secrets.token_bytes(32))
    return path.read_bytes()


def _write_once(path: Path, data: bytes) -> None:
    """Write a file that is not there; a folder made for it is kept out of version control."""
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path.with_name(".gitignore"), b"*\n")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "wb") as file:
        file.write(data)
