"""Signed notes against the vector that C2SP and Go publish, and every way they can be malformed."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import SignatureInvalid
from plaudit.ledger.note import Signer, Verifier, sign_note, verify_note

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="
LINE = f"— PeterNeumann {SIGNATURE}\n"
NOTE = f"{TEXT}\n{LINE}"
SIGNER = Signer("example.org/award", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = sign_note(TEXT, SIGNER).removeprefix(f"{TEXT}\n")


def test_the_published_vector_verifies() -> None:
    assert verify_note(NOTE, Verifier.parse(PETER)) == TEXT


def test_the_published_key_reads_and_writes_the_same() -> None:
    key = Verifier.parse(PETER)

    assert (key.name, key.key_id.hex(), str(key)) == ("PeterNeumann", "c74f20a3", PETER)


def test_other_keys_signatures_are_passed_over_on_either_side() -> None:
    unknown = f"— somebody/else {base64.b64encode(bytes(5)).decode()}\n"

    for lines in (OTHER + LINE, LINE + OTHER, unknown + LINE + unknown):
        assert verify_note(f"{TEXT}\n{lines}", Verifier.parse(PETER)) == TEXT


def test_a_signature_by_another_key_of_the_same_name_is_passed_over() -> None:
    namesake = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    line = sign_note(TEXT, namesake).removeprefix(f"{TEXT}\n")

    assert verify_note(f"{TEXT}\n{line}{LINE}", Verifier.parse(PETER)) == TEXT
    with pytest.raises(SignatureInvalid, match="no signature by PeterNeumann with key id c74f20a3"):
        verify_note(f"{TEXT}\n{line}", Verifier.parse(PETER))


def test_a_text_with_empty_lines_of_its_own_verifies() -> None:
    text = "first\n\n— not a signature\n\nlast\n"

    assert verify_note(sign_note(text, SIGNER), SIGNER.verifier) == text


@pytest.mark.parametrize(
    "malformed",
    {
        "nothing": "",
        "text alone": TEXT,
        "no empty line": TEXT + LINE,
        "no signature": TEXT + "\n",
        "no last newline": NOTE[:-1],
        "two last newlines": NOTE + "\n",
        "carriage returns": NOTE.replace("\n", "\r\n"),
        "control character in the text": NOTE.replace("think", "thi\0k"),
        "tab for the newline": NOTE[:-1] + "\x0b",
        "hyphen for dash": NOTE.replace("— ", "- "),
        "no mark": NOTE.replace("— ", ""),
        "no name": NOTE.replace("— PeterNeumann ", "— "),
        "name with plus": NOTE.replace("— PeterNeumann", "— Peter+Neumann"),
        "name with space": NOTE.replace("— PeterNeumann", "— Peter Neumann"),
        "no signature bytes": NOTE.replace(SIGNATURE, ""),
        "key id alone": NOTE.replace(SIGNATURE, "x08goA=="),
        "not base64": NOTE.replace(SIGNATURE, "!" + SIGNATURE[1:]),
        "base64 without padding": NOTE.replace(SIGNATURE, SIGNATURE[:-1]),
        "base64 with loose bits": NOTE.replace("JnAM=", "JnAN="),
        "not ASCII base64": NOTE.replace(SIGNATURE, SIGNATURE[:-1] + "é"),
        "malformed line after a good one": NOTE + "— x y\n",
        "malformed line before a good one": NOTE.replace(LINE, "— x\n" + LINE),
        "another text": NOTE.replace("answer", "anwser"),
        "a bad signature beside a good one": NOTE + LINE.replace("x08go/ZJ", "x08go/ZK"),
        "signature too short": NOTE.replace(SIGNATURE, base64.b64encode(base64.b64decode(SIGNATURE)[:-1]).decode()),
    }.items(),
    ids=lambda found: found[0],
)
def test_a_malformed_note_is_refused(malformed: tuple[str, str]) -> None:
    with pytest.raises(SignatureInvalid):
        verify_note(malformed[1], Verifier.parse(PETER))


@pytest.mark.parametrize(
    "malformed",
    [
        "",
        "PeterNeumann",
        "PeterNeumann+c74f20a3",
        PETER.replace("c74f20a3", "c74f20a4"),
        PETER.replace("c74f20a3", "C74F20A3"),
        PETER.replace("PeterNeumann", "PeterNewman"),
        PETER.replace("PeterNeumann", ""),
        PETER.replace("+ARpc", "+AhPc"),
        PETER[:-4],
        PETER + "AAAA",
        PETER + "!",
        PETER.replace("PeterNeumann", "Peter Neumann"),
        "PRIVATE+KEY+" + PETER,
    ],
)
def test_a_malformed_key_is_refused_and_shown(malformed: str) -> None:
    with pytest.raises(SignatureInvalid, match="is not a verifier key"):
        Verifier.parse(malformed)


@pytest.mark.parametrize("name", ["", "Top Social Artist", "a+b", "tab\there", "line\n"])
def test_a_name_that_no_note_can_carry_cannot_sign(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a key"):
        Signer(name, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def test_a_text_without_a_last_newline_cannot_be_signed() -> None:
    with pytest.raises(ValueError, match="ends with a newline"):
        sign_note("no newline", SIGNER)


@given(st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]) | st.just("\n")))
def test_whatever_is_signed_verifies(text: str) -> None:
    assert verify_note(sign_note(text + "\n", SIGNER), SIGNER.verifier) == text + "\n"


@given(st.integers(0, len(NOTE.encode()) - 1), st.integers(0, 7))
def test_no_bit_of_a_note_can_change(at: int, bit: int) -> None:
    data = bytearray(NOTE.encode())
    data[at] ^= 1 << bit
    try:
        note = data.decode()
    except UnicodeDecodeError:
        return

    with pytest.raises(SignatureInvalid):
        verify_note(note, Verifier.parse(PETER))
