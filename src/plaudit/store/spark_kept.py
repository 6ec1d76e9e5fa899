"""Where a Spark cluster keeps tables between two queries: files that outlive a worker."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import re
import shutil
import tempfile
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Final
from uuid import uuid4

from plaudit.base.disk import refused
from plaudit.base.errors import EngineUnavailable
from plaudit.base.lock import hold
from plaudit.store.remote import is_address
from plaudit.store.spark_words import in_words

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from plaudit.store.spark_session import RunningSpark

__all__ = ["FOLDER", "KeptTables", "hadoop_path"]

FOLDER: Final = ".spark-"
"""How the folder begins that stands in the season's evidence while Spark works on it."""

_MARKS: Final = "seen"
_HELD: Final = "held"
_TASKS: Final = 32
_SETTLED_SECONDS: Final = 1.5
_AT_MOST_SECONDS: Final = 10.0
_GLOB: Final = re.compile(r"([\\\[\]{}*?])")
_SPARK_NAMES: Final = {"s3": "s3a"}
"""Hadoop's name for a scheme, where it is another than fsspec's."""


def hadoop_path(file: str) -> str:
    """Give a path or address as Hadoop reads it, where `*` and brackets are patterns."""
    if not is_address(file):
        return "file:" + _GLOB.sub(r"\\\1", file)
    scheme, _, rest = file.partition("://")
    return f"{_SPARK_NAMES.get(scheme, scheme)}://" + _GLOB.sub(r"\\\1", rest)


class KeptTables:
    """A folder of checkpoints that every worker reads and writes, gone when the engine is.

    It lies below `near`, the season's evidence, which workers must see anyway; where Spark's
    own `spark.checkpoint.dir` is set, there; and on one machine among its temporary files.
    A local checkpoint would live in the workers, and be lost with one of them; a cache would
    answer for a file that has since been written anew.

    Raises
    ------
    FileRefused : this machine cannot write there.
    EngineUnavailable : a worker does not see it, or cannot write there.
    """

    def __init__(self, spark: RunningSpark, session: SparkSession, near: Path | None) -> None:
        self._spark = spark
        self._session = session
        self._numbers = itertools.count()
        self._elsewhere = spark.context.getConf().get("spark.checkpoint.dir")
        is_here = spark.master.is_here or near is None
        self._own, held = (_temporary(), None) if is_here else _below(near.absolute())  # type: ignore[union-attr]
        self._close = weakref.finalize(self, _removed, self._own, held)
        if not is_here:
            try:
                self._refuse_unseen(self._own)
            except BaseException:
                self._close()
                raise

    def materialize(self, frame: DataFrame) -> tuple[DataFrame, str]:
        """Compute a frame into files; give it as read from them, and the folder to `forget` once nobody asks."""
        folder = f"{self._base()}/kept-{next(self._numbers)}"
        self._spark.context.setCheckpointDir(folder)
        return frame.checkpoint(), folder

    def forget(self, folder: str) -> None:
        """Remove what was kept in a folder."""
        jvm = self._spark.context._jvm
        if jvm is None:
            return
        path = jvm.org.apache.hadoop.fs.Path(folder)
        path.getFileSystem(self._spark.context._jsc.hadoopConfiguration()).delete(path, True)  # noqa: FBT003 - Java has no keywords

    def _base(self) -> str:
        if self._elsewhere:
            return f"{self._elsewhere.rstrip('/')}/{self._own.name}"
        return f"file:{self._own.as_posix()}"

    def _refuse_unseen(self, folder: Path) -> None:
        """Let workers read marks and write a table, before any table of the season is written."""
        master, log, stopped = self._spark.master.url, self._spark.log, self._spark.why_stopped
        marks = folder / _MARKS
        marks.mkdir()
        for number in range(_TASKS):
            (marks / f"{number}.txt").write_text(f"{number}\n", "utf-8")
        with in_words(f"a worker of {master} does not see {folder.parent}", log, stopped):
            reading = self._session.newSession()
            reading.range(1).count()  # waits for the first worker
            tasks = _tasks_of_all(self._spark.context)
            reading.conf.set("spark.sql.files.minPartitionNum", str(tasks))
            seen = reading.read.text(hadoop_path(marks.as_posix())).count()
        shutil.rmtree(marks)
        with in_words(f"a worker of {master} cannot write to {self._elsewhere or folder.parent}", log, stopped):
            rows, place = self.materialize(self._session.range(0, _TASKS, 1, tasks))
            found = rows.count()
            self.forget(place)
        if (seen, found) != (_TASKS, _TASKS):
            raise EngineUnavailable(
                f"workers of {master} read {seen} and {found} of {_TASKS} rows in {folder.parent}",
                "let every worker see the season's folder under the same path",
            )


def _tasks_of_all(context: Any) -> int:
    """Wait until no more workers come, then give so many tasks that each gets some."""
    status, ends = context._jsc.sc(), time.monotonic() + _AT_MOST_SECONDS
    known, since = status.getExecutorMemoryStatus().size(), time.monotonic()
    while time.monotonic() < ends and time.monotonic() - since < _SETTLED_SECONDS:
        time.sleep(0.1)
        found = status.getExecutorMemoryStatus().size()
        if found != known:
            known, since = found, time.monotonic()
    return int(min(_TASKS, max(4 * (known - 1), 2 * context.defaultParallelism)))


def _temporary() -> Path:
    return Path(tempfile.mkdtemp(prefix="plaudit-spark-"))


def _below(near: Path) -> tuple[Path, BinaryIO]:
    """Make the folder below the evidence, held by this process; remove those whose process has ended."""
    try:
        near.mkdir(parents=True, exist_ok=True)
        for left in near.glob(f"{FOLDER}*"):
            _sweep(left)
        own = near / f"{FOLDER}{uuid4().hex[:12]}"
        own.mkdir()
        return own, _locked(own)
    except OSError as error:
        raise refused(error, near) from error


def _locked(folder: Path) -> BinaryIO:
    """Hold a folder.

    Raises
    ------
    OSError : its process still runs.
    """
    held = (folder / _HELD).open("wb")
    try:
        if hold(held.fileno()):
            return held
    except OSError:
        held.close()
        raise
    held.close()
    raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN), folder.as_posix())


def _sweep(left: Path) -> None:
    with contextlib.suppress(OSError):  # its process still runs, or it is gone by now
        _locked(left).close()
        shutil.rmtree(left, ignore_errors=True)


def _removed(folder: Path, held: BinaryIO | None) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    if held:
        held.close()
