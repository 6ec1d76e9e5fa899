"""The keys a vote needs: for voters' pseudonyms, for sessions, for the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import RuleInvalid
from plaudit.ledger.keys import secret, signing_key
from plaudit.ledger.note import Signer
from plaudit.vote.forget import is_forgotten, refuse_forgotten

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["log_origin", "log_signer", "make_keys", "session_key", "voter_key"]


def make_keys(folder: Path) -> None:
    """Make every key of a season that lacks: who certifies, who logs, who votes, who is signed in."""
    for name in ("signing.pem", "log.pem"):
        signing_key(folder / "keys" / name)
    for name in ("voter.key", "session.key"):
        if name != "voter.key" or not is_forgotten(folder):
            secret(folder / "keys" / name)


def voter_key(folder: Path) -> bytes:
    """Give the edition's key, under which voters' names become pseudonyms.

    Raises
    ------
    OutOfTurn : it was destroyed by `plaudit vote forget`.
    """
    refuse_forgotten(folder)
    return secret(folder / "keys" / "voter.key")


def session_key(folder: Path) -> bytes:
    """Give the key that signs sessions."""
    return secret(folder / "keys" / "session.key")


def log_origin(origin: str) -> str:
    """Give the name of a season's log.

    Examples
    --------
    >>> log_origin("plaudit.example/top-social-artist-2018")
    'plaudit.example/top-social-artist-2018/log'
    """
    return f"{origin}/log"


def log_signer(folder: Path, origin: str) -> Signer:
    """Give the signer of the season's log: a key of its own, so that the certifying key may stay offline.

    Raises
    ------
    RuleInvalid : the origin cannot name a key.
    SignatureInvalid : the key file holds no Ed25519 key.
    """
    try:
        return Signer(log_origin(origin), signing_key(folder / "keys" / "log.pem"))
    except ValueError as error:
        raise RuleInvalid(
            f"season.toml, origin: {error}", 'write it like a web address, as in: origin = "example.org/my-award"'
        ) from None
