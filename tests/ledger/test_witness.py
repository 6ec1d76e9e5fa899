"""Witnesses: the message to the byte, the published line, and how many are enough."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import Checkpoint as OtherCheckpoint

from plaudit.base.errors import ProofInvalid, SignatureInvalid
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from plaudit.ledger.note import Signer, Verifier, sign_note, verify_note
from plaudit.ledger.witness import WitnessKey, WitnessSigner, cosign, require, signed_at, witnessed

TEXT = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
PUBLISHED = "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
TIME = 1679315147


def key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


LOG = Signer("example.com/behind-the-sofa", key(0))
NOTE = sign_checkpoint(Checkpoint.parse(TEXT), LOG)
FIRST, SECOND, THIRD = (WitnessSigner(f"witness.example/w{number}", key(number)) for number in (1, 2, 3))


def payload(note: str, signer: WitnessSigner) -> bytes:
    line = next(line for line in note.splitlines() if line.startswith(f"— {signer.verifier.name} "))
    return base64.b64decode(line.rpartition(" ")[2])


def test_the_signed_message_is_two_lines_and_the_note_to_the_byte() -> None:
    raw = payload(cosign(NOTE, FIRST, TIME), FIRST)
    message = b"cosignature/v1\ntime 1679315147\n" + TEXT.encode()

    assert raw[:4] == hashlib.sha256(b"witness.example/w1\n\x04" + FIRST.verifier.public).digest()[:4]
    assert raw[4:12] == bytes.fromhex("00000000641850cb")
    assert len(raw) == 4 + 8 + 64
    key(1).public_key().verify(raw[12:], message)


def test_the_published_cosignature_has_the_published_time() -> None:
    raw = base64.b64decode(PUBLISHED)

    assert (len(raw), signed_at(raw[4:])) == (76, TIME)


def test_the_key_is_written_with_its_own_kind_and_no_log_key_is_taken_for_it() -> None:
    text = str(FIRST.verifier)

    assert WitnessKey.parse(text) == FIRST.verifier
    assert base64.b64decode(text.split("+", 2)[2])[:1] == b"\x04"
    for wrong, kind in ((text, Verifier), (str(LOG.verifier), WitnessKey)):
        with pytest.raises(SignatureInvalid, match="is not a verifier key"):
            kind.parse(wrong)


@given(st.integers(0, 2**63 - 1))
def test_every_time_is_written_and_read(at_seconds: int) -> None:
    assert witnessed(cosign(NOTE, FIRST, at_seconds), [FIRST.verifier]) == {"witness.example/w1": at_seconds}


@pytest.mark.parametrize("at_seconds", [-1, 2**63])
def test_a_time_that_no_cosignature_can_say_is_refused(at_seconds: int) -> None:
    with pytest.raises(ValueError, match="not the time"):
        cosign(NOTE, FIRST, at_seconds)


def test_a_time_past_the_largest_is_refused_though_the_signature_is_right() -> None:
    raw = FIRST.verifier.key_id + FIRST.sign(TEXT.encode(), 2**63)
    note = f"{NOTE}— {FIRST.verifier.name} {base64.b64encode(raw).decode()}\n"

    with pytest.raises(SignatureInvalid):
        witnessed(note, [FIRST.verifier])


def test_an_independent_implementation_accepts_it() -> None:
    note = cosign(cosign(NOTE, FIRST, TIME), SECOND, TIME + 1)
    theirs = OtherCheckpoint.from_text(note)
    keys = VkeySet(*(Vkey.from_string(str(signer)) for signer in (LOG.verifier, FIRST.verifier, SECOND.verifier)))

    assert {vkey.name for vkey, _ in keys.verify(theirs.signatures, theirs)} == {
        LOG.verifier.name,
        FIRST.verifier.name,
        SECOND.verifier.name,
    }


def test_a_cosigned_note_is_still_the_logs() -> None:
    note = cosign(cosign(NOTE, FIRST, TIME), SECOND, TIME)

    assert note.startswith(NOTE)
    assert open_checkpoint(note, LOG.verifier) == Checkpoint.parse(TEXT)
    assert verify_note(note, FIRST.verifier) == TEXT


def test_a_witness_that_signs_again_replaces_its_line() -> None:
    note = cosign(cosign(NOTE, FIRST, TIME), FIRST, TIME + 60)

    assert note.count("witness.example/w1") == 1
    assert witnessed(note, [FIRST.verifier]) == {"witness.example/w1": TIME + 60}


def test_of_several_cosignatures_by_one_witness_the_latest_counts() -> None:
    late, early = cosign(NOTE, FIRST, TIME + 60), cosign(NOTE, FIRST, TIME)

    for note in (late + early.removeprefix(NOTE), early + late.removeprefix(NOTE)):
        assert witnessed(note, [FIRST.verifier]) == {"witness.example/w1": TIME + 60}


def test_unknown_witnesses_are_passed_over() -> None:
    note = cosign(cosign(NOTE, FIRST, TIME), THIRD, TIME) + f"— witness.example.com/w1 {PUBLISHED}\n"

    assert witnessed(note, [FIRST.verifier, SECOND.verifier]) == {"witness.example/w1": TIME}
    assert witnessed(note, []) == {}


@given(st.integers(4, 75), st.integers(0, 7))
def test_no_bit_of_a_cosignature_can_change(at: int, bit: int) -> None:
    note = cosign(NOTE, FIRST, TIME)
    raw = bytearray(payload(note, FIRST))
    old = base64.b64encode(raw).decode()
    raw[at] ^= 1 << bit

    with pytest.raises(SignatureInvalid, match=r"is not what witness.example/w1 signed"):
        witnessed(note.replace(old, base64.b64encode(raw).decode()), [FIRST.verifier, SECOND.verifier])


@pytest.mark.parametrize("cut", range(1, 72, 7))
def test_a_short_cosignature_is_refused(cut: int) -> None:
    raw = payload(cosign(NOTE, FIRST, TIME), FIRST)[: 4 + cut]
    note = f"{NOTE}— {FIRST.verifier.name} {base64.b64encode(raw).decode()}\n"

    with pytest.raises(SignatureInvalid):
        witnessed(note, [FIRST.verifier])


def test_a_cosignature_says_nothing_of_another_checkpoint() -> None:
    other = sign_checkpoint(Checkpoint("example.com/behind-the-sofa", 20852164, bytes(32)), LOG)
    moved = other + cosign(NOTE, FIRST, TIME).removeprefix(NOTE)

    with pytest.raises(SignatureInvalid):
        witnessed(moved, [FIRST.verifier])


def test_extension_lines_are_cosigned_too() -> None:
    longer = sign_checkpoint(Checkpoint.parse(f"{TEXT}more\n"), LOG)

    assert witnessed(cosign(longer, FIRST, TIME), [FIRST.verifier]) == {"witness.example/w1": TIME}
    with pytest.raises(SignatureInvalid):
        witnessed(cosign(longer, FIRST, TIME).replace("more\n", "less\n"), [FIRST.verifier])


def test_enough_witnesses_are_enough_and_who_is_missing_is_named() -> None:
    note = cosign(cosign(NOTE, FIRST, TIME), THIRD, TIME + 1)
    known = [signer.verifier for signer in (FIRST, SECOND, THIRD)]

    assert require(note, known, 2) == {"witness.example/w1": TIME, "witness.example/w3": TIME + 1}
    assert require(NOTE, known, 0) == {}
    with pytest.raises(SignatureInvalid, match=r"2 of 3 required witnesses .* missing: witness.example/w2;"):
        require(note, known, 3)
    with pytest.raises(SignatureInvalid, match="0 of 1 required"):
        require(NOTE, [], 1)


def test_one_key_under_two_names_is_not_two_witnesses() -> None:
    twin = WitnessSigner("witness.example/twin", key(1))
    note = cosign(cosign(NOTE, FIRST, TIME), twin, TIME)

    with pytest.raises(SignatureInvalid, match="have the same key"):
        require(note, [FIRST.verifier, twin.verifier], 2)


def test_one_name_with_two_keys_is_one_witness() -> None:
    rotated = WitnessSigner(FIRST.verifier.name, key(9))
    note = cosign(cosign(NOTE, FIRST, TIME), rotated, TIME + 5)

    for known in ([FIRST.verifier, rotated.verifier], [rotated.verifier, FIRST.verifier]):
        assert require(note, known, 1) == {"witness.example/w1": TIME + 5}
    with pytest.raises(SignatureInvalid, match="1 of 2"):
        require(note, [FIRST.verifier, rotated.verifier], 2)


def test_a_note_that_is_no_checkpoint_is_not_cosigned() -> None:
    with pytest.raises(ProofInvalid):
        cosign(sign_note('{"award":"x"}\n', LOG), FIRST, TIME)


def test_a_witness_does_not_sign_under_a_forged_line_of_its_own() -> None:
    forged = cosign(sign_checkpoint(Checkpoint("example.com/behind-the-sofa", 1, bytes(32)), LOG), FIRST, TIME)

    with pytest.raises(SignatureInvalid):
        cosign(NOTE + forged.splitlines(keepends=True)[-1], FIRST, TIME)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\n"])
def test_a_name_that_no_note_can_carry_names_no_witness(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a witness"):
        WitnessSigner(name, key(1))
