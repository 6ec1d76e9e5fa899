"""Names and bytes of tiles and bundles, by C2SP's examples and by a plain oracle."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tlog_scales import tiles as scales

from plaudit.base.errors import ProofInvalid
from plaudit.ledger.tiles import (
    WIDTH,
    Edge,
    bundle_path,
    pack_bundle,
    partial_widths,
    place_of,
    tile_path,
    tiles_of,
    unpack_bundle,
    width_at,
)
from plaudit.ledger.tree import leaf_hashes
from tests.oracles import tree_oracle
from tests.profiles import examples

INDEXES = st.one_of(st.integers(0, 2000), st.integers(0, 2**55))
EDGES = st.sampled_from([0, 1, 255, 256, 257, 511, 512, 513, 65_535, 65_536, 65_537, 70_000, 2**24, 2**40 + 3])


def test_the_specifications_paths_come_out() -> None:
    assert tile_path(0, 1234067) == "tile/0/x001/x234/067"
    assert tile_path(0, 0) == "tile/0/000"
    assert tile_path(63, 1000, 1) == "tile/63/x001/000.p/1"
    assert bundle_path(1234067, 255) == "tile/entries/x001/x234/067.p/255"


def test_the_specifications_tree_of_70000_has_its_tiles() -> None:
    counted = Counter((level, width) for level, _, width in tiles_of(70_000))

    assert counted == {(0, 256): 273, (0, 112): 1, (1, 256): 1, (1, 17): 1, (2, 1): 1}


def test_the_specifications_tree_of_256_has_two_tiles() -> None:
    assert list(tiles_of(256)) == [(0, 0, 256), (1, 0, 1)]


@given(level=st.integers(0, 63), index=INDEXES, width=st.integers(1, 256))
def test_paths_are_those_of_an_independent_implementation(level: int, index: int, width: int) -> None:
    partial = 0 if width == WIDTH else width

    assert tile_path(level, index, width) == "/".join(scales.tile_path(level, index, partial))
    assert bundle_path(index, width) == "/".join(scales.tile_path(-1, index, partial))


@given(level=st.one_of(st.integers(0, 63).map(str), st.just("entries")), index=INDEXES, width=st.integers(1, 256))
def test_a_path_gives_back_its_place(level: str, index: int, width: int) -> None:
    path = bundle_path(index, width) if level == "entries" else tile_path(int(level), index, width)

    assert place_of(path) == (level, index, width)


@pytest.mark.parametrize(
    "path",
    [
        "checkpoint",
        "tile/0/0",
        "tile/0/0000",
        "tile/00/000",
        "tile/64/000",
        "tile/-1/000",
        "tile/0/x000/000",
        "tile/0/001/000",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/256",
        "tile/0/000.p/01",
        "tile/0/000.p/1000",
        "tile/0/000.p",
        "tile/0/000.part",
        "tile/0/000\n",
        "tile/entries/٠٠٠",
        "/tile/0/000",
        "tile/0/../000",
    ],
)
def test_what_is_no_path_of_a_tile_has_no_place(path: str) -> None:
    assert place_of(path) is None


@given(size=st.one_of(EDGES, st.integers(0, 2**62)), level=st.integers(0, 8))
def test_the_last_tiles_width_is_the_specifications_formula(size: int, level: int) -> None:
    widths = partial_widths(size)
    last = size // 256 ** (level + 1)

    assert (widths[level] if level < len(widths) else 0) == size // 256**level % 256
    assert width_at(size, level, last) == size // 256**level % 256
    assert width_at(size, level, last + 1) == 0
    assert last == 0 or width_at(size, level, last - 1) == 256


@given(st.lists(st.one_of(st.binary(max_size=3), st.integers(0, 600).map(bytes)), max_size=256))
def test_a_bundle_gives_back_its_entries(entries: list[bytes]) -> None:
    data = pack_bundle(entries)

    assert data == b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)
    assert unpack_bundle(data, len(entries)) == entries


def test_the_longest_entry_fits_and_one_byte_more_does_not() -> None:
    assert unpack_bundle(pack_bundle([bytes(65_535), b"x"]), 2) == [bytes(65_535), b"x"]
    for entries in ([bytes(65_536)], [b"x", bytes(65_536)]):
        with pytest.raises(ValueError, match="65536 bytes is too long"):
            pack_bundle(entries)


@given(entries=st.lists(st.binary(max_size=5), min_size=1, max_size=9), data=st.data())
def test_a_bundle_that_is_cut_or_lengthened_is_refused(entries: list[bytes], data: st.DataObject) -> None:
    whole = pack_bundle(entries)
    cut = data.draw(st.integers(0, len(whole) - 1))

    for wrong, width in (
        (whole[:cut], len(entries)),
        (whole + b"\x00", len(entries)),
        (whole + b"\x00\x00", len(entries)),
        (whole, len(entries) + 1),
        (whole, len(entries) - 1),
    ):
        with pytest.raises(ProofInvalid, match="does not hold"):
            unpack_bundle(wrong, width)


@settings(max_examples=examples(40))
@given(steps=st.lists(st.integers(0, 700), max_size=4))
def test_an_edge_gives_each_tile_once_it_is_full_and_always_the_root(steps: list[int]) -> None:
    entries: list[bytes] = []
    filled: dict[str, bytes] = {}
    edge = Edge()
    for step in steps:
        more = [str(len(entries) + at).encode() for at in range(step)]
        entries += more
        for level, index, hashes in edge.extend(leaf_hashes(more)):
            filled[tile_path(level, index)] = b"".join(hashes)

    wanted = {path: data for path, data in tree_oracle.files(entries).items() if "entries" not in path}
    assert filled == {path: data for path, data in wanted.items() if ".p/" not in path}
    assert edge.root() == tree_oracle.mth(entries)
    assert [len(level) for level in edge.levels][: len(partial_widths(len(entries)))] == partial_widths(len(entries))
