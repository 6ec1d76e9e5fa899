"""Apache Spark: the engine for seasons that outgrow one machine.

Rows stay on the cluster until a result is asked for; only results, and rows made
in memory, travel. Spark runs once in a process, on one master.
"""

from __future__ import annotations

import importlib
import importlib.util
import itertools
import os
import re
import shutil
import socket
import weakref
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl

from plaudit.base.errors import OutOfTurn
from plaudit.store.engine import DUCKDB, Abilities
from plaudit.store.remote import is_address

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ibis
    import pyarrow as pa
    from pyspark.sql import SparkSession

    from plaudit.store.tables import Table

__all__ = ["SparkEngine"]

_BATCH_ROWS: Final = 65_536
_STANDALONE: Final = re.compile(r"spark://(.+)")
_QUIET: Final = {"spark.ui.enabled": "false", "spark.ui.showConsoleProgress": "false"}
_LOOPBACK: Final = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
_GLOB: Final = re.compile(r"([\\\[\]{}*?])")
_EXACT: Final = {
    "spark.sql.ansi.enabled": "true",  # what overflows is an error, not another number
    "spark.sql.caseSensitive": "true",
    "spark.sql.session.timeZone": "UTC",
}
_SCHEMES: Final = ("file", "hdfs", "s3", "s3a", "gs", "abfs", "abfss")
_SPARK_NAMES: Final = {"s3": "s3a"}
"""Hadoop's name for a scheme, where it is another than fsspec's."""


class SparkEngine:
    """Computes on a Spark master.

    The master may carry settings as a query: `spark://HOST:PORT?spark.executor.memory=4g`.
    Others are Spark's own, from `SPARK_CONF_DIR`.
    """

    can = Abilities(numbers_rows=False, reads=_SCHEMES)

    def __init__(self, name: str) -> None:
        master, _, settings = name.partition("?")
        self.name = master
        self._session = _session(master, dict(parse_qsl(settings)))
        self._backend = importlib.import_module("plaudit.store.spark_backend").SparkBackend().connect(self._session)
        self._views = itertools.count()

    def read_parquet(self, files: Sequence[str], declared: Table) -> ibis.Table:
        """Give files of a declared table as an expression."""
        frame = self._backend.read([_path(file) for file in files], declared.ibis_schema)
        return self._view(frame, declared.name)

    def scan(self, files: Sequence[str], name: str) -> ibis.Table:  # noqa: ARG002 - as `Engine` has it
        """Refuse: see `can`."""
        raise OutOfTurn(f"engine {self.name} cannot number the rows of a file", f"collect with --engine {DUCKDB}")

    def staged(self, rows: pa.Table) -> ibis.Table:
        """Give rows made in memory as an expression."""
        return self._view(self._session.createDataFrame(rows), "staged")

    def kept(self, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once, and give its rows as an expression; they stay on the cluster.

        A checkpoint and no cache: Spark takes two reads of one path for the same
        rows, and would answer from a cache after the file was written anew.
        """
        return self._view(self._backend.frame(expression).localCheckpoint(), "kept")

    def to_arrow(self, expression: ibis.Table) -> pa.Table:
        """Compute an expression."""
        computed: pa.Table = self._backend.to_pyarrow(expression)
        return computed

    def to_batches(self, expression: ibis.Table) -> Iterable[pa.RecordBatch]:
        """Compute an expression, then give it in batches."""
        computed: Iterable[pa.RecordBatch] = self._backend.to_pyarrow_batches(expression, chunk_size=_BATCH_ROWS)
        return computed

    def _view(self, frame: Any, kind: str) -> ibis.Table:
        name = f"{kind}_{next(self._views)}"
        view: ibis.Table = self._backend.view(frame, name)
        weakref.finalize(view.op(), self._backend.drop, name).atexit = False  # gone with the last expression on it
        return view


def _session(master: str, settings: dict[str, str]) -> SparkSession:
    """Give a session of its own on a master; the views of one season are not another's."""
    sql = _pyspark()
    running = sql.SparkSession.getActiveSession() or _started(sql, master, settings)
    if running.sparkContext.master != master:
        raise OutOfTurn(
            f"Spark already runs on {running.sparkContext.master} in this process",
            f"use another process for {master}",
            engine=master,
        )
    session: SparkSession = running.newSession()
    shared = {name: value for name, value in settings.items() if name.startswith("spark.sql.")}
    for name, value in {**shared, **_EXACT}.items():
        session.conf.set(name, value)
    return session


def _pyspark() -> Any:
    if importlib.util.find_spec("pyspark") is None:
        raise OutOfTurn("PySpark is not installed", "pip install 'plaudit[spark]'")
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise OutOfTurn("Spark needs Java and there is none", "install Java 17, or set JAVA_HOME")
    return importlib.import_module("pyspark.sql")


def _started(sql: Any, master: str, settings: dict[str, str]) -> SparkSession:
    quiet = {"spark.app.name": "plaudit", "spark.log.level": "ERROR"} | _QUIET
    if master.startswith("local"):
        quiet |= _LOOPBACK
    elif found := _STANDALONE.fullmatch(master):
        _refuse_unreachable(master, found[1].split(","))
        quiet |= _LOOPBACK if found[1].startswith(("127.0.0.1:", "localhost:")) else {}
    builder = sql.SparkSession.builder.master(master)
    for name, value in {**quiet, **settings, **_EXACT}.items():
        builder = builder.config(name, value)
    started: SparkSession = builder.getOrCreate()
    return started


def _refuse_unreachable(master: str, places: Sequence[str]) -> None:
    """Ask the ports first: Spark itself would try for a minute, and then tell of something else."""
    for place in places:
        host, _, port = place.rpartition(":")
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
        except OSError:
            continue
        return
    raise OutOfTurn(f"no Spark master answers at {master}", "start it, or mend the address", engine=master)


def _path(file: str) -> str:
    """Give a path or address as Hadoop reads it, where `*` and brackets are patterns."""
    if not is_address(file):
        return "file:" + _GLOB.sub(r"\\\1", file)
    scheme, _, rest = file.partition("://")
    return f"{_SPARK_NAMES.get(scheme, scheme)}://" + _GLOB.sub(r"\\\1", rest)
