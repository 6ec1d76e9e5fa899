"""Rows of a Parquet file; a value that no Python object can hold spoils its own row alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.collect.raw import RawRow, Unread, positions, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plaudit.collect.raw import Form

__all__ = ["parquet_rows"]


def parquet_rows(path: Path, wanted: Sequence[str], form: Form) -> Iterator[RawRow]:
    """Give the rows of a Parquet file. A double that is not a number is an empty cell.

    Raises
    ------
    SourceChanged : the file is no Parquet, or lacks a column.
    """
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise unreadable(path, form, f" is not Parquet: {error}") from None
    named = [names[place] for place in positions(wanted, names, path, form, "").values()]
    read = 0
    for batch in file.iter_batches(batch_size=65_536, columns=named):
        columns = [_plain(batch.column(batch.schema.get_field_index(name))) for name in named]
        for at, values in enumerate(zip(*columns, strict=True), start=read + 1):
            yield RawRow(at, dict(zip(wanted, values, strict=True)))
        read += batch.num_rows


def _plain(column: pa.Array) -> list[Any]:
    if pa.types.is_timestamp(column.type) and column.type.unit == "ns":
        column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    try:
        values: list[Any] = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        values = [_value(scalar) for scalar in column]
    if pa.types.is_floating(column.type):
        values = [None if value is not None and math.isnan(value) else value for value in values]
    return values


def _value(scalar: pa.Scalar) -> Any:
    try:
        return scalar.as_py()
    except UnicodeDecodeError:
        return Unread("not UTF-8", f"{bytes(scalar.as_buffer())[:80]!r}")
    except (ValueError, OverflowError, pa.ArrowException):
        return Unread("out of range", f"{scalar.value if hasattr(scalar, 'value') else '?'} as {scalar.type}")
