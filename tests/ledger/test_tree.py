"""Trees and proofs against the published vectors, a recursive oracle and an independent implementation."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tlog_scales import tlog

from plaudit.base.errors import CheckpointsFork, EvidenceError, ProofInvalid
from plaudit.ledger.tree import (
    EMPTY_ROOT,
    consistency_path,
    inclusion_path,
    leaf_hash,
    leaf_hashes,
    range_root,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.oracles import tree_oracle

# The tree that the certificate-transparency project tests its own code with, and its roots of sizes 0 to 8.
ENTRIES = [
    bytes.fromhex(entry)
    for entry in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = {
    (0, 1): [],
    (0, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (5, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (1, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CONSISTENCY = {
    (1, 1): [],
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def made(size: int) -> list[bytes]:
    return [f"entry {index}".encode() for index in range(size)]


def hexed(path: list[bytes]) -> list[str]:
    return [node.hex() for node in path]


def test_the_published_roots_come_out() -> None:
    assert [root_of(leaf_hashes(ENTRIES[:size])).hex() for size in range(9)] == ROOTS
    assert EMPTY_ROOT.hex() == ROOTS[0]


@pytest.mark.parametrize(("index", "size"), INCLUSION)
def test_the_published_inclusion_proofs_come_out_and_verify(index: int, size: int) -> None:
    hashes = leaf_hashes(ENTRIES[:size])

    path = inclusion_path(hashes, index)

    assert hexed(path) == INCLUSION[index, size]
    verify_inclusion(hashes[index], index, size, path, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new"), CONSISTENCY)
def test_the_published_consistency_proofs_come_out_and_verify(old: int, new: int) -> None:
    path = consistency_path(leaf_hashes(ENTRIES[:new]), old)

    assert hexed(path) == CONSISTENCY[old, new]
    verify_consistency(old, bytes.fromhex(ROOTS[old]), new, bytes.fromhex(ROOTS[new]), path)


@given(size=st.integers(1, 70), data=st.data())
def test_roots_and_proofs_are_those_of_the_oracle(size: int, data: st.DataObject) -> None:
    entries, hashes = made(size), leaf_hashes(made(size))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))

    assert hashes == [leaf_hash(entry) for entry in entries]
    assert root_of(hashes) == tree_oracle.mth(entries)
    assert inclusion_path(hashes, index) == tree_oracle.path(index, entries)
    assert consistency_path(hashes, old) == tree_oracle.proof(old, entries)


@given(size=st.integers(0, 70), data=st.data())
def test_a_range_from_whole_subtrees_has_the_oracles_root(size: int, data: st.DataObject) -> None:
    entries = made(size)
    height = data.draw(st.integers(0, 7))
    first = data.draw(st.integers(0, size >> height)) << height
    last = data.draw(st.integers(first, min(size, first + (1 << height))))

    root = range_root(first, last, lambda tall, at: tree_oracle.mth(entries[at << tall : (at + 1) << tall]))

    assert root == tree_oracle.mth(entries[first:last])


@st.composite
def tampered(draw: st.DrawFn, given: list[bytes]) -> list[bytes]:
    """A path as it is, or with a bit flipped, a hash left out, doubled, added, or two exchanged."""
    path = list(given)
    kind = draw(st.sampled_from(["as it is", "flip", "drop", "double", "add", "swap", "cut"]))
    at = draw(st.integers(0, len(path) - 1)) if path else 0
    if kind == "add":
        path.insert(draw(st.integers(0, len(path))), draw(st.binary(min_size=32, max_size=32)))
    elif path and kind == "flip":
        path[at] = bytes([path[at][0] ^ 1 << draw(st.integers(0, 7))]) + path[at][1:]
    elif path and kind == "drop":
        del path[at]
    elif path and kind == "double":
        path.insert(at, path[at])
    elif path and kind == "swap":
        path[at], path[-1] = path[-1], path[at]
    elif path and kind == "cut":
        path[at] = path[at][:-1]
    return path


@given(size=st.integers(1, 40), data=st.data())
def test_the_verdict_on_an_inclusion_proof_is_that_of_an_independent_implementation(
    size: int, data: st.DataObject
) -> None:
    hashes = leaf_hashes(made(size))
    proven = data.draw(st.integers(0, size - 1))
    path = data.draw(tampered(inclusion_path(hashes, proven)))
    index = data.draw(st.one_of(st.just(proven), st.integers(0, size + 1)))
    leaf = data.draw(st.sampled_from([hashes[proven], hashes[0]]))
    claimed = data.draw(st.one_of(st.just(size), st.integers(1, 2 * size)))
    root = root_of(hashes)

    try:
        tlog.InclusionProof(index, claimed, path).check(leaf, root)
        is_good = True
    except tlog.InclusionProofInvalid:
        is_good = False

    if is_good:
        verify_inclusion(leaf, index, claimed, path, root)
    else:
        with pytest.raises(ProofInvalid):
            verify_inclusion(leaf, index, claimed, path, root)


@given(size=st.integers(1, 40), data=st.data())
def test_the_verdict_on_a_consistency_proof_is_that_of_an_independent_implementation(
    size: int, data: st.DataObject
) -> None:
    hashes = leaf_hashes(made(size))
    old = data.draw(st.integers(0, size))
    path = data.draw(tampered(consistency_path(hashes, old)))
    claimed = data.draw(st.one_of(st.just(old), st.integers(0, size + 1)))
    old_root = data.draw(st.sampled_from([root_of(hashes[:old]), root_of(hashes[: old // 2]), hashes[0]]))
    new_root = data.draw(st.sampled_from([root_of(hashes), root_of(hashes[::-1])]))

    try:
        tlog.ConsistencyProof(claimed, size, path).check(old_root, new_root)
        is_good = True
    except tlog.ConsistencyProofInvalid:
        is_good = False

    if is_good:
        verify_consistency(claimed, old_root, size, new_root, path)
    else:
        with pytest.raises(EvidenceError):
            verify_consistency(claimed, old_root, size, new_root, path)


def test_a_proof_for_another_place_of_the_same_tree_is_invalid() -> None:
    hashes = leaf_hashes(made(8))

    with pytest.raises(ProofInvalid, match="the proof of leaf 4 leads to root"):
        verify_inclusion(hashes[5], 4, 8, inclusion_path(hashes, 5), root_of(hashes))


@pytest.mark.parametrize("index", [-1, 8, 9])
def test_a_leaf_outside_the_tree_is_invalid(index: int) -> None:
    hashes = leaf_hashes(made(8))

    with pytest.raises(ProofInvalid, match=f"leaf {index} is not in a tree of size 8"):
        verify_inclusion(hashes[0], index, 8, inclusion_path(hashes, 0), root_of(hashes))


def test_two_roots_of_one_size_are_a_fork_that_names_both() -> None:
    one, other = root_of(leaf_hashes(made(3))), root_of(leaf_hashes(made(3)[::-1]))

    with pytest.raises(CheckpointsFork) as fork:
        verify_consistency(3, one, 3, other, [])

    assert fork.value.values == {"old_size": 3, "old_root": one.hex(), "new_size": 3, "new_root": other.hex()}


def test_a_tree_does_not_shrink() -> None:
    with pytest.raises(ProofInvalid, match="size 3 cannot follow one of 4"):
        verify_consistency(4, EMPTY_ROOT, 3, EMPTY_ROOT, [])


def test_every_tree_begins_with_the_empty_one_and_with_no_other_of_size_0() -> None:
    root = root_of(leaf_hashes(made(5)))

    verify_consistency(0, EMPTY_ROOT, 5, root, [])
    with pytest.raises(CheckpointsFork):
        verify_consistency(0, hashlib.sha256(b"x").digest(), 5, root, [])
