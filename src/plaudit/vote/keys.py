"""The keys a season needs: for its certificate, for its log, for voters' pseudonyms, for sessions.

    SEASON/keys/signing.pem  log.pem  voter.key  session.key

`make_keys` makes them, once: `plaudit init`, `plaudit vote open` and the first steps of a season call it, a server
never does. From the opening on, or once there is a certificate, a key that lacks is lost, and no new one takes its
place. Fingerprints of all four stand in the ballot store and in the opening; whatever reads a key compares it.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import DigestMismatch, OutOfTurn, RuleInvalid, SignatureInvalid
from plaudit.base.spelling import meant
from plaudit.ledger.keys import fingerprint, make_secret, make_signing_key, secret, signing_key
from plaudit.ledger.note import Signer, Verifier
from plaudit.vote.ballot_store import SqliteBallotStore
from plaudit.vote.forget import is_forgotten, refuse_forgotten
from plaudit.vote.lock import usable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "FINGERPRINTS",
    "acts_signer",
    "certifying_signer",
    "fingerprints",
    "held_fingerprints",
    "log_origin",
    "log_signer",
    "make_keys",
    "refuse_other_keys",
    "renew_key",
    "session_key",
    "voter_key",
]

FINGERPRINTS: Final = "keys"
"""The ballot store's fact: the fingerprint of each key, as JSON."""
_PEMS: Final = ("signing.pem", "log.pem")
_SECRETS: Final = ("voter.key", "session.key")
_RENEWABLE: Final = ("session.key", "signing.pem")


def make_keys(folder: Path) -> None:
    """Make every key of a season that lacks: who certifies, who logs, who votes, who is signed in.

    Once the vote is open, or a certificate or a commitment is published, it makes none: what lacks then is lost, and
    whatever needs it says so.
    """
    if _opened_with(folder) is not None or _is_certified(folder):
        return
    for name in _PEMS:
        make_signing_key(folder / "keys" / name)
    for name in _SECRETS:
        if name != "voter.key" or not is_forgotten(folder):
            make_secret(folder / "keys" / name)


def fingerprints(folder: Path) -> dict[str, str]:
    """Give the fingerprint of each key, by the name of its file.

    Raises
    ------
    OutOfTurn, SignatureInvalid, DigestMismatch : a key lacks, is none, or may be read by others.
    """
    return {name: _fingerprint(folder, name) for name in sorted((*_PEMS, *_SECRETS))}


def held_fingerprints(folder: Path) -> dict[str, str]:
    """Give the fingerprints of the keys of a vote that was opened before they were kept; see `refuse_other_keys`."""
    away = {"signing.pem"} if not (folder / "keys" / "signing.pem").exists() else set()
    away |= {"voter.key"} if is_forgotten(folder) else set()
    return {name: _fingerprint(folder, name) for name in sorted({*_PEMS, *_SECRETS} - away)}


def refuse_other_keys(folder: Path, stated: Mapping[str, str]) -> None:
    """Refuse keys that are not those the vote was opened with.

    `signing.pem` may be kept elsewhere until the result is certified, and `voter.key` may have been destroyed.

    Raises
    ------
    OutOfTurn, SignatureInvalid : a key that a server needs lacks, is none, or may be read by others.
    DigestMismatch : it is another key, or has another length.
    """
    for name in sorted(stated):
        is_away = name == "signing.pem" and not (folder / "keys" / name).exists()
        if not is_away and not (name == "voter.key" and is_forgotten(folder)):
            _refuse_other(name, _fingerprint(folder, name), stated)


def renew_key(folder: Path, name: str) -> str:
    """Put a new key in the place of one that was stolen, and give its fingerprint; the vote goes on with it.

    Parameters
    ----------
    name : `session.key`, after which every session ends, or `signing.pem`, before anything is certified

    Raises
    ------
    OutOfTurn : the vote is not open, a certificate is published, or it is a key that the vote cannot go on without.
    """
    if name not in _RENEWABLE:
        can = f"these can be replaced: {' and '.join(_RENEWABLE)}; see What breaks when a key is lost or stolen"
        raise OutOfTurn(
            f"{name} cannot be replaced: pseudonyms, receipts and the log depend on it",
            meant(name, _RENEWABLE, can),
        )
    stated = _opened_with(folder)
    if stated is None:
        raise OutOfTurn("the vote was not opened", f"remove keys/{name}, then: plaudit vote open SEASON")
    if name == "signing.pem" and _is_certified(folder):
        raise OutOfTurn(
            "a certificate is published under keys/signing.pem", "say in public that it is not to be trusted"
        )
    path = folder / "keys" / name
    fresh = path.with_name(f"new-{name}")
    (make_signing_key if name in _PEMS else make_secret)(fresh)
    found = _fingerprint(folder, fresh.name, name)
    with (
        usable(folder / "vote" / "ballots.sqlite"),
        closing(SqliteBallotStore(folder / "vote" / "ballots.sqlite")) as ballot_store,
    ):
        ballot_store.set_state(FINGERPRINTS, json.dumps({**stated, name: found}))
    fresh.replace(path)
    return found


