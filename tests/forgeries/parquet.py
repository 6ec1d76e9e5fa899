"""Parquet files as a forger writes them: other bytes for the same rows, or bytes that say two things."""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["patch_dictionary", "patch_footer", "repeat_row_groups", "rewrite", "rewrite_column", "rows_of"]


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Give the rows of one file; those of a partition with its `day`."""
    rows: list[dict[str, Any]] = pq.ParquetFile(path).read().to_pylist()
    if path.parent.name.startswith("day="):
        for row in rows:
            row["day"] = path.parent.name.removeprefix("day=")
    return rows


def rewrite(path: Path, change: Callable[[pa.Table], pa.Table] = lambda rows: rows, **options: Any) -> None:
    """Write a file's rows by other options of the writer, or other columns."""
    pq.write_table(change(pq.ParquetFile(path).read()), path, **{"compression": "zstd", **options})


def rewrite_column(path: Path, name: str, kind: pa.DataType) -> None:
    """Write a file's rows with one column of another type."""
    rewrite(path, lambda rows: rows.set_column(rows.column_names.index(name), name, rows[name].cast(kind)))


def patch_footer(path: Path, old: bytes, new: bytes) -> None:
    """Put other bytes of the same length into the footer of a file, wherever it holds the old ones."""
    assert len(old) == len(new)
    data = path.read_bytes()
    (length,) = struct.unpack("<I", data[-8:-4])
    footer = data[-8 - length :]
    assert old in footer, f"the footer of {path.name} does not hold {old.hex()}"
    path.write_bytes(data[: -8 - length] + footer.replace(old, new))


def patch_dictionary(path: Path, old: bytes, new: bytes) -> None:
    """Put other bytes into the pages of a file, and leave what the footer says of them."""
    assert len(old) == len(new)
    rewrite(path, compression="none")
    data = path.read_bytes()
    (length,) = struct.unpack("<I", data[-8:-4])
    pages = data[: -8 - length]
    assert old in pages, f"the pages of {path.name} do not hold {old!r}"
    path.write_bytes(pages.replace(old, new) + data[-8 - length :])


def repeat_row_groups(path: Path, times: int) -> None:
    """Let the footer name every row group several times; the pages are there once."""
    data = path.read_bytes()
    (length,) = struct.unpack("<I", data[-8:-4])
    whole = pq.read_metadata(path)
    for _ in range(times - 1):
        whole.append_row_groups(pq.read_metadata(path))
    footer = io.BytesIO()
    whole.write_metadata_file(footer)
    path.write_bytes(data[: -8 - length] + footer.getvalue()[4:])
