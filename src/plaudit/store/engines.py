"""The engines there are, each opened by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.store.duck import DuckEngine
from plaudit.store.engine import DUCKDB
from plaudit.store.spark_master import read_master

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.store.engine import Engine

__all__ = ["open_engine"]


def _silent(_words: str) -> None:
    """Say nothing."""


def open_engine(name: str, near: Path | None = None, on_progress: Callable[[str], None] = _silent) -> Engine:
    """Open an engine by name: `duckdb`, or the master of a Spark cluster.

    `near` is the folder of the season's tables, which all workers must read and write;
    `on_progress` is called with words when work waits for a worker.

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
        return DuckEngine()
    read_master(name)
    from plaudit.store.spark import SparkEngine  # noqa: PLC0415 - PySpark is an extra, and large

    return SparkEngine(name, near, on_progress)
