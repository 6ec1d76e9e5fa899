"""Read a table that somebody else wrote, believing nothing that its files say of themselves.

Row by row the values are decoded and held against the table's declaration; statistics, indexes and
the engine's shortcuts are not used. What is fit is written again, and only the copy is counted.
"""

from __future__ import annotations

import filecmp
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from plaudit.base.errors import DigestMismatch
from plaudit.store.parquet import ROW_GROUP_ROWS, write_batches
from plaudit.store.row_digest import PartDigest
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from plaudit.store.table import Column, Table

__all__ = ["admit", "day_of", "decoded", "refuse_other_encoding", "told_file"]

_BATCH_ROWS: Final = 65_536
_LIMITS: Final = {"thrift_string_size_limit": 64 << 20, "thrift_container_size_limit": 4_000_000}
_DECODED_MOST: Final = 256 << 20
"""The most bytes that the texts of one column may have in one batch: a small file can stand for endless ones."""
_RESTORE: Final = "restore the file that was certified"
_UNREADABLE: Final = "nothing that can be read: "
_COLUMN_FACTS: Final = ("physical_type", "num_values", "has_dictionary_page", "compression")
_BOUNDS: Final = ("min", "max", "null_count")


def admit(name: str, path: Path, copy: Path, check: Callable[[pa.RecordBatch], None] | None = None) -> dict[str, Any]:
    """Read one file of a table strictly, write its rows again, and give the digest of that part.

    What the file says of its rows is compared later, by `refuse_other_encoding`: which row differs is told first.

    Parameters
    ----------
    path : as it was given
    copy : where the rows are written
    check : is shown every batch, after its values were found fit

    Raises
    ------
    DigestMismatch : a value is not what the table may hold; names file, row, column and value.
    """
    declared = table(name)
    digest = PartDigest(declared)

    def seen() -> Iterator[pa.RecordBatch]:
        for batch in _fit_rows(declared, path):
            if check is not None:
                check(batch)
            digest.add(batch)
            yield batch

    write_batches(declared.schema, seen(), copy, rising=declared.rising)
    return digest.stated()


def _fit_rows(declared: Table, path: Path) -> Iterator[pa.RecordBatch]:
    """Give the rows of a file in batches; every value is one that the table may hold, and every row in its place.

    Raises
    ------
    DigestMismatch : names the file, and the row, column and value.
    """
    last: pa.RecordBatch | None = None
    first = 1
    for batch in decoded(declared, path):
        for column, about in declared.columns.items():
            _refuse_unfit(path, first, column, about, batch.column(column))
        _refuse_disorder(declared, path, first, batch, last)
        yield batch
        last, first = batch.slice(batch.num_rows - 1), first + batch.num_rows


def told_file(path: Path) -> str:
    """Give a file's name for a message, as below evidence/."""
    part = path.parent.name
    return f"evidence/{path.parent.parent.name}/{part}/{path.name}" if "=" in part else f"evidence/{path.name}"


def day_of(path: Path) -> int:
    """Give the day that a partition's folder names, in days since 1970-01-01.

    Raises
    ------
    DigestMismatch : it names none.
    """
    text = path.parent.name.partition("=")[2]
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    if day == date.min or day.isoformat() != text or path.name != "part-0.parquet":
        raise DigestMismatch(f"{told_file(path)} is in no folder of a day", _RESTORE, file=path.name)
    return (day - date(1970, 1, 1)).days


def decoded(declared: Table, path: Path) -> Iterator[pa.RecordBatch]:
    """Decode the rows of a file; texts as dictionaries first, so that their sizes are known before they are spelt out.

    Raises
    ------
    DigestMismatch : the file cannot be read, holds another table, or one that is cut otherwise.
    """
    texts = [name for name, column in declared.columns.items() if column.type == "string"]
    try:
        if path.is_symlink():
            raise DigestMismatch(f"{told_file(path)} is a link to another file", "put the file itself there")
        with pq.ParquetFile(path, **_LIMITS) as file:
            _refuse_other_form(declared, path, file)
        with pq.ParquetFile(path, read_dictionary=texts, **_LIMITS) as file:
            for batch in file.iter_batches(_BATCH_ROWS, use_threads=False):
                batch.validate(full=True)
                yield _spelt_out(declared, path, batch)
    except (pa.ArrowException, OSError, ValueError, MemoryError) as error:
        raise DigestMismatch(f"{told_file(path)} cannot be read: {error}", _RESTORE, file=path.name) from None


def _refuse_other_form(declared: Table, path: Path, file: pq.ParquetFile) -> None:
    names = file.schema_arrow.names
    if names != list(declared.columns):
        raise DigestMismatch(
            f"{told_file(path)} has columns {', '.join(names)}; "
            f"table {declared.name} has {', '.join(declared.columns)}",
            _RESTORE,
            file=path.name,
        )
    for field, wanted in zip(file.schema_arrow, declared.schema, strict=True):
        if field.type != wanted.type or not field.nullable:
            raise DigestMismatch(
                f"{told_file(path)}: column {field.name} has type {field.type}{'' if field.nullable else ' not null'}, "
                f"not {wanted.type}",
                _RESTORE,
                file=path.name,
            )
    if set(file.metadata.metadata or {}) - {b"ARROW:schema"}:
        raise DigestMismatch(f"{told_file(path)} holds more than a table: {file.metadata.metadata}", _RESTORE)
    groups = [file.metadata.row_group(number).num_rows for number in range(file.metadata.num_row_groups)]
    full, rest = divmod(file.metadata.num_rows, ROW_GROUP_ROWS)
    if groups != [ROW_GROUP_ROWS] * full + [rest] * (rest > 0 or not full):
        raise DigestMismatch(
            f"{told_file(path)} has row groups of {groups[:5]} rows; they are cut at {ROW_GROUP_ROWS}",
            _RESTORE,
            file=path.name,
        )


