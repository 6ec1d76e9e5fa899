"""The log of acts: each act once, in order, signed; and what operators agree on beforehand."""

from __future__ import annotations

from dataclasses import replace as replaced
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from plaudit.acts.act import ACTS, Act, agreement_text, read_act
from plaudit.acts.acts import acts_origin, read_acts, record
from plaudit.acts.agreed import agreed, agreed_by, sign_act
from plaudit.base.errors import DigestMismatch, OutOfTurn, ProofInvalid, RuleInvalid, SignatureInvalid, UnknownName
from plaudit.ledger.log import Log
from plaudit.ledger.note import Signer, sign_note
from plaudit.rulebook.operators import Operators
from plaudit.rulebook.season import read_season

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season

SUBJECT = "ab" * 32


def signer(name: str, number: int) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


LOG = signer("plaudit.example/my-award/acts", 1)
ALICE, BOB, CAROL, STRANGER = (signer(name, number) for number, name in enumerate(("alice", "bob", "carol", "eve"), 2))
OPENED = Act("open", 1_000_000, "alice", SUBJECT)


@pytest.fixture
def operated(season_folder: Path) -> Season:
    keys = tuple(str(one.verifier) for one in (ALICE, BOB, CAROL))
    return replaced(read_season(season_folder), operators=Operators(keys))


@given(
    st.sampled_from(sorted(ACTS)),
    st.integers(0, 253_402_300_799_000_000),
    st.text(max_size=20),
    st.text(max_size=20),
)
def test_a_leaf_gives_back_the_act_that_it_was_made_of(act: str, at: int, by: str, because: str) -> None:
    made = Act(act, at, by, SUBJECT, because)

    assert read_act(made.leaf, 0) == made


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"[]",
        b'{"type":"https://plaudit.dev/act/v1"}',
        OPENED.leaf + b" ",
        OPENED.leaf.replace(b'"act":"open"', b'"act":"undo"'),
        OPENED.leaf.replace(b'"because":""', b'"because":1'),
        OPENED.leaf.replace(b"{", b'{"aa":"more",', 1),
        OPENED.leaf.replace(b"1970-01-01T00:00:01Z", b"1970-01-01T01:00:01+01:00"),
        OPENED.leaf.replace(b"1970-01-01T00:00:01Z", b"yesterday"),
    ],
)
def test_a_leaf_that_is_no_act_in_its_one_form_is_refused(leaf: bytes) -> None:
    with pytest.raises(ProofInvalid, match="leaf 3 of the acts' log is no act"):
        read_act(leaf, 3)


def test_an_act_that_is_done_again_stays_as_it_was_written(tmp_path: Path) -> None:
    assert record(tmp_path, OPENED, LOG)
    assert not record(tmp_path, replace(OPENED, at=2_000_000, by="bob"), LOG)
    assert record(tmp_path, replace(OPENED, act="close", at=3_000_000), LOG)

    held = read_acts(tmp_path)

    assert held is not None
    assert [(act.act, act.at, act.by) for act in held[1]] == [
        ("open", 1_000_000, "alice"),
        ("close", 3_000_000, "alice"),
    ]
    assert (held[0].origin, held[0].size) == (acts_origin("plaudit.example/my-award"), 2)


def test_a_season_without_acts_has_none(tmp_path: Path) -> None:
    assert read_acts(tmp_path) is None


def test_acts_are_not_written_under_another_key(tmp_path: Path) -> None:
    record(tmp_path, OPENED, LOG)

    with pytest.raises(DigestMismatch, match="is not the key that signed acts/checkpoint"):
        record(tmp_path, replace(OPENED, act="close"), signer(LOG.verifier.name, 9))


def test_an_act_that_is_changed_or_taken_out_is_found(tmp_path: Path) -> None:
    record(tmp_path, OPENED, LOG)
    bundle = next(path for path in (tmp_path / "acts" / "tile").rglob("entries/**/*") if path.is_file())
    bundle.write_bytes(bundle.read_bytes().replace(b"alice", b"mabel"))

    with pytest.raises(DigestMismatch):
        read_acts(tmp_path)

    (tmp_path / "acts" / "checkpoint").unlink()

    with pytest.raises(DigestMismatch, match="acts/checkpoint is missing"):
        read_acts(tmp_path)


