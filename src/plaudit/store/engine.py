"""Engines: what computes a season's expressions, here or on a cluster.

The same expressions run on each and give the same rows, so an engine is chosen
for size and never for its answers. What one cannot do, its abilities say.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from plaudit.store.spark_master import read_master

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    import ibis
    import pyarrow as pa

    from plaudit.store.tables import Table

__all__ = ["DUCKDB", "Abilities", "Engine", "open_engine"]

DUCKDB: Final = "duckdb"


@dataclass(frozen=True)
class Abilities:
    """What an engine can do besides computing.

    numbers_rows : says of scanned rows which file they stand in and where; `collect` needs it
    reads : the schemes of addresses it reads Parquet from; none named is all that fsspec knows
    """

    numbers_rows: bool
    reads: tuple[str, ...] = ()


class Engine(Protocol):
    """Computes expressions over Parquet files and rows made in memory."""

    name: str
    can: Abilities

    def read_parquet(self, files: Sequence[str], declared: Table) -> ibis.Table:
        """Give files of a declared table, by path or address, as an expression."""

    def scan(self, files: Sequence[str], name: str) -> ibis.Table:
        """Give any Parquet files as an expression, with `filename` and `file_row_number`."""

    def staged(self, rows: pa.Table) -> ibis.Table:
        """Give rows made in memory as an expression."""

    def materialize(self, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, and give its rows as an expression, where they are."""

    def to_arrow(self, expression: ibis.Table) -> pa.Table:
        """Compute an expression; columns have the types that the expression says."""

    def to_batches(self, expression: ibis.Table) -> Iterable[pa.RecordBatch]:
        """Compute an expression as a stream, in its order."""


def _silent(_words: str) -> None:
    """Say nothing."""


def open_engine(name: str, near: Path | None = None, on_progress: Callable[[str], None] = _silent) -> Engine:
    """Open an engine by name: `duckdb`, or the master of a Spark cluster.

    `near` is the folder of the season's tables, which all workers must read and write;
    `said` is called with words when work waits for a worker.

    Raises
    ------
    UnknownName : no engine of that name, or no such setting.
    NotInstalled : the engine is an extra, and missing.
    OutOfTurn : Spark already runs on another master.
    EngineUnavailable : no Java, no master at the address, no worker, or one that does not see `near`.
    FileRefused : `near` cannot be written to.

    Examples
    --------
    >>> open_engine("duckdb").can.numbers_rows
    True
    >>> open_engine("postgres")
    Traceback (most recent call last):
    plaudit.base.errors.UnknownName: no engine 'postgres'; choose duckdb, local[2], local-cluster[2,1,1024] or spark://HOST:PORT
    """
    if name == DUCKDB:
        opened: Engine = importlib.import_module("plaudit.store.duck").DuckEngine()
        return opened
    read_master(name)
    # loaded when asked for: PySpark is an extra, and large
    elsewhere: Engine = importlib.import_module("plaudit.store.spark").SparkEngine(name, near, on_progress)
    return elsewhere
