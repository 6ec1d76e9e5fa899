"""Checkpoints: the published example, every way a text is none, and whose they are."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales.signing import PlainEd25519Signer, Vkey
from tlog_scales.tlog import Checkpoint as OtherCheckpoint

from plaudit.base.errors import ProofInvalid, SignatureInvalid
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from plaudit.ledger.note import Signer, Verifier, add_signature, join_signatures, sign_note, signatures_by

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
TEXT = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
SIGNATURE = "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8="
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Signer("example.com/behind-the-sofa", KEY)
CHECKPOINT = Checkpoint.parse(TEXT)

lines = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)
checkpoints = st.builds(
    Checkpoint,
    lines,
    st.integers(0, 2**63 - 1),
    st.binary(min_size=32, max_size=32),
    st.lists(lines, max_size=3).map(tuple),
)


def test_the_published_example_reads_and_writes_the_same() -> None:
    assert (CHECKPOINT.origin, CHECKPOINT.size) == ("example.com/behind-the-sofa", 20852163)
    assert CHECKPOINT.root == base64.b64decode(ROOT)
    assert CHECKPOINT.text == TEXT


@given(checkpoints)
def test_what_is_written_reads_the_same(checkpoint: Checkpoint) -> None:
    assert Checkpoint.parse(checkpoint.text) == checkpoint


@pytest.mark.parametrize("size", ["0", "1", str(2**63 - 1)])
def test_a_size_from_nothing_to_the_largest_is_read(size: str) -> None:
    assert Checkpoint.parse(TEXT.replace("20852163", size)).size == int(size)


@pytest.mark.parametrize(
    "size", ["", "00", "01", "+1", "-1", "1 ", " 1", "1.0", "1_0", "1e3", "0x1", "٣", "²", str(2**63), "9" * 5000]
)
def test_a_size_in_any_other_form_is_refused(size: str) -> None:
    with pytest.raises(ProofInvalid, match="tree size"):
        Checkpoint.parse(TEXT.replace("20852163", size))


@pytest.mark.parametrize(
    "root",
    {
        "nothing": "",
        "no padding": ROOT[:-1],
        "loose bits": ROOT.replace("q2I=", "q2J="),
        "URL alphabet": ROOT.replace("/", "_"),
        "31 bytes": base64.b64encode(bytes(31)).decode(),
        "33 bytes": base64.b64encode(bytes(33)).decode(),
        "space inside": ROOT[:8] + " " + ROOT[8:],
        "more behind": ROOT + "AAAA",
        "hexadecimal": "00" * 32,
        "not ASCII": "é" + ROOT[1:],
    }.items(),
    ids=lambda found: found[0],
)
def test_a_root_in_any_other_form_is_refused(root: tuple[str, str]) -> None:
    with pytest.raises(ProofInvalid, match="root hash"):
        Checkpoint.parse(TEXT.replace(ROOT, root[1]))


@pytest.mark.parametrize(
    "text",
    {
        "nothing": "",
        "two lines": "a\n1\n",
        "no last newline": TEXT[:-1],
        "empty origin": TEXT.replace("example.com/behind-the-sofa", ""),
        "empty extension": TEXT + "\n",
        "empty extension before another": TEXT + "\nmore\n",
        "extension without newline": TEXT + "more",
        "carriage returns": TEXT.replace("\n", "\r\n"),
        "control character in the origin": TEXT.replace("sofa", "so\0fa"),
        "tab in an extension": TEXT + "a\tb\n",
        "size first": f"20852163\nexample.com\n{ROOT}\n",
    }.items(),
    ids=lambda found: found[0],
)
def test_a_text_of_another_shape_is_refused(text: tuple[str, str]) -> None:
    with pytest.raises(ProofInvalid):
        Checkpoint.parse(text[1])


@given(st.text())
def test_any_text_is_a_checkpoint_or_refused(text: str) -> None:
    try:
        checkpoint = Checkpoint.parse(text)
    except ProofInvalid:
        return

    assert checkpoint.text == text


def test_extension_lines_are_kept_and_signed() -> None:
    longer = Checkpoint.parse(f"{TEXT}first\nsecond line\n")
    note = sign_checkpoint(longer, SIGNER)

    assert open_checkpoint(note, SIGNER.verifier).extensions == ("first", "second line")
    with pytest.raises(SignatureInvalid):
        open_checkpoint(note.replace("second", "secund"), SIGNER.verifier)


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [("", 0, bytes(32)), ("a\nb", 0, bytes(32)), ("a", -1, bytes(32)), ("a", 2**63, bytes(32)), ("a", 0, bytes(31))],
)
def test_a_checkpoint_that_no_text_can_say_cannot_be_made(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(ValueError, match=r"checkpoint|tree"):
        Checkpoint(origin, size, root)


def test_a_log_signs_for_itself_and_what_lies_below_it_alone() -> None:
    below = Checkpoint("example.com/behind-the-sofa/commit/7", 1, bytes(32))

    assert open_checkpoint(sign_checkpoint(below, SIGNER), SIGNER.verifier, origin=below.origin) == below
    for origin in ("example.com", "example.com/behind-the-sofa2", "example.org"):
        with pytest.raises(ValueError, match="cannot sign for"):
            sign_checkpoint(Checkpoint(origin, 1, bytes(32)), SIGNER)


def test_a_checkpoint_of_another_log_is_refused_though_the_key_signed_it() -> None:
    commit = sign_checkpoint(Checkpoint("example.com/behind-the-sofa/commit/7", 1, bytes(32)), SIGNER)

    with pytest.raises(ProofInvalid, match=r"is of example.com/behind-the-sofa/commit/7, not of") as refused:
        open_checkpoint(commit, SIGNER.verifier)
    assert refused.value.values["wanted"] == "example.com/behind-the-sofa"
    with pytest.raises(ProofInvalid):
        open_checkpoint(sign_checkpoint(CHECKPOINT, SIGNER), SIGNER.verifier, origin="example.com/behind-the-sofa/x")


def test_a_signed_note_that_is_no_checkpoint_is_refused() -> None:
    with pytest.raises(ProofInvalid, match="three lines or more"):
        open_checkpoint(sign_note('{"award":"x"}\n', SIGNER), SIGNER.verifier)


def test_the_published_signature_is_passed_over_by_another_key_of_that_name() -> None:
    note = f"{TEXT}\n— example.com/behind-the-sofa {SIGNATURE}\n"

    with pytest.raises(SignatureInvalid, match="no signature by"):
        open_checkpoint(note, SIGNER.verifier)
    both = add_signature(note, SIGNER.verifier, SIGNER.sign(TEXT.encode()))
    assert open_checkpoint(both, SIGNER.verifier) == CHECKPOINT


def test_two_implementations_write_the_same_note_and_accept_each_others() -> None:
    other = PlainEd25519Signer(SIGNER.verifier.name, KEY)
    theirs = OtherCheckpoint.make_signed(CHECKPOINT.origin, CHECKPOINT.size, CHECKPOINT.root, [other]).serialize()
    ours = sign_checkpoint(CHECKPOINT, SIGNER)

    assert ours == theirs
    assert str(SIGNER.verifier) == other.vkey.serialize()
    OtherCheckpoint.from_text(ours).verify(Vkey.from_string(str(SIGNER.verifier)))


def test_a_second_key_signs_beside_the_first_and_replaces_its_own_line_alone() -> None:
    rotated = Signer(SIGNER.verifier.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    note = sign_checkpoint(CHECKPOINT, SIGNER)
    once = add_signature(note, rotated.verifier, rotated.sign(TEXT.encode()))
    twice = add_signature(once, rotated.verifier, rotated.sign(TEXT.encode()))

    assert once == twice
    assert signatures_by(once, SIGNER.verifier) == signatures_by(note, SIGNER.verifier)
    assert signatures_by(note, rotated.verifier) == (TEXT, [])
    assert open_checkpoint(once, rotated.verifier) == CHECKPOINT


def test_two_copies_of_a_note_are_joined_key_by_key() -> None:
    rotated = Signer(SIGNER.verifier.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    first, second = sign_checkpoint(CHECKPOINT, SIGNER), sign_checkpoint(CHECKPOINT, rotated)
    joined = join_signatures(first, second)

    assert open_checkpoint(joined, SIGNER.verifier) == open_checkpoint(joined, rotated.verifier)
    assert join_signatures(joined, first) == join_signatures(joined, second) == joined
    with pytest.raises(ValueError, match="say nothing of another"):
        join_signatures(first, sign_note("other\n", SIGNER))


def test_sixteen_signatures_are_read_and_ten_thousand_are_not() -> None:
    note, line = sign_checkpoint(CHECKPOINT, SIGNER), f"— other {base64.b64encode(bytes(3000)).decode()}\n"

    assert open_checkpoint(note + line * 15, SIGNER.verifier) == CHECKPOINT
    with pytest.raises(SignatureInvalid, match="10001 signature lines; 64 are read at most"):
        open_checkpoint(note + line * 10_000, SIGNER.verifier)
    full = note + "".join(f"— other{number} {base64.b64encode(bytes(5)).decode()}\n" for number in range(63))
    with pytest.raises(SignatureInvalid, match="65 signature lines"):
        add_signature(full, Verifier("one/more", bytes(32)), b"x")


def test_half_a_character_is_refused_and_not_a_crash() -> None:
    note = sign_checkpoint(CHECKPOINT, SIGNER)

    with pytest.raises(SignatureInvalid, match="not UTF-8"):
        open_checkpoint(note.replace("sofa", "so\ud800fa"), SIGNER.verifier)


def test_the_published_key_of_signed_note_still_reads() -> None:
    text = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    note = (
        "This is an example message.\n\n— example.com/foo "
        "Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )

    key = Verifier.parse(text)
    assert (str(key), key.key_id) == (text, hashlib.sha256(b"example.com/foo\n\x01" + key.public).digest()[:4])
    with pytest.raises(ProofInvalid):
        open_checkpoint(note, key)
