"""A season's keys: made once, their owner's alone, never shown."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from plaudit.base.errors import SignatureInvalid
from plaudit.certify.keys import season_signer
from plaudit.vote.keys import log_signer, make_keys, session_key, voter_key
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from pathlib import Path


def test_keys_are_made_once(tmp_path: Path) -> None:
    make_keys(tmp_path)
    made = bytes_below(tmp_path)
    make_keys(tmp_path)

    assert bytes_below(tmp_path) == made
    assert sorted(made) == [
        "keys/.gitignore",
        "keys/log.pem",
        "keys/session.key",
        "keys/signing.pem",
        "keys/voter.key",
    ]
    assert len(made["keys/voter.key"]) == 32


def test_one_lost_key_is_made_anew_and_the_other_stays(tmp_path: Path) -> None:
    make_keys(tmp_path)
    kept = (tmp_path / "keys" / "signing.pem").read_bytes()
    (tmp_path / "keys" / "voter.key").unlink()

    make_keys(tmp_path)

    assert (tmp_path / "keys" / "voter.key").is_file()
    assert (tmp_path / "keys" / "signing.pem").read_bytes() == kept


def test_only_their_owner_may_read_them(tmp_path: Path) -> None:
    make_keys(tmp_path)

    assert {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "keys").glob("[lsv]*")} == {
        "log.pem": 0o600,
        "session.key": 0o600,
        "signing.pem": 0o600,
        "voter.key": 0o600,
    }
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / ".gitignore").read_text("utf-8") == "*\n"


def test_two_seasons_have_different_keys(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()

    assert voter_key(tmp_path / "a") != voter_key(tmp_path / "b")
    assert session_key(tmp_path / "a") != session_key(tmp_path / "b")
    assert log_signer(tmp_path / "a", "x").verifier != log_signer(tmp_path / "b", "x").verifier
    assert season_signer(tmp_path / "a", "x").verifier != season_signer(tmp_path / "b", "x").verifier


def test_no_made_file_holds_a_key(made_template: Path) -> None:
    keys = made_template / "keys"
    secret = load_pem_private_key((keys / "signing.pem").read_bytes(), None)
    seed = secret.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    forms = [
        form
        for key in (seed, voter_key(made_template))
        for form in (key, key.hex().encode(), base64.b64encode(key), base64.b64encode(key)[:40])
    ]

    for name, data in bytes_below(made_template, lambda name: name.startswith("keys/")).items():
        assert not [form for form in forms if form in data], name
        assert b"PRIVATE KEY" not in data, name


def test_a_key_file_that_holds_no_key_is_refused_by_name(tmp_path: Path) -> None:
    make_keys(tmp_path)
    path = tmp_path / "keys" / "signing.pem"
    locked = load_pem_private_key(path.read_bytes(), None).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x")
    )
    other = generate_private_key(65537, 1024).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    for wrong in (b"", b"no key", locked, other):
        path.write_bytes(wrong)
        with pytest.raises(SignatureInvalid, match=r"signing\.pem"):
            season_signer(tmp_path, "x")
