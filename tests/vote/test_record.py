"""A ballot's record: 54 bytes that an independent reading of the specification agrees with."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from plaudit.base.errors import ProofInvalid
from plaudit.store.tables import table
from plaudit.vote.record import GESTURES, RECORD_BYTES, Ballot, Names, packed
from plaudit.vote.statements import read_opening

PAGE = Path(__file__).parents[2] / "docs" / "spec" / "ballot-leaf.md"
NAMES = Names(("web", "post"), ("aurora-lane", "north-seven", "zoë"), ("guest", "email", "posts"))
INSTANTS = st.integers(631_152_000_000_000, 4_102_444_799_999_999)

ballots = st.builds(
    Ballot,
    channel=st.sampled_from((*NAMES.channels, "carrier pigeon")),
    nominee=st.sampled_from((*NAMES.nominees, "write-in")),
    votes=st.integers(1, 2**31 - 1),
    cast_at=INSTANTS,
    voter=st.integers(0, 2**63 - 1),
    source=st.sampled_from(NAMES.sources),
    gesture=st.sampled_from(GESTURES),
    tags=st.integers(1, 2**15 - 1),
    is_deleted=st.booleans(),
    is_private=st.booleans(),
    account_created_at=st.none() | INSTANTS,
    post=st.text(max_size=40),
)


def written(ballot: Ballot) -> bytes:
    """The table of the specification, field by field."""
    known = [NAMES.channels.index(ballot.channel)] if ballot.channel in NAMES.channels else [0xFF]
    stands = [NAMES.nominees.index(ballot.nominee)] if ballot.nominee in NAMES.nominees else [0xFFFF]
    has_age = ballot.account_created_at is not None
    fields = [
        (1, 1),
        (known[0], 1),
        (stands[0], 2),
        (ballot.votes, 4),
        (ballot.cast_at, 8),
        (ballot.voter, 8),
        (["vote", "post", "repost", "quote"].index(ballot.gesture), 1),
        (1 * ballot.is_deleted + 2 * ballot.is_private + 4 * has_age, 1),
        (ballot.tags, 2),
        (NAMES.sources.index(ballot.source), 2),
        (ballot.account_created_at or 0, 8),
    ]
    record = b"".join(value.to_bytes(size, "big") for value, size in fields)
    return record + (hashlib.sha256(ballot.post.encode()).digest()[:16] if ballot.post else b"\0" * 16)


def read(record: bytes) -> dict[str, Any]:
    """The same table, the other way round; for bytes whose names are declared."""

    def number(offset: int, size: int, *, signed: bool = False) -> int:
        return int.from_bytes(record[offset : offset + size], "big", signed=signed)

    channel, nominee, flags = number(1, 1), number(2, 2), number(25, 1)
    return {
        "channel": NAMES.channels[channel] if channel != 0xFF else None,
        "nominee": NAMES.nominees[nominee] if nominee != 0xFFFF else None,
        "votes": number(4, 4),
        "cast_at": number(8, 8, signed=True),
        "voter": number(16, 8),
        "gesture": ["vote", "post", "repost", "quote"][number(24, 1)],
        "tags": number(26, 2),
        "is_deleted": flags % 2 == 1,
        "is_private": flags // 2 % 2 == 1,
        "account_created_at": number(30, 8, signed=True) if flags // 4 % 2 else None,
        "post": record[38:].hex() if record[38:] != b"\0" * 16 else "",
        "source": NAMES.sources[number(28, 2)],
    }


def blocks() -> list[str]:
    """The specification's indented blocks, in order, without their breaks."""
    found = re.findall(r"(?:^ {4}.*\n)+", PAGE.read_text("utf-8"), re.MULTILINE)
    return ["".join(line.strip() for line in block.splitlines()) for block in found]


@given(ballots)
def test_a_record_is_what_the_specification_says(ballot: Ballot) -> None:
    record = NAMES.pack(ballot)

    assert len(record) == RECORD_BYTES == 54
    assert record == written(ballot)


@given(ballots)
def test_what_was_packed_is_read_again(ballot: Ballot) -> None:
    found = NAMES.unpack(NAMES.pack(ballot))
    given_names = {"channel": NAMES.channels, "nominee": NAMES.nominees}
    wanted = asdict(ballot) | {
        name: value if (value := getattr(ballot, name)) in names else None for name, names in given_names.items()
    }
    wanted["post"] = hashlib.sha256(ballot.post.encode()).hexdigest()[:32] if ballot.post else ""

    assert found == wanted


@given(st.lists(ballots, max_size=30), st.integers(0, 30))
def test_a_table_packs_to_the_records_of_its_rows(rows: list[Ballot], cut: int) -> None:
    schema = table("ballots").schema
    whole = pa.Table.from_pylist([{"ballot": number, **asdict(row)} for number, row in enumerate(rows)], schema=schema)
    in_two_chunks = pa.concat_tables([whole.slice(0, cut), whole.slice(cut)])

    assert packed(in_two_chunks, NAMES).tobytes() == b"".join(NAMES.pack(row) for row in rows)


@given(st.data(), ballots)
def test_damage_is_refused_or_read_as_it_stands(data: st.DataObject, ballot: Ballot) -> None:
    damaged = bytearray(NAMES.pack(ballot))
    for _ in range(data.draw(st.integers(1, 3))):
        damaged[data.draw(st.integers(0, RECORD_BYTES - 1))] = data.draw(st.integers(0, 255))
    record = bytes(damaged)
    try:
        found = NAMES.unpack(record)
    except ProofInvalid:
        return

    assert found == read(record)


@given(st.binary(max_size=2 * RECORD_BYTES).filter(lambda data: len(data) != RECORD_BYTES))
def test_other_lengths_are_no_record(data: bytes) -> None:
    with pytest.raises(ProofInvalid, match="not a ballot record"):
        NAMES.unpack(data)


@pytest.mark.parametrize(
    ("offset", "byte"),
    [(0, 0), (0, 2), (1, len(NAMES.channels)), (3, len(NAMES.nominees)), (24, len(GESTURES)), (29, len(NAMES.sources))],
    ids=["version 0", "version 2", "channel", "nominee", "gesture", "source"],
)
def test_a_value_that_nothing_declares_is_refused(offset: int, byte: int) -> None:
    record = bytearray(NAMES.pack(Ballot("web", "aurora-lane", 1, 0, 0, "guest")))
    record[offset] = byte

    with pytest.raises(ProofInvalid):
        NAMES.unpack(bytes(record))


def test_the_example_of_the_specification_is_a_record() -> None:
    dumped, digest, opened, _closed = blocks()
    record = bytes.fromhex(dumped.replace(" ", ""))
    found = read_opening(opened.encode()).names.unpack(record)
    shown = re.findall(r"^\| \d+ \| \d+ \| (\w+) \| `([0-9a-f]+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)

    assert found == {
        "channel": "post",
        "nominee": "north-seven",
        "votes": 1,
        "cast_at": 1768554001234567,
        "voter": 5923454485722287598,
        "gesture": "post",
        "tags": 1,
        "is_deleted": False,
        "is_private": False,
        "account_created_at": 1500000000000000,
        "post": hashlib.sha256(b"https://social.example/@fan/114514").hexdigest()[:32],
        "source": "posts",
    }
    assert "".join(value for _, value in shown) == record.hex()
    assert digest == hashlib.sha256(b"\0" + record).hexdigest()
