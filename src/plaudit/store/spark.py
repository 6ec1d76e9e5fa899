"""Apache Spark: the engine for seasons that outgrow one machine.

Rows stay on the cluster until a result is asked for; only results, and rows made
in memory, travel. Spark runs once in a process, on one master.
"""

from __future__ import annotations

import importlib
import itertools
import weakref
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import OutOfTurn
from plaudit.store.engine import DUCKDB, Abilities
from plaudit.store.spark_kept import KeptTables, hadoop_path
from plaudit.store.spark_master import read_master
from plaudit.store.spark_session import running_spark
from plaudit.store.spark_words import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    import ibis
    import pyarrow as pa

    from plaudit.store.table import Table

__all__ = ["SparkEngine"]

_BATCH_ROWS: Final = 65_536
_SCHEMES: Final = ("file", "hdfs", "s3", "s3a", "gs", "abfs", "abfss")


class SparkEngine:
    """Computes on a Spark master.

    The master may carry settings as a query: `spark://HOST:PORT?spark.executor.memory=4g`.
    Others are Spark's own, from `SPARK_CONF_DIR`.
    """

    can = Abilities(numbers_rows=False, reads=_SCHEMES)

    def __init__(self, name: str, near: Path | None, on_progress: Callable[[str], None]) -> None:
        master = read_master(name)
        self.name = master.url
        self._spark = running_spark(master, on_progress)
        with self._in_words():
            self._session = self._spark.session()
            backend = importlib.import_module("plaudit.store.spark_backend").SparkBackend()
            backend.in_words = self._in_words
            self._backend = backend.connect(self._session)
        self._kept = KeptTables(self._spark, self._session, near)
        self._views = itertools.count()

    def read_parquet(self, files: Sequence[str], declared: Table) -> ibis.Table:
        """Give files of a declared table as an expression."""
        with self._in_words():
            frame = self._backend.read([hadoop_path(file) for file in files], declared.ibis_schema)
            return self._view(frame, declared.name)

    def scan(self, files: Sequence[str], name: str) -> ibis.Table:  # noqa: ARG002 - as `Engine` has it
        """Refuse: see `can`."""
        raise OutOfTurn(f"engine {self.name} cannot number the rows of a file", f"collect with --engine {DUCKDB}")

    def staged(self, rows: pa.Table) -> ibis.Table:
        """Give rows made in memory as an expression."""
        with self._in_words():
            return self._view(self._session.createDataFrame(rows), "staged")

    def materialize(self, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, and give its rows as an expression; see `KeptTables`."""
        with self._in_words():
            frame, folder = self._kept.materialize(self._backend.frame(expression))
            return self._view(frame, "kept", folder)

    def to_arrow(self, expression: ibis.Table) -> pa.Table:
        """Compute an expression."""
        computed: pa.Table = self._backend.to_pyarrow(expression)
        return computed

    def to_batches(self, expression: ibis.Table) -> Iterable[pa.RecordBatch]:
        """Compute an expression, then give it in batches."""
        computed: Iterable[pa.RecordBatch] = self._backend.to_pyarrow_batches(expression, chunk_size=_BATCH_ROWS)
        return computed

    def _view(self, frame: Any, kind: str, folder: str = "") -> ibis.Table:
        name = f"{kind}_{next(self._views)}"
        view: ibis.Table = self._backend.view(frame, name)
        weakref.finalize(view.op(), self._forget, name, folder).atexit = False  # gone with the last expression on it
        return view

    def _forget(self, name: str, folder: str) -> None:
        self._backend.drop(name)
        if folder:
            self._kept.forget(folder)

    def _in_words(self) -> AbstractContextManager[None]:
        spark = self._spark
        return in_words(f"Spark on {self.name} could not compute a table", spark.log, spark.why_stopped)
