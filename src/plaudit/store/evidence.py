"""The evidence folder: declared tables as Parquet, read and written through Ibis."""

from __future__ import annotations

import glob
import itertools
import shutil
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import DigestMismatch, OutOfTurn
from plaudit.store.engine import connect
from plaudit.store.parquet import write_batches, write_table
from plaudit.store.tables import Table, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

__all__ = ["Evidence"]

_MADE_BY = {
    "posts": "collect",
    "readings": "collect",
    "ballots": "collect",
    "source_totals": "collect",
    "set_aside": "collect",
    "weeks": "measure",
    "gains": "measure",
    "measures": "measure",
    "parts": "chart",
    "entries": "chart",
    "nominees": "nominate",
    "totals": "tally",
    "voids": "tally",
    "result": "tally",
    "honours": "honour",
}


class Evidence:
    """The tables of one season on one engine.

    Small tables are one file, `posts.parquet`. A partitioned table is a folder,
    `ballots/day=2018-05-14/part-0.parquet`. With a folder `beneath`, tables that
    are not in the first are read from there; it is never written to.
    """

    def __init__(self, folder: Path, beneath: Path | None = None) -> None:
        self.folder = folder
        self._beneath = beneath
        self._connection = connect()
        self._staged = itertools.count()

    def has(self, name: str) -> bool:
        """Say whether the table was made."""
        return bool(self.files(name))

    def files(self, name: str) -> list[Path]:
        """Give the files of a table, by path."""
        declared = table(name)
        pattern = f"{name}/*/*.parquet" if declared.partition else f"{name}.parquet"
        for folder in (self.folder, self._beneath):
            if folder is not None and (found := sorted(folder.glob(pattern))):
                return found
        return []

    def root_of(self, path: Path) -> Path:
        """Give the folder a table's file was found under."""
        return self.folder if path.is_relative_to(self.folder) or self._beneath is None else self._beneath

    def read(self, name: str) -> ibis.Table:
        """Give a table as an expression.

        Raises
        ------
        OutOfTurn : the step that makes it has not run.
        DigestMismatch : a file is not Parquet, or not of the declared columns.
        """
        declared = table(name)
        files = self.files(name)
        if not files:
            step = _MADE_BY.get(name, "run")
            raise OutOfTurn(f"no table {name}", f"run first: plaudit {step} SEASON", table=name)
        for path in files:
            _check_columns(path, declared)
        return self._connection.read_parquet(
            [glob.escape(path.as_posix()) for path in files], table_name=name, hive_partitioning=False
        )

    def read_or_empty(self, name: str) -> ibis.Table:
        """Give a table as an expression, with no rows where it was not made."""
        return self.read(name) if self.has(name) else self.rows(name, [])

    def rows(self, name: str, rows: list[dict[str, Any]]) -> ibis.Table:
        """Give rows made in memory as an expression of a declared table."""
        declared = table(name)
        return self.staged(pa.Table.from_pylist(rows, schema=declared.schema))

    def write(self, name: str, rows: ibis.Table | pa.Table) -> pa.Table:
        """Write a small table whole, sorted, and give its rows.

        Raises
        ------
        ValueError : two rows share a key; a defect of the step that made them.
        """
        declared = table(name)
        if isinstance(rows, ibis.Table):
            rows = self.to_arrow(rows)
        rows = rows.select(list(declared.columns)).cast(declared.schema)
        rows = rows.sort_by([(column, "ascending") for column in declared.order]).combine_chunks()
        keys = rows.select(list(declared.key)).group_by(list(declared.key)).aggregate([])
        if keys.num_rows != rows.num_rows:
            raise ValueError(f"table {name}: {rows.num_rows - keys.num_rows} rows share a key {declared.key}")
        write_table(rows.replace_schema_metadata(None), self.folder / f"{name}.parquet")
        return rows

    def write_rows(self, name: str, rows: list[dict[str, Any]]) -> pa.Table:
        """Write a small table from plain Python rows; see `write`."""
        return self.write(name, pa.Table.from_pylist(rows, schema=table(name).schema))

    def write_all(self, name: str, parts: list[ibis.Table]) -> pa.Table:
        """Write a small table from several expressions; see `write`."""
        columns = list(table(name).columns)
        computed = [self.to_arrow(part.select(columns)).cast(table(name).schema) for part in parts]
        return self.write(name, pa.concat_tables(computed))

    def write_stream(self, name: str, part: str, batches: Iterable[pa.RecordBatch]) -> int:
        """Write one partition of a large table from a stream of sorted batches."""
        declared = table(name)
        path = self.folder / name / f"{declared.partition}={part}" / "part-0.parquet"
        return write_batches(declared.schema, batches, path, rising=declared.rising)

    @contextmanager
    def replacing(self, names: Iterable[str]) -> Iterator[Evidence]:
        """Give tables to write to; these take the place of the named ones when all went well.

        If anything is raised, the tables that were there stay as they were.
        """
        scratch = self.folder / ".replacing"
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            fresh = Evidence(scratch)
            yield fresh
            for name in names:
                self.discard(name)
                for path in fresh.files(name):
                    target = self.folder / path.relative_to(scratch)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    path.replace(target)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def discard(self, *names: str) -> None:
        """Remove tables, where they are there."""
        for name in names:
            if table(name).partition:
                shutil.rmtree(self.folder / name, ignore_errors=True)
            else:
                (self.folder / f"{name}.parquet").unlink(missing_ok=True)

    def scan(self, files: list[str], name: str) -> ibis.Table:
        """Give Parquet files from anywhere as an expression, with `filename` and `file_row_number`."""
        escaped = [glob.escape(file) for file in files]
        return self._connection.read_parquet(escaped, table_name=name, filename=True, file_row_number=True)

    def staged(self, rows: pa.Table) -> ibis.Table:
        """Give rows made in memory as an expression."""
        name = f"staged_{next(self._staged)}"
        self._connection.con.register(name, rows)
        staged = self._connection.table(name)
        weakref.finalize(staged.op(), self._connection.con.unregister, name)  # gone with the last expression on it
        return staged

    def kept(self, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, and give its rows as an expression on the same engine."""
        return self.staged(self.to_arrow(expression))

    def to_arrow(self, expression: ibis.Table) -> pa.Table:
        """Compute an expression."""
        return self._connection.to_pyarrow(expression)

    def to_batches(self, expression: ibis.Table) -> Iterable[pa.RecordBatch]:
        """Compute an expression as a stream."""
        # Ibis 12 calls a reader that DuckDB 2 no longer has, so its compiled query is read here.
        batches: Iterable[pa.RecordBatch] = self._connection.con.sql(
            self._connection.compile(expression)
        ).to_arrow_reader(65_536)
        return batches

    def to_rows(self, expression: ibis.Table) -> list[dict[str, Any]]:
        """Compute a small expression as plain Python rows."""
        rows: list[dict[str, Any]] = self.to_arrow(expression).to_pylist()
        return rows


def _check_columns(path: Path, declared: Table) -> None:
    try:
        found = pq.read_schema(path)
    except (pa.ArrowException, OSError) as error:
        raise DigestMismatch(
            f"{path.name} is not readable Parquet: {error}",
            "restore the file, or make it anew with: plaudit run SEASON",
        ) from None
    if found.names != list(declared.columns):
        raise DigestMismatch(
            f"{path.name} has columns {', '.join(found.names)}",
            f"table {declared.name} has {', '.join(declared.columns)}; make it anew with: plaudit run SEASON",
        )
