"""Proofs as text: the published form, every way a text is none, and what one changed byte does."""

from __future__ import annotations

import base64
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales.tlog import Checkpoint as OtherCheckpoint
from tlog_scales.tlog import InclusionProof

from plaudit.base.errors import ProofInvalid, SignatureInvalid
from plaudit.ledger.checkpoint import Checkpoint, sign_checkpoint
from plaudit.ledger.note import Signer, Verifier
from plaudit.ledger.proof import TlogProof
from plaudit.ledger.tree import inclusion_path, leaf_hash, root_of
from plaudit.ledger.witness import WitnessSigner, cosign, witnessed

if TYPE_CHECKING:
    from collections.abc import Callable

LOG = Signer("log.example/vote", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
PUBLISHED = """c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog hI2DJw==
"""


def proof_of(index: int, size: int, extra: bytes | None = None) -> TlogProof:
    leaves = [leaf_hash(b"ballot %d" % number) for number in range(size)]
    note = sign_checkpoint(Checkpoint("log.example/vote", size, root_of(leaves)), LOG)
    return TlogProof(index, tuple(inclusion_path(leaves, index)), note, extra)


PROOF = proof_of(11, 21, b"a receipt")
TEXT = str(PROOF)
places = st.integers(1, 70).flatmap(lambda size: st.tuples(st.integers(0, size - 1), st.just(size)))


def test_the_published_form_reads_and_writes_the_same() -> None:
    proof = TlogProof.parse(PUBLISHED)

    assert (proof.index, len(proof.path), proof.extra) == (73894, 5, b"age-v1.2.1-darwin-arm64.tar.gz")
    assert proof.checkpoint.startswith("example.com/fancylog\n109482\n")
    assert str(proof) == PUBLISHED


@given(places, st.none() | st.binary(max_size=40))
def test_a_proof_survives_being_written_and_verifies(place: tuple[int, int], extra: bytes | None) -> None:
    proof = proof_of(*place, extra)

    assert TlogProof.parse(str(proof)) == proof
    assert TlogProof.parse(str(proof)).verify(b"ballot %d" % place[0], LOG.verifier).size == place[1]


@given(places)
def test_two_implementations_agree_on_what_a_proof_proves(place: tuple[int, int]) -> None:
    proof = proof_of(*place)
    root = OtherCheckpoint.from_text(proof.checkpoint).root_hash

    InclusionProof(*place, list(proof.path)).check(leaf_hash(b"ballot %d" % place[0]), root)


@given(places, st.binary(max_size=12))
def test_no_other_entry_has_the_proof(place: tuple[int, int], entry: bytes) -> None:
    with pytest.raises(ProofInvalid):
        proof_of(*place).verify(entry, LOG.verifier)


@given(places.filter(lambda place: place[1] > 1), st.data())
def test_no_other_index_has_the_proof(place: tuple[int, int], data: st.DataObject) -> None:
    proof = proof_of(*place)
    other = data.draw(st.integers(0, place[1] + 3).filter(lambda index: index != place[0]))

    with pytest.raises(ProofInvalid):
        TlogProof(other, proof.path, proof.checkpoint).verify(b"ballot %d" % place[0], LOG.verifier)


def test_the_entry_of_an_inner_node_is_no_entry() -> None:
    left, right = leaf_hash(b"ballot 0"), leaf_hash(b"ballot 1")
    proof = proof_of(0, 4)

    with pytest.raises(ProofInvalid):
        TlogProof(0, proof.path[1:], proof.checkpoint).verify(b"\x01" + left + right, LOG.verifier)


@pytest.mark.parametrize(
    "change",
    {
        "one hash less": lambda path: path[:-1],
        "one hash more": lambda path: (*path, bytes(32)),
        "two swapped": lambda path: (path[1], path[0], *path[2:]),
        "none": lambda path: (),
    }.items(),
    ids=lambda found: found[0],
)
def test_another_path_is_refused(change: tuple[str, Callable[[tuple[bytes, ...]], tuple[bytes, ...]]]) -> None:
    with pytest.raises(ProofInvalid):
        TlogProof(11, change[1](PROOF.path), PROOF.checkpoint).verify(b"ballot 11", LOG.verifier)


@given(st.integers(0, len(TEXT.encode()) - 1), st.integers(1, 255))
def test_no_byte_of_a_proof_can_change_but_in_its_extra_data(at: int, change: int) -> None:
    data = bytearray(TEXT.encode())
    data[at] ^= change
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return

    try:
        TlogProof.parse(text).verify(b"ballot 11", LOG.verifier)
    except (ProofInvalid, SignatureInvalid):
        return
    assert text.splitlines()[1] != TEXT.splitlines()[1]
    assert text.splitlines()[2:] == TEXT.splitlines()[2:]


@given(st.text() | st.text().map(lambda more: TEXT[:60] + more) | st.text().map(lambda more: TEXT + more))
def test_any_text_is_a_proof_or_refused(text: str) -> None:
    try:
        proof = TlogProof.parse(text)
    except ProofInvalid:
        return

    assert str(proof) == text


@pytest.mark.parametrize(
    ("text", "why"),
    {
        "nothing": ("", "does not start like a proof"),
        "another version": (TEXT.replace("@v1", "@v2"), "does not start like a proof"),
        "no checkpoint": (TEXT.partition("\n\n")[0] + "\n", "does not start like a proof"),
        "carriage returns": (TEXT.replace("\n", "\r\n"), "does not start like a proof"),
        "no index": (TEXT.replace("index 11\n", ""), "has no index"),
        "index below the path": (TEXT.replace("index 11\n", "").replace("\n\n", "\nindex 11\n\n", 1), "has no index"),
        "leading zero": (TEXT.replace("index 11", "index 011"), "index '011'"),
        "negative": (TEXT.replace("index 11", "index -11"), "index '-11'"),
        "two spaces": (TEXT.replace("index 11", "index  11"), "index ' 11'"),
        "too large": (TEXT.replace("index 11", f"index {2**63}"), "index '9223372036854775808'"),
        "endless": (TEXT.replace("index 11", "index " + "1" * 5000), "index '1111"),
        "extra without padding": (
            TEXT.replace("extra YSByZWNlaXB0", "extra YSByZWNlaXB"),
            "not in base64",
        ),
        "extra with loose bits": (TEXT.replace("extra YSByZWNlaXB0", "extra YR=="), "canonical"),
        "two extras": (TEXT.replace("index 11", "extra YQ==\nindex 11"), "has no index"),
        "short hash": (TEXT.replace("index 11\n", "index 11\nYQ==\n"), "path hash"),
        "words in the path": (TEXT.replace("index 11\n", "index 11\nhello\n"), "path hash"),
        "a path higher than any tree": (
            TEXT.replace("index 11\n", "index 11\n" + f"{base64.b64encode(bytes(32)).decode()}\n" * 64),
            "a path has 63 hashes at most",
        ),
        "a million letters": (TEXT + "x" * (1 << 20), "a proof has at most"),
    }.values(),
)
def test_a_text_of_another_shape_is_refused(text: str, why: str) -> None:
    with pytest.raises(ProofInvalid, match=why):
        TlogProof.parse(text)


def test_empty_extra_data_is_not_no_extra_data() -> None:
    empty, none = TlogProof(0, (), "note\n", b""), TlogProof(0, (), "note\n")

    assert TlogProof.parse(str(empty)) == empty != none == TlogProof.parse(str(none))


def test_a_receipt_of_one_commit_is_no_proof_in_the_log() -> None:
    leaves = [leaf_hash(b"ballot %d" % number) for number in range(5)]
    note = sign_checkpoint(Checkpoint("log.example/vote/commit/40", 5, root_of(leaves)), LOG)
    receipt = TlogProof(3, tuple(inclusion_path(leaves, 3)), note)

    assert receipt.verify(b"ballot 3", LOG.verifier, origin="log.example/vote/commit/40").size == 5
    with pytest.raises(ProofInvalid, match=r"is of log.example/vote/commit/40, not of log.example/vote"):
        receipt.verify(b"ballot 3", LOG.verifier)


def test_a_proof_of_an_empty_log_proves_nothing() -> None:
    note = sign_checkpoint(Checkpoint("log.example/vote", 0, leaf_hash(b"x")), LOG)

    with pytest.raises(ProofInvalid, match="leaf 0 is not in a tree of size 0"):
        TlogProof(0, (), note).verify(b"x", LOG.verifier)


def test_a_proof_by_another_key_is_refused() -> None:
    other = Signer("log.example/vote", Ed25519PrivateKey.from_private_bytes(bytes(32)))

    with pytest.raises(SignatureInvalid):
        PROOF.verify(b"ballot 11", other.verifier)


def test_witnesses_travel_with_a_proof() -> None:
    witness = WitnessSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes([1]) * 32))
    proof = TlogProof(11, PROOF.path, cosign(PROOF.checkpoint, witness, 1_700_000_000))
    read = TlogProof.parse(str(proof))

    assert read.verify(b"ballot 11", LOG.verifier).size == 21
    assert witnessed(read.checkpoint, [witness.verifier]) == {"witness.example/w1": 1_700_000_000}


def test_the_specified_receipts_verify_under_the_specified_key() -> None:
    page = (Path(__file__).parents[2] / "docs/spec/receipt.md").read_text("utf-8")
    blocks = re.findall(r"(?m)(?:^(?: {4}.*)?\n)+", page)
    texts = [textwrap.dedent(block).strip("\n") for block in blocks if block.strip()]
    receipts = [TlogProof.parse(f"{text}\n") for text in texts if text.startswith("c2sp.org/tlog-proof@v1")]
    log = Verifier.parse(next(text for text in texts if text.startswith(f"{receipts[1].checkpoint.splitlines()[0]}+")))
    first, later = receipts

    assert first.extra == later.extra
    assert first.extra is not None
    assert first.verify(first.extra, log, origin="plaudit.example/my-award/log/commit/1").size == 3
    assert later.verify(first.extra, log).size == 4
    assert 1 + first.index == later.index
