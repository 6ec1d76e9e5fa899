"""The canonical digest of a table's rows: the same whoever encoded them, in whatever file.

Every column is a stream of bytes or two, each of which has a SHA-256; the table's digest
is over all of these.

References
----------
docs/spec/row-digest.md
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plaudit.store.table import Column, Table

__all__ = ["PartDigest", "table_digest"]

_VALUES, _LENGTHS, _PRESENT = "values", "lengths", "present"
_EMPTY: Final = {"string": "", "bool": False}


@dataclass
class PartDigest:
    """The digest of one part of a table, as its rows come; a table without partitions is one part.

    Examples
    --------
    >>> from plaudit.store.tables import table
    >>> part = PartDigest(table("voids"))
    >>> part.add(pa.RecordBatch.from_pylist([], schema=table("voids").schema))
    >>> part.stated()["rows"]
    0
    """

    table: Table
    rows: int = 0
    _streams: dict[str, dict[str, Any]] = field(init=False, repr=False)
    _missing: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._streams = {
            name: {stream: hashlib.sha256() for stream in _streams(column)}
            for name, column in self.table.columns.items()
        }
        self._missing = dict.fromkeys(self._streams, 0)

    def add(self, batch: pa.RecordBatch | pa.Table) -> None:
        """Add rows, columns of the declared types; texts may be dictionaries."""
        self.rows += batch.num_rows
        for name, column in self.table.columns.items():
            values = batch.column(batch.schema.get_field_index(name))
            self._missing[name] += values.null_count
            for chunk in values.chunks if isinstance(values, pa.ChunkedArray) else [values]:
                _add(self._streams[name], column, chunk)

    def stated(self) -> dict[str, Any]:
        """Give the number of rows, and the digests of every column."""
        columns = {
            name: {
                stream: sha.hexdigest() for stream, sha in streams.items() if stream != _PRESENT or self._missing[name]
            }
            for name, streams in self._streams.items()
        }
        return {"rows": self.rows, "columns": columns}


def table_digest(name: str, parts: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Give what a certificate states of a table: how many rows it has, and their digest.

    Parameters
    ----------
    parts : what `PartDigest.stated` gives, by the value of the partition; of a table without, by the empty text
    """
    text = rfc8785.dumps({"table": name, "parts": {part: dict(stated) for part, stated in parts.items()}})
    return {"rows": sum(stated["rows"] for stated in parts.values()), "sha256": hashlib.sha256(text).hexdigest()}


def _streams(column: Column) -> tuple[str, ...]:
    return (_VALUES, _LENGTHS, _PRESENT) if column.type == "string" else (_VALUES, _PRESENT)


def _add(streams: dict[str, Any], column: Column, values: pa.Array) -> None:
    if values.null_count:
        streams[_PRESENT].update(values.is_valid().cast(pa.uint8()).to_numpy(zero_copy_only=False))
    else:
        streams[_PRESENT].update(b"\x01" * len(values))
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    if values.null_count:
        values = values.fill_null(_EMPTY.get(column.type, 0))
    if column.type == "string":
        lengths = pc.binary_length(values).to_numpy(zero_copy_only=False)
        streams[_LENGTHS].update(lengths.astype(">u4"))
        streams[_VALUES].update(_bytes(values))
    elif column.type == "bool":
        streams[_VALUES].update(values.cast(pa.uint8()).to_numpy(zero_copy_only=False))
    else:
        streams[_VALUES].update(values.to_numpy(zero_copy_only=False).astype(">i8"))


def _bytes(texts: pa.Array) -> memoryview | bytes:
    """Give the bytes of texts one after the other, as Arrow holds them."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return b""
    ends = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    return memoryview(data)[int(ends[0]) : int(ends[-1])]