def _spelt_out(declared: Table, path: Path, batch: pa.RecordBatch) -> pa.RecordBatch:
    columns = []
    for name, values in zip(batch.schema.names, batch.columns, strict=True):
        if pa.types.is_dictionary(values.type):
            lengths = pc.binary_length(values.dictionary).fill_null(0)
            size = pc.sum(lengths.take(values.indices.drop_null()).cast(pa.int64())).as_py() or 0
            if size > _DECODED_MOST:
                raise DigestMismatch(
                    f"{told_file(path)}: {batch.num_rows} texts of column {name} have {size} bytes; at most "
                    f"{_DECODED_MOST} are read",
                    _RESTORE,
                    file=path.name,
                )
            columns.append(values.dictionary_decode())
        else:
            columns.append(values)
    return pa.RecordBatch.from_arrays(columns, schema=declared.schema)


def _refuse_unfit(path: Path, first: int, name: str, column: Column, values: pa.Array) -> None:
    """Refuse a value that the column may not hold."""
    if values.null_count and not column.is_optional:
        _refuse(path, first, name, values, values.is_null(), "is missing")
    if column.words:
        allowed = pc.is_in(values, pa.array(column.words))
        if not pc.all(allowed, min_count=0).as_py():
            _refuse(path, first, name, values, pc.invert(allowed), f"is none of {', '.join(column.words)}")
    elif column.type not in {"string", "bool"} and len(values) > values.null_count:
        bounds = pc.min_max(values)
        if bounds["min"].as_py() < column.least or bounds["max"].as_py() > column.most:
            outside = pc.or_(pc.less(values, column.least), pc.greater(values, column.most))
            _refuse(path, first, name, values, outside, f"is not from {column.least} to {column.most}")


def _refuse(path: Path, first: int, name: str, values: pa.Array, wrong: pa.Array, why: str) -> None:
    row = int(np.flatnonzero(wrong.fill_null(False).to_numpy(zero_copy_only=False))[0])  # noqa: FBT003
    value = values[row].as_py()
    told = "" if value is None else f" {value!r:.80}"
    raise DigestMismatch(
        f"{told_file(path)}, row {first + row}: {name}{told} {why}",
        "the step collect takes no such row; ask whoever signed it",
        file=path.name,
        row=first + row,
    )


def _refuse_disorder(
    declared: Table, path: Path, first: int, batch: pa.RecordBatch, last: pa.RecordBatch | None
) -> None:
    """Refuse rows out of order and two of one key: the order ends with the key, so each row passes the one before."""
    rows = pa.Table.from_batches([last, batch] if last is not None else [batch], declared.schema)
    if rows.num_rows < 2:
        return
    greater = np.zeros(rows.num_rows - 1, bool)
    same = np.ones(rows.num_rows - 1, bool)
    for name in declared.order:
        values = rows[name].combine_chunks()
        before, after = values[:-1], values[1:]
        greater |= same & pc.less(before, after).to_numpy(zero_copy_only=False)
        same &= pc.equal(before, after).to_numpy(zero_copy_only=False)
    if greater.all():
        return
    at = int(np.flatnonzero(~greater)[0])
    row = first + at + (last is None)
    key = ", ".join(f"{part} {rows[part][at + 1].as_py()!r:.80}" for part in declared.key)
    what = "has the key of the row before it" if same[at] else "is out of order"
    raise DigestMismatch(f"{told_file(path)}, row {row} ({key}) {what}", _RESTORE, file=path.name, row=row)


def refuse_other_encoding(path: Path, copy: Path) -> None:
    """Refuse a file that says other things of its rows than writing them again gives.

    Files of one writer are compared byte by byte; of another, such as an older pyarrow's, what is said of each column.

    Raises
    ------
    DigestMismatch : names the file, the column, what it says and what is true.
    """
    if filecmp.cmp(path, copy, shallow=False):
        return
    theirs, ours = pq.read_metadata(path), pq.read_metadata(copy)
    said = next(
        (
            f": of column {ours.row_group(number).column(at).path_in_schema} it says {found}"
            for number in range(ours.num_row_groups)
            for at in range(ours.num_columns)
            if (found := _says_otherwise(theirs.row_group(number).column(at), ours.row_group(number).column(at)))
        ),
        "",
    )
    if not said and (maker := _bound(theirs, "created_by")).startswith(_UNREADABLE):
        said = f": of who wrote it, it says {maker}"
    if said or maker == ours.created_by:
        raise DigestMismatch(
            f"{told_file(path)}: its rows are the same; its encoding differs{said}", _RESTORE, file=path.name
        )


def _bound(footer: Any, name: str) -> Any:
    """Give what a part of a footer says; if nobody can read it, that it is so, which is right of no column."""
    try:
        return getattr(footer, name)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's footer makes a reader say
        return f"{_UNREADABLE}{error}"


def _says_otherwise(held: Any, right: Any) -> str:
    for fact in _COLUMN_FACTS:
        if _bound(held, fact) != getattr(right, fact):
            return f"{fact} {_bound(held, fact)}, right is {getattr(right, fact)}"
    if held.statistics is not None and right.statistics is not None:
        for bound in _BOUNDS:
            said, true = _bound(held.statistics, bound), getattr(right.statistics, bound)
            if said != true:
                return f"{bound} {said!r:.80}, right is {true!r:.80}"
    return ""
