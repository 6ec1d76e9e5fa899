"""The embedded engine: DuckDB behind Ibis."""

from __future__ import annotations

import glob
import itertools
import tempfile
import weakref
from functools import partial
from typing import TYPE_CHECKING, Final

import ibis

from plaudit.store.compiled import Compiled
from plaudit.store.engine import DUCKDB, Abilities
from plaudit.store.remote import filesystem, is_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyarrow as pa
    from ibis.backends.duckdb import Backend

    from plaudit.store.table import Table

__all__ = ["DuckEngine"]

_BATCH_ROWS: Final = 65_536
_COMPILED: Final = Compiled()


class DuckEngine:
    """Computes in this process, and spills to the temporary folder when a table passes `memory`."""

    name = DUCKDB
    can = Abilities(numbers_rows=True)

    def __init__(self, memory: str = "2GB") -> None:
        self._connection = _connect(memory)
        self._staged = itertools.count()
        self._schemes: set[str] = set()

    def read_parquet(self, files: Sequence[str], declared: Table) -> ibis.Table:
        """Give files of a declared table as an expression."""
        return self._connection.read_parquet(self._escaped(files), table_name=declared.name, hive_partitioning=False)

    def scan(self, files: Sequence[str], name: str) -> ibis.Table:
        """Give any Parquet files as an expression, with `filename` and `file_row_number`."""
        return self._connection.read_parquet(self._escaped(files), table_name=name, filename=True, file_row_number=True)

    def staged(self, rows: pa.Table) -> ibis.Table:
        """Give rows made in memory as an expression."""
        name = f"staged_{next(self._staged)}"
        self._connection.con.register(name, rows)
        staged = self._connection.table(name)
        weakref.finalize(staged.op(), self._connection.con.unregister, name)  # gone with the last expression on it
        return staged

    def materialize(self, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, and give its rows as an expression."""
        return self.staged(self.to_arrow(expression))

    def to_arrow(self, expression: ibis.Table) -> pa.Table:
        """Compute an expression."""
        return self._connection.to_pyarrow(expression)

    def to_batches(self, expression: ibis.Table) -> Iterable[pa.RecordBatch]:
        """Compute an expression as a stream."""
        # Ibis 12 calls a reader that DuckDB 2 no longer has, so its compiled query is read here.
        query = self._connection.compile(expression)
        batches: Iterable[pa.RecordBatch] = self._connection.con.sql(query).to_arrow_reader(_BATCH_ROWS)
        return batches

    def _escaped(self, files: Sequence[str]) -> list[str]:
        for file in files:
            scheme = file.partition("://")[0]
            if is_address(file) and scheme not in self._schemes:
                self._connection.con.register_filesystem(filesystem(file))
                self._schemes.add(scheme)
        return [glob.escape(file) for file in files]


def _connect(memory: str) -> Backend:
    connection: Backend = ibis.duckdb.connect(
        memory_limit=memory,
        temp_directory=tempfile.gettempdir() + "/plaudit-spill",
        preserve_insertion_order=False,
    )
    connection.compile = partial(_COMPILED.query, connection.compile)
    connection.raw_sql("SET perfect_ht_threshold = 24")  # count buckets of voters in an array, see tally/allowance.py
    # it would group every ballot by its number, to join a few of them: see audit/rulings.py
    connection.raw_sql("SET disabled_optimizers = 'partial_aggregate_pushdown'")
    connection.raw_sql("SET TimeZone = 'UTC'")
    connection.raw_sql("SET enable_progress_bar = false")
    return connection
