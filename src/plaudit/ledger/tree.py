"""Merkle trees over SHA-256: roots, and proofs that an entry or an older tree is part of one.

    size 7            root = MTH(0, 7)
                     ╱              ╲
               MTH(0, 4)          MTH(4, 7)
               ╱       ╲          ╱       ╲
          MTH(0, 2) MTH(2, 4) MTH(4, 6)   leaf 6

A leaf is hashed behind the byte 0, an inner node behind the byte 1. The left half
of n leaves is the largest power of two smaller than n. A proof is a list of such
hashes, each named here by the half-open range of leaves below it.

References
----------
RFC 6962, section 2.1
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import CheckpointsFork, ProofInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = [
    "EMPTY_ROOT",
    "HASH_BYTES",
    "consistency_path",
    "consistency_ranges",
    "inclusion_path",
    "inclusion_ranges",
    "leaf_hash",
    "leaf_hashes",
    "node_hash",
    "parents",
    "range_root",
    "root_of",
    "verify_consistency",
    "verify_inclusion",
]

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256(b"").digest()

_LEAF: Final = sha256(b"\x00")
_NODE: Final = sha256(b"\x01")


def leaf_hash(entry: bytes) -> bytes:
    """Give the hash of one entry.

    Examples
    --------
    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Give the hash of the node above two hashes."""
    return sha256(b"\x01" + left + right).digest()


def leaf_hashes(entries: Iterable[bytes]) -> list[bytes]:
    """Give the hash of each entry, in their order."""
    # Copying a started hash is a fifth faster than starting one per entry.
    start, hashes = _LEAF.copy, []
    for entry in entries:
        state = start()
        state.update(entry)
        hashes.append(state.digest())
    return hashes


def parents(hashes: Sequence[bytes]) -> list[bytes]:
    """Give the nodes one level up; an odd last hash rises as it is."""
    start, above, each = _NODE.copy, [], iter(hashes)
    for left, right in zip(each, each, strict=False):
        state = start()
        state.update(left + right)
        above.append(state.digest())
    if len(hashes) % 2:
        above.append(hashes[-1])
    return above


def root_of(hashes: Sequence[bytes]) -> bytes:
    """Give the root over leaf hashes, or over the roots of equal whole subtrees in their order.

    The last subtree may be smaller than the others: what it lacks lies beyond the tree.
    """
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > 1:
        hashes = parents(hashes)
    return hashes[0]


def inclusion_ranges(index: int, size: int) -> list[tuple[int, int]]:
    """Give the leaves below each hash of an inclusion proof, the leaf's neighbour first.

    Examples
    --------
    >>> inclusion_ranges(5, 7)
    [(4, 5), (6, 7), (0, 4)]
    """
    first, last, ranges = 0, size, []
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            ranges.append((middle, last))
            last = middle
        else:
            ranges.append((first, middle))
            first = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, new_size: int) -> list[tuple[int, int]]:
    """Give the leaves below each hash of a consistency proof.

    The first ends at the old size, unless the old tree is itself a node of the new one.

    Examples
    --------
    >>> consistency_ranges(6, 7)
    [(4, 6), (6, 7), (0, 4)]
    >>> consistency_ranges(4, 7)
    [(4, 7)]
    """
    if old_size in {0, new_size}:
        return []
    first, last, ranges = 0, new_size, []
    while last != old_size:
        middle = first + _split(last - first)
        if old_size <= middle:
            ranges.append((middle, last))
            last = middle
        else:
            ranges.append((first, middle))
            first = middle
    if first:
        ranges.append((first, last))
    return ranges[::-1]


def inclusion_path(hashes: Sequence[bytes], index: int) -> list[bytes]:
    """Give the inclusion proof of a leaf in a tree whose leaf hashes are all at hand."""
    return [root_of(hashes[first:last]) for first, last in inclusion_ranges(index, len(hashes))]


def consistency_path(hashes: Sequence[bytes], old_size: int) -> list[bytes]:
    """Give the consistency proof of the first leaves of a tree whose leaf hashes are all at hand."""
    return [root_of(hashes[first:last]) for first, last in consistency_ranges(old_size, len(hashes))]


def range_root(first: int, last: int, node: Callable[[int, int], bytes]) -> bytes:
    """Give the root over a range of leaves that a proof names, from whole subtrees.

    `node(height, index)` gives the root over the leaves from `index << height` to `(index + 1) << height`.
    """
    if first == last:
        return EMPTY_ROOT
    above: list[bytes] = []
    for height in range((last - first).bit_length(), -1, -1):
        if (last - first) >> height & 1:
            above.append(node(height, first >> height))
            first += 1 << height
    root = above.pop()
    while above:
        root = node_hash(above.pop(), root)
    return root


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> None:
    """Check that a leaf hash stands at an index of the tree with that root.

    Raises
    ------
    ProofInvalid : the index is not below the size, the path is too long or short, or it leads to another root.
    """
    if not 0 <= index < size:
        raise ProofInvalid(f"leaf {index} is not in a tree of size {size}", "ask for a later proof", index=index)
    ranges = inclusion_ranges(index, size)
    _refuse_length(path, len(ranges), f"leaf {index} in size {size}")
    found = leaf
    for (first, _), sibling in zip(ranges, path, strict=True):
        found = node_hash(found, sibling) if first > index else node_hash(sibling, found)
    if found != root:
        raise ProofInvalid(
            f"the proof of leaf {index} leads to root {found.hex()}, the tree of size {size} has {root.hex()}",
            "ask the log for the proof again; if it stays, keep proof and checkpoint: they are evidence",
            index=index,
            size=size,
        )


def verify_consistency(old_size: int, old_root: bytes, new_size: int, new_root: bytes, path: Sequence[bytes]) -> None:
    """Check that the new tree begins with the old one.

    Raises
    ------
    CheckpointsFork : the roots contradict each other, or the path does not join them.
    ProofInvalid : the old tree is the larger one, or the path is too long or short.
    """
    if not 0 <= old_size <= new_size:
        raise ProofInvalid(f"a tree of size {new_size} cannot follow one of {old_size}", "give the smaller size first")
    ranges = consistency_ranges(old_size, new_size)
    _refuse_length(path, len(ranges), f"size {old_size} in size {new_size}")
    if old_size == new_size:
        was, now = old_root, old_root
    elif old_size == 0:
        was, now = EMPTY_ROOT, new_root
    else:
        was, now = _joined(old_size, old_root, ranges, path)
    if (was, now) != (old_root, new_root):
        raise CheckpointsFork(
            f"the tree of size {new_size} with root {new_root.hex()} does not begin with"
            f" the tree of size {old_size} with root {old_root.hex()}",
            "keep both checkpoints: they are evidence; ask the log's operator and its witnesses",
            old_size=old_size,
            old_root=old_root.hex(),
            new_size=new_size,
            new_root=new_root.hex(),
        )


def _joined(
    old_size: int, old_root: bytes, ranges: Sequence[tuple[int, int]], path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Give the old and the new root that a consistency proof leads to."""
    steps = list(zip(ranges, path, strict=True))
    seed = old_root if ranges[0][0] == old_size else steps.pop(0)[1]
    was = now = seed
    for (first, _), sibling in steps:
        if first < old_size:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
        else:
            now = node_hash(now, sibling)
    return was, now


def _refuse_length(path: Sequence[bytes], wanted: int, what: str) -> None:
    if len(path) != wanted or any(len(step) != HASH_BYTES for step in path):
        raise ProofInvalid(
            f"the proof of {what} has {len(path)} hashes, it must have {wanted} of {HASH_BYTES} bytes",
            "get the whole proof again",
        )


def _split(leaves: int) -> int:
    """Give the largest power of two smaller than a number above one."""
    return 1 << (leaves - 1).bit_length() - 1
