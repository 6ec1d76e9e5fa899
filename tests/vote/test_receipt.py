"""A receipt verifies, for every size of commit, and no byte of it can be changed."""

from __future__ import annotations

from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit.base.errors import EvidenceError, ProofInvalid
from plaudit.ledger.note import Signer
from plaudit.ledger.proof import TlogProof
from plaudit.ledger.tree import inclusion_path, leaf_hashes, root_of
from plaudit.vote.receipt import commit_origin, receipts
from plaudit.vote.record import Ballot, Names
from tests.some import some

SIGNER = Signer("plaudit.example/live/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
NAMES = Names(("web",), ("bts", "drake"), ("guest",))
FIRST = 1_234


def records(ballots: int) -> list[bytes]:
    return [NAMES.pack(Ballot("web", "bts", 1 + number, 10 + number, number, "guest")) for number in range(ballots)]


def verified(text: str, record: bytes | None = None) -> int:
    """Verify a receipt as its voter would, and give the commit's size."""
    proof = TlogProof.parse(text)
    assert proof.extra is not None
    origin = commit_origin(SIGNER.verifier.name, FIRST)
    return proof.verify(proof.extra if record is None else record, SIGNER.verifier, origin=origin).size


@pytest.mark.parametrize("ballots", range(1, 41))
def test_every_receipt_of_a_commit_verifies_and_is_the_shortest_proof(ballots: int) -> None:
    taken = records(ballots)
    hashes = leaf_hashes(taken)
    texts = receipts(taken, FIRST, SIGNER, range(ballots))

    for position, text in enumerate(texts):
        proof = TlogProof.parse(text)
        assert str(proof) == text
        assert (proof.index, proof.extra) == (position, taken[position])
        assert list(proof.path) == inclusion_path(hashes, position)
        assert verified(text) == ballots
    assert len({TlogProof.parse(text).checkpoint for text in texts}) == 1
    signed = partial(TlogProof.parse(texts[0]).verify, taken[0], SIGNER.verifier)
    assert signed(origin=commit_origin(SIGNER.verifier.name, FIRST)).root == root_of(hashes)


def test_a_receipt_asked_alone_is_the_one_given_among_all() -> None:
    taken = records(21)
    texts = receipts(taken, FIRST, SIGNER, range(21))

    assert [receipts(taken, FIRST, SIGNER, [position])[0] for position in range(21)] == texts


@pytest.mark.parametrize("ballots", [1, 2, 5])
def test_a_receipt_with_any_letter_changed_is_refused(ballots: int) -> None:
    text = receipts(records(ballots), FIRST, SIGNER, [ballots - 1])[0]
    for place, letter in some(enumerate(text)):
        for changed in some({chr(ord(letter) ^ 1), chr(ord(letter) ^ 0x20), "\n", ""} - {letter}):
            with pytest.raises(EvidenceError):
                verified(text[:place] + changed + text[place + 1 :])


def test_a_receipt_is_of_no_other_ballot() -> None:
    taken = records(7)
    text = receipts(taken, FIRST, SIGNER, [3])[0]
    for position in (0, 1, 2, 4, 5, 6):
        with pytest.raises(ProofInvalid):
            verified(text, taken[position])


def test_a_receipt_is_of_no_other_commit() -> None:
    proof = TlogProof.parse(receipts(records(3), FIRST, SIGNER, [0])[0])
    for origin in (SIGNER.verifier.name, commit_origin(SIGNER.verifier.name, FIRST + 1)):
        with pytest.raises(ProofInvalid, match="the checkpoint is of"):
            proof.verify(records(3)[0], SIGNER.verifier, origin=origin)
