"""A season's keys: made once, their owner's alone, never shown."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
from functools import partial
from pathlib import Path
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

from plaudit.base.errors import DigestMismatch, EvidenceError, OutOfTurn, SignatureInvalid
from plaudit.certify.keys import season_signer
from plaudit.ledger.keys import fingerprint, make_secret, make_signing_key
from plaudit.vote.keys import log_signer, make_keys, renew_key, session_key, voter_key
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.vote.publisher import Publisher
from tests.conftest import bytes_below, run
from tests.some import some
from tests.vote.seasons import NOMINEES
from tests.vote.voting import Hands, ask, opened

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.rulebook.season import Season


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
        make_keys(tmp_path / name)

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

    for name, data in some(bytes_below(made_template, lambda name: name.startswith("keys/")).items()):
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


# Keys of a vote that is open


@pytest.fixture
def opened_season(tmp_path: Path) -> Season:
    return opened(tmp_path / "s")


def _other(path: Path) -> None:
    path.unlink()
    (make_signing_key if path.suffix == ".pem" else make_secret)(path)


DAMAGES: list[tuple[str, Callable[[Path], object]]] = [
    ("is missing", lambda path: path.unlink()),
    ("holds", lambda path: path.write_bytes(b"")),
    ("holds", lambda path: path.write_bytes(path.read_bytes()[:20])),
    ("fingerprint", _other),
    ("by users other than its owner", lambda path: path.chmod(0o640)),
    ("by users other than its owner", lambda path: path.chmod(0o604)),
]


@pytest.mark.parametrize(("said", "damage"), DAMAGES)
@pytest.mark.parametrize("name", ["log.pem", "session.key", "voter.key"])
def test_a_vote_is_not_served_with_a_lost_or_foreign_key_and_none_is_made(
    opened_season: Season, name: str, said: str, damage: Callable[[Path], object]
) -> None:
    path = opened_season.folder / "keys" / name
    whole, names = path.read_bytes(), sorted(path.parent.iterdir())
    damage(path)
    kept = path.read_bytes() if path.exists() else None
    for refused in (
        partial(LiveVote, opened_season, clock=Hands()),
        partial(open_vote, opened_season, NOMINEES),
        partial(_reading, opened_season, name),
    ):
        with pytest.raises((OutOfTurn, EvidenceError), match=rf"keys/{name} .*{said}"):
            refused()
    make_keys(opened_season.folder)
    assert (path.read_bytes() if path.exists() else None) == kept

    path.write_bytes(whole)
    path.chmod(0o600)
    with LiveVote(opened_season, clock=Hands()) as vote:
        vote.take([ask()])
        assert vote.publish().size == 2
    assert sorted(path.parent.iterdir()) == names


def _reading(season: Season, name: str) -> object:
    if name == "log.pem":
        return log_signer(season.folder, season.origin)
    return (session_key if name == "session.key" else voter_key)(season.folder)


def test_a_publisher_that_is_replaced_makes_no_key(opened_season: Season) -> None:
    with LiveVote(opened_season, clock=Hands()):
        (opened_season.folder / "keys" / "log.pem").unlink()
    with pytest.raises(OutOfTurn, match=r"keys/log\.pem is missing"):
        Publisher(opened_season)


def test_fingerprints_stand_in_the_box_and_in_the_opening_and_tell_no_key(opened_season: Season) -> None:
    with LiveVote(opened_season, clock=Hands()) as vote:
        stated = vote.opening.stated["keys"]
        assert json.loads(str(vote.ballot_store.state("keys"))) == stated
    keys = {name: (opened_season.folder / "keys" / name).read_bytes() for name in ("voter.key", "session.key")}

    assert sorted(stated) == ["log.pem", "session.key", "signing.pem", "voter.key"]
    for name, key in keys.items():
        assert stated[name] == fingerprint(name, key)
        assert stated[name] != hashlib.sha256(key).hexdigest()
    assert len({fingerprint(name, keys["voter.key"]) for name in stated}) == 4


def test_the_certifying_key_may_be_elsewhere_while_ballots_are_taken(opened_season: Season) -> None:
    path = opened_season.folder / "keys" / "signing.pem"
    whole = path.read_bytes()
    path.unlink()
    with LiveVote(opened_season, clock=Hands()) as vote:
        vote.take([ask()])
    make_keys(opened_season.folder)
    assert not path.exists()
    with pytest.raises(OutOfTurn, match="is missing"):
        season_signer(opened_season.folder, opened_season.origin)
    make_signing_key(path)
    with pytest.raises(DigestMismatch, match=r"keys/signing\.pem has fingerprint .* the vote was opened with"):
        season_signer(opened_season.folder, opened_season.origin)
    path.write_bytes(whole)

    assert season_signer(opened_season.folder, opened_season.origin)


def test_a_vote_opened_before_fingerprints_were_kept_takes_them_up(opened_season: Season) -> None:
    with LiveVote(opened_season, clock=Hands()) as vote:
        held = json.loads(str(vote.ballot_store.state("keys")))
        vote.ballot_store.connection.execute("DELETE FROM state WHERE name = 'keys'")
    with LiveVote(opened_season, clock=Hands()) as vote:
        assert json.loads(str(vote.ballot_store.state("keys"))) == held
    (opened_season.folder / "keys" / "session.key").write_bytes(bytes(32))
    with pytest.raises(DigestMismatch, match="fingerprint"):
        LiveVote(opened_season, clock=Hands())


def test_a_stolen_session_key_is_replaced_in_an_open_vote_and_the_others_are_not(opened_season: Season) -> None:
    before = session_key(opened_season.folder)
    found = renew_key(opened_season.folder, "session.key")

    assert session_key(opened_season.folder) != before
    assert found == fingerprint("session.key", session_key(opened_season.folder))
    LiveVote(opened_season, clock=Hands()).stop()
    for name in ("voter.key", "log.pem"):
        with pytest.raises(OutOfTurn, match=f"{name} cannot be replaced"):
            renew_key(opened_season.folder, name)


def test_a_certificate_keeps_its_key_and_no_other_takes_its_place(made_template: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made_template, tmp_path / "s"))
    path = folder / "keys" / "signing.pem"
    path.unlink()
    with pytest.raises(OutOfTurn, match=r"keys/signing\.pem is missing"):
        run(folder)
    make_signing_key(path)
    with pytest.raises(SignatureInvalid, match="is not the key that signed what is published"):
        season_signer(folder, "plaudit.example/my-award")


def test_a_key_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("plaudit.ledger.keys.os.fsync", full)
        with pytest.raises(OSError, match="No space"):
            make_secret(tmp_path / "keys" / "voter.key")

    assert [path.name for path in (tmp_path / "keys").iterdir() if path.name != ".gitignore"] == []
