"""What Spark says when it fails, in two lines: what, and what to do."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import EngineUnavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["broken", "first_words", "in_words", "last_words", "was_named"]

_MOST: Final = 300
_STOPPED: Final = "start workers, ask less of each, or wait longer with plaudit.wait=SECONDS, and run the verb again"
_DEEPEST: Final = 20
_REMEDIES: Final = (
    ("UnsupportedClassVersionError", "Spark 4 needs Java 17 or newer; install it, or let JAVA_HOME name it"),
    ("InvalidClassException", "the cluster runs another Spark than this machine; let both be of one version"),
    ("Expected SaslMessage", "the master asks for a secret; give spark.authenticate and the secret in SPARK_CONF_DIR"),
    ("SaslException", "the secret is not the master's; correct spark.authenticate.secret in SPARK_CONF_DIR"),
    ("Outbox is stopped", "the master takes no secret, or another; compare spark.authenticate on both sides"),
    ("maxResultSize", "give the result more room: spark.driver.maxResultSize=4g and spark.driver.memory=6g"),
    ("OutOfMemoryError", "give more memory: spark.executor.memory for workers, spark.driver.memory for this machine"),
    ("No space left on device", "free the disk of that worker, or name another with spark.local.dir"),
    ("FILE_NOT_EXIST", "let every worker see the season's folder under the same path, and run the verb again"),
    ("number of partitions", "let every worker see the season's folder under the same path, and run the verb again"),
    ("FileNotFoundException", "let every worker see the season's folder under the same path, and run the verb again"),
    ("Permission denied", "let the workers read and write the season's evidence, and run the verb again"),
    ("HADOOP_CONF_DIR", "let HADOOP_CONF_DIR or YARN_CONF_DIR name the folder of the cluster's settings"),
)
_TASK: Final = re.compile(r"Lost task [^:]*\(TID \d+\) \((?P<where>\S+) executor[^)]*\): (?P<what>.+)")
_WRONG: Final = re.compile(r"Exception|[Ee]rror|must be|not found|[Cc]annot|[Ii]nvalid")
_NOISE: Final = re.compile(r"^(?:\s+at |\s*\.\.\. \d+ more|\s*$)")
_named: set[Path] = set()


def broken(what: str, words: str, log: Path | None = None) -> EngineUnavailable:
    """Give the error of a fact and Spark's words about it, the telling ones first."""
    remedy = next((remedy for sign, remedy in _REMEDIES if sign in words), "correct what Spark names")
    said = f"; Spark's own words are in {log}" if log else ""
    if log:
        _named.add(log)
    first = next((line.strip() for line in words.splitlines() if line.strip()), "")
    return EngineUnavailable(f"{what}: {first[:_MOST]}" if first else what, remedy + said)


def was_named(log: Path) -> bool:
    """Say whether an error sent somebody to this log, so that it must stay."""
    return log in _named


def first_words(log: Path) -> str:
    """Give the first thing that a log names as wrong, where Java did not start."""
    return next(iter(_wrong(log)), "")


def last_words(log: Path) -> str:
    """Give the last thing that a log names as wrong."""
    return next(reversed(_wrong(log)), "")


def _wrong(log: Path) -> list[str]:
    text = log.read_text("utf-8", "replace") if log.is_file() else ""  # a Java that ran before has another log
    lines = [line.strip() for line in text.splitlines() if not _NOISE.match(line)]
    return [line for line in lines if _WRONG.search(line)] or lines[-1:]


@contextmanager
def in_words(doing: str, log: Path | None, stopped: Callable[[], str]) -> Iterator[None]:
    """Turn what Spark raises into an error of ours; a query that Spark cannot read is our defect and stays.

    `stopped` says why the work was given up from here, or nothing.
    """
    from py4j.protocol import Py4JError, Py4JNetworkError  # noqa: PLC0415 - PySpark is an extra
    from pyspark.errors import AnalysisException, ParseException, PySparkException  # noqa: PLC0415

    try:
        yield
    except (AnalysisException, ParseException) as error:
        if "PATH_NOT_FOUND" in str(error):
            raise broken(doing, str(error), log) from error
        raise
    except (Py4JNetworkError, ConnectionError, EOFError) as error:
        if reason := stopped():
            raise EngineUnavailable(reason, _STOPPED) from error
        raise broken(
            f"{doing}: Spark's process on this machine has ended", last_words(log) if log else "", log
        ) from error
    except (Py4JError, PySparkException) as error:
        if reason := stopped():
            raise EngineUnavailable(reason, _STOPPED) from error
        raise broken(doing, _cause(error), log) from error


def _cause(error: Any) -> str:
    """Give the innermost thing that Java names, or the worker's where a task failed of it; then the rest."""
    java = getattr(error, "java_exception", None) or getattr(error, "_origin", None)
    causes: list[str] = []
    while java is not None and len(causes) < _DEEPEST:
        causes.append(f"{java.getClass().getSimpleName()}: {java.getMessage()}")
        java = java.getCause()
    whole = "\n".join(reversed(causes)) or str(error)
    if task := _TASK.search(whole):
        return f"worker {task['where']} said: {task['what']}\n{whole}"
    return whole