def test_an_act_earlier_than_the_one_before_is_refused(tmp_path: Path) -> None:
    record(tmp_path, OPENED, LOG)
    log = Log(tmp_path / "acts")
    log.append([replace(OPENED, act="close", at=0).leaf])
    log.publish(LOG)

    with pytest.raises(ProofInvalid, match="act 1 is earlier"):
        read_acts(tmp_path)


def test_an_act_waits_for_enough_operators(operated: Season) -> None:
    with pytest.raises(OutOfTurn, match="certify needs the signatures of 2 operators and has 0"):
        agreed(operated, "certify", SUBJECT)
    assert sign_act(operated, "certify", SUBJECT, ALICE) == ["alice"]
    assert sign_act(operated, "certify", SUBJECT, ALICE) == ["alice"]
    with pytest.raises(OutOfTurn, match="has 1") as error:
        agreed(operated, "certify", SUBJECT)
    assert error.value.remedy == "let any of bob, carol run: plaudit sign certify SEASON --key FILE"
    assert sign_act(operated, "certify", SUBJECT, CAROL) == ["alice", "carol"]

    note = agreed(operated, "certify", SUBJECT)

    assert note.count("— ") == 2


def test_what_was_signed_for_one_subject_is_nothing_for_another(operated: Season) -> None:
    for one in (ALICE, BOB):
        sign_act(operated, "close", SUBJECT, one)

    with pytest.raises(OutOfTurn, match="has 0"):
        agreed(operated, "close", "cd" * 32)
    with pytest.raises(OutOfTurn, match="has 0"):
        agreed(operated, "certify", SUBJECT)

    path = operated.folder / "acts" / "agreed" / f"close-{SUBJECT[:16]}.note"
    path.rename(path.with_name(f"certify-{SUBJECT[:16]}.note"))
    with pytest.raises(ProofInvalid, match="signed another act"):
        agreed(operated, "certify", SUBJECT)


def test_nobody_else_signs(operated: Season) -> None:
    with pytest.raises(UnknownName, match="eve with this key is no operator"):
        sign_act(operated, "certify", SUBJECT, STRANGER)
    with pytest.raises(UnknownName, match="alice with this key is no operator"):
        sign_act(operated, "certify", SUBJECT, signer("alice", 9))


def test_a_forged_line_under_an_operators_name_is_refused() -> None:
    text = agreement_text("o", "e", "close", SUBJECT)
    note = sign_note(text, ALICE).replace("close", "certi")

    with pytest.raises(SignatureInvalid):
        agreed_by(note, text, [ALICE.verifier])


def test_an_act_that_nobody_must_sign_needs_no_agreement(operated: Season) -> None:
    operators = operated.operators
    assert operators is not None
    free = replaced(operated, operators=replace(operators, acts=("reveal",)))

    assert agreed(free, "certify", SUBJECT) == ""
    with pytest.raises(OutOfTurn, match="nobody has to sign certify"):
        sign_act(free, "certify", SUBJECT, ALICE)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (f'keys = ["{ALICE.verifier}"]\n', "2 operators must sign, 1 named"),
        (f'keys = ["{ALICE.verifier}", "{ALICE.verifier}"]\n', "alice is named twice"),
        ('keys = ["alice"]\nleast = 1\n', "is not a verifier key"),
        (f'keys = ["{ALICE.verifier}"]\nleast = 1\nacts = ["open", "open"]\n', "an act is named twice"),
        (f'keys = ["{ALICE.verifier}"]\nleast = 1\nacts = ["undo"]\n', "undo"),
    ],
)
def test_operators_who_could_never_agree_are_refused(season_folder: Path, lines: str, told: str) -> None:
    with (season_folder / "season.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[operators]\n{lines}")

    with pytest.raises(RuleInvalid, match=told):
        read_season(season_folder)
