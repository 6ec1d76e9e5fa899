"""Parquet files with the same bytes for the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.disk import refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["ROW_GROUP_ROWS", "write_batches", "write_table"]

ROW_GROUP_ROWS: Final = 262_144


def write_table(rows: pa.Table, path: Path) -> None:
    """Write rows, in their order, to one file."""
    write_batches(rows.schema, rows.to_batches(), path)


def write_batches(schema: pa.Schema, batches: Iterable[pa.RecordBatch], path: Path, rising: Sequence[str] = ()) -> int:
    """Write a stream of batches to one file and give the number of rows.

    `rising` names the int64 columns whose values mostly grow; they are written as differences.
    Row groups are cut by count alone, so the bytes do not depend on how the
    stream was cut. The file appears whole or not at all.
    """
    started = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        written = _written(schema, batches, started, rising)
        started.replace(path)
    except OSError as error:
        raise refused(error, path) from error
    finally:
        if started.exists():
            started.unlink()
    return written


def _written(schema: pa.Schema, batches: Iterable[pa.RecordBatch], started: Path, rising: Sequence[str]) -> int:
    waiting: list[pa.RecordBatch] = []
    waiting_rows = written = 0
    with pq.ParquetWriter(started, schema, compression="zstd", **_encodings(schema, rising)) as writer:
        for batch in batches:
            waiting.append(batch)
            waiting_rows += batch.num_rows
            while waiting_rows >= ROW_GROUP_ROWS:
                rows = pa.Table.from_batches(waiting, schema)
                group = rows.slice(0, ROW_GROUP_ROWS).combine_chunks()
                writer.write_table(group, row_group_size=ROW_GROUP_ROWS)
                written += ROW_GROUP_ROWS
                rest = rows.slice(ROW_GROUP_ROWS)
                waiting, waiting_rows = rest.to_batches(), rest.num_rows
        if waiting_rows or not written:
            writer.write_table(pa.Table.from_batches(waiting, schema).combine_chunks(), row_group_size=ROW_GROUP_ROWS)
            written += waiting_rows
    return written


def _encodings(schema: pa.Schema, rising: Sequence[str]) -> dict[str, Any]:
    """Large numbers are read twice as fast when they are not looked up in a dictionary first."""
    numbers = [field.name for field in schema if pa.types.is_int64(field.type)]
    return {
        "use_dictionary": [name for name in schema.names if name not in numbers],
        "column_encoding": {name: "DELTA_BINARY_PACKED" if name in rising else "PLAIN" for name in numbers},
    }