def voter_key(folder: Path) -> bytes:
    """Give the edition's key, under which voters' names become pseudonyms.

    Raises
    ------
    OutOfTurn : it was destroyed by `plaudit vote forget`, or lacks, or may be read by others.
    DigestMismatch : it is not the one the vote was opened with, or has another length.
    """
    refuse_forgotten(folder)
    return _secret(folder, "voter.key")


def session_key(folder: Path) -> bytes:
    """Give the key that signs sessions; refuse it as `voter_key` does."""
    return _secret(folder, "session.key")


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
    OutOfTurn : the key lacks, or may be read by others.
    SignatureInvalid : the key file holds no Ed25519 key.
    DigestMismatch : it is not the key the vote was opened with.
    """
    return _signer(folder, "log.pem", log_origin(origin))


def acts_signer(folder: Path, origin: str) -> Signer:
    """Give the signer of the log of acts: the key of the vote's log under another name; refuse it as `log_signer` does.

    Parameters
    ----------
    origin : of that log
    """
    return _signer(folder, "log.pem", origin)


def certifying_signer(folder: Path, origin: str) -> Signer:
    """Give the season's own signer, under its origin; refuse it as `log_signer` does.

    Raises
    ------
    SignatureInvalid : besides, what is published under this origin was signed by another key.
    """
    signer = _signer(folder, "signing.pem", origin)
    key_file = folder / "published" / "verifier.key"
    if _is_certified(folder) and key_file.is_file():
        _refuse_another_signer(key_file, signer.verifier)
    return signer


def _refuse_another_signer(key_file: Path, ours: Verifier) -> None:
    try:
        published = Verifier.parse(key_file.read_bytes().decode("utf-8", "replace"))
    except SignatureInvalid:
        return  # whoever reads the certificate says so
    if published.name == ours.name and published != ours:
        raise SignatureInvalid(
            f"keys/signing.pem is not the key that signed what is published: {published}",
            "restore it from your backup; to certify under a new key, say so in public and move published/ away",
            file="signing.pem",
        )


def _signer(folder: Path, file: str, name: str) -> Signer:
    key = signing_key(folder / "keys" / file)
    try:
        signer = Signer(name, key)
    except ValueError as error:
        raise RuleInvalid(
            f"season.toml, origin: {error}", 'write it like a web address, as in: origin = "example.org/my-award"'
        ) from None
    _refuse_other(file, fingerprint(file, signer.verifier.public), _opened_with(folder) or {})
    return signer


def _secret(folder: Path, name: str) -> bytes:
    data = secret(folder / "keys" / name)
    _refuse_other(name, fingerprint(name, data), _opened_with(folder) or {})
    return data


def _fingerprint(folder: Path, file: str, name: str = "") -> str:
    path = folder / "keys" / file
    if (name or file) in _PEMS:
        return fingerprint(name or file, signing_key(path).public_key().public_bytes_raw())
    return fingerprint(name or file, secret(path))


def _refuse_other(name: str, found: str, stated: Mapping[str, str]) -> None:
    if stated.get(name, found) != found:
        raise DigestMismatch(
            f"keys/{name} has fingerprint {found[:16]}…, the vote was opened with {stated[name][:16]}…",
            f"restore keys/{name} from your backup; another key cannot take its place",
            file=name,
        )


def _opened_with(folder: Path) -> dict[str, str] | None:
    """Give the fingerprints in the ballot store; none if the vote was opened without; None if it was not opened."""
    path = folder / "vote" / "ballots.sqlite"
    if not path.is_file():
        return None
    try:
        with closing(SqliteBallotStore(path, is_view=True)) as ballot_store:
            if ballot_store.state("opening") is None:
                return None
            held = ballot_store.state(FINGERPRINTS)
    except sqlite3.Error:
        return {}  # whoever needs the ballot store says what is wrong with it
    return dict(json.loads(str(held))) if held is not None else {}


def _is_certified(folder: Path) -> bool:
    return any((folder / "published" / name).is_file() for name in ("certificate.note", "commitment.note"))
