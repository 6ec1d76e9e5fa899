"""Keys in files: made once and whole, readable by their owner alone, never printed, never made in place of a lost one.

make_secret(path), make_signing_key(path)      where a season or a witness begins
secret(path), signing_key(path)                everywhere else: what is there, or a refusal in words
"""

from __future__ import annotations

import hashlib
import os
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from plaudit.base.disk import name_once, sync
from plaudit.base.errors import DigestMismatch, OutOfTurn, SignatureInvalid

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SECRET_BYTES", "fingerprint", "make_secret", "make_signing_key", "secret", "signing_key"]

SECRET_BYTES: Final = 32
_LABEL: Final = b"https://plaudit.dev/key-fingerprint/v1\n"
_OTHERS: Final = 0o077
_RESTORE: Final = "restore it from your backup of keys/; a new one would not do its work"


def make_signing_key(path: Path) -> None:
    """Make an Ed25519 key in a PEM file, unless the file is there."""
    if not path.exists():
        _write_once(path, Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def make_secret(path: Path) -> None:
    """Make 32 random bytes in a file, unless the file is there."""
    if not path.exists():
        _write_once(path, secrets.token_bytes(SECRET_BYTES))


def signing_key(path: Path) -> Ed25519PrivateKey:
    """Give the Ed25519 key in a PEM file.

    Raises
    ------
    OutOfTurn : there is no such file, or others than its owner may read it.
    SignatureInvalid : the file holds no Ed25519 private key.
    """
    try:
        key = load_pem_private_key(_read(path), None)
    except (TypeError, ValueError):  # TypeError: it wants a password
        raise SignatureInvalid(f"{_told(path)} holds no private key", _RESTORE, file=path.name) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise SignatureInvalid(f"{_told(path)} is not an Ed25519 key", _RESTORE, file=path.name)
    return key


def secret(path: Path) -> bytes:
    """Give the 32 random bytes in a file.

    Raises
    ------
    OutOfTurn : there is no such file, or others than its owner may read it.
    DigestMismatch : it holds more or fewer bytes.
    """
    data = _read(path)
    if len(data) != SECRET_BYTES:
        raise DigestMismatch(
            f"{_told(path)} holds {len(data)} bytes, a key has {SECRET_BYTES}", _RESTORE, file=path.name
        )
    return data


def fingerprint(name: str, key: bytes) -> str:
    """Give the public fingerprint of a key: a labelled SHA-256, which tells nothing of 32 random bytes.

    Parameters
    ----------
    name : of the key's file, so that one key in two files has two fingerprints
    key : the secret bytes; of an Ed25519 key the public ones

    Examples
    --------
    >>> fingerprint("voter.key", bytes(32))[:16]
    'd3e6aace49609f4c'
    """
    return hashlib.sha256(_LABEL + name.encode() + b"\n" + key).hexdigest()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            others = os.fstat(file.fileno()).st_mode & _OTHERS if os.name == "posix" else 0
            data = file.read()
    except FileNotFoundError:
        raise OutOfTurn(f"{_told(path)} is missing", _RESTORE, file=path.name) from None
    except OSError as error:
        raise OutOfTurn(f"{_told(path)} cannot be read: {error.strerror}", "check its rights", file=path.name) from None
    if others:
        raise OutOfTurn(
            f"{_told(path)} can be read or written by users other than its owner (mode {others | 0o600:04o})",
            f"chmod 600 {_told(path)}; if others had access, the key may be known to them",
            file=path.name,
        )
    return data


def _told(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _write_once(path: Path, data: bytes) -> None:
    """Write a file that is not there, whole and through a power cut; a folder made for it is kept out of git."""
    if not path.parent.is_dir():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write_once(path.with_name(".gitignore"), b"*\n")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with suppress(FileNotFoundError):
        part.unlink()
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        name_once(part, path)
    finally:
        with suppress(FileNotFoundError):
            part.unlink()
    sync(path.parent)
