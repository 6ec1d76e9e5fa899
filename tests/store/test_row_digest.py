"""The digest of rows: the specification's examples, an oracle row by row, and indifference to how rows are held."""

from __future__ import annotations

import hashlib
import json
import struct
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from plaudit.store.row_digest import PartDigest, table_digest
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable

BALLOTS = table("ballots")
ROW = {
    "ballot": 0,
    "channel": "web",
    "nominee": "a",
    "votes": 1,
    "cast_at": 1,
    "voter": 7,
    "gesture": "vote",
    "tags": 1,
    "is_deleted": False,
    "is_private": True,
    "account_created_at": None,
    "post": "",
    "source": "s",
}
rows = st.lists(
    st.fixed_dictionaries(
        {
            "ballot": st.integers(0, 2**63 - 1),
            "channel": st.sampled_from(["web", "post"]),
            "nominee": st.text(max_size=4),
            "votes": st.integers(1, 2**31 - 1),
            "cast_at": st.integers(0, 2**60),
            "voter": st.integers(0, 2**63 - 1),
            "gesture": st.sampled_from(["vote", "post"]),
            "tags": st.integers(1, 2**15 - 1),
            "is_deleted": st.booleans(),
            "is_private": st.booleans(),
            "account_created_at": st.none() | st.integers(0, 2**60),
            "post": st.text(max_size=3),
            "source": st.just("s"),
        }
    ),
    max_size=6,
)


def digest(name: str, found: list[dict[str, Any]], cut: int = 1_000) -> dict[str, Any]:
    part = PartDigest(table(name))
    for first in range(0, max(len(found), 1), cut):
        part.add(pa.RecordBatch.from_pylist(found[first : first + cut], schema=table(name).schema))
    return table_digest(name, {"": part.stated()})


def by_hand(found: Iterable[dict[str, Any]]) -> str:
    """The specification, value by value."""
    found, columns = list(found), {}
    for name, column in BALLOTS.columns.items():
        values, lengths, present = b"", b"", b""
        for row in found:
            value = row[name]
            present += bytes([value is not None])
            if column.type == "string":
                data = (value or "").encode()
                values, lengths = values + data, lengths + struct.pack(">I", len(data))
            else:
                values += bytes([value]) if column.type == "bool" else struct.pack(">q", value or 0)
        streams = {"values": values}
        if column.type == "string":
            streams["lengths"] = lengths
        if b"\0" in present:
            streams["present"] = present
        columns[name] = {stream: hashlib.sha256(data).hexdigest() for stream, data in streams.items()}
    text = {"parts": {"": {"columns": columns, "rows": len(found)}}, "table": "ballots"}
    return hashlib.sha256(json.dumps(text, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def test_the_specifications_examples() -> None:
    voids = [
        {"nominee": "nobody-we-know", "channel": "web", "reason": "unknown nominee", "ballots": 1, "votes": 1},
        {"nominee": "방탄", "channel": "web", "reason": "unknown nominee", "ballots": 2, "votes": 258},
    ]
    part = PartDigest(BALLOTS)
    part.add(pa.RecordBatch.from_pylist([ROW], schema=BALLOTS.schema))

    assert digest("voids", voids) == {
        "rows": 2,
        "sha256": "87723cc2e515ed80ffa451155a689687c552aa12d0b8076bb39713f2a987bb28",
    }
    assert table_digest("ballots", {"1970-01-01": part.stated()}) == {
        "rows": 1,
        "sha256": "245a28a914dba48a093603c8eee4413159c959dd74c2fdf1ab05bea84f529f34",
    }


@given(rows, st.integers(1, 7))
def test_it_is_what_the_specification_gives_however_the_rows_are_cut(found: list[dict[str, Any]], cut: int) -> None:
    assert digest("ballots", found, cut) == {"rows": len(found), "sha256": by_hand(found)}


@given(rows)
def test_dictionaries_give_the_same_as_texts(found: list[dict[str, Any]]) -> None:
    batch = pa.RecordBatch.from_pylist(found, schema=BALLOTS.schema)
    columns = [values.dictionary_encode() if pa.types.is_string(values.type) else values for values in batch.columns]
    part = PartDigest(BALLOTS)
    part.add(pa.RecordBatch.from_arrays(columns, batch.schema.names))

    assert table_digest("ballots", {"": part.stated()}) == digest("ballots", found)


def test_a_letter_that_moves_to_the_next_text_gives_another() -> None:
    apart, moved = [{**ROW, "post": text} for text in ("ab", "c")], [{**ROW, "post": text} for text in ("a", "bc")]

    assert digest("ballots", apart) != digest("ballots", moved)


def test_a_missing_number_is_not_zero() -> None:
    assert digest("ballots", [ROW]) != digest("ballots", [{**ROW, "account_created_at": 0}])
