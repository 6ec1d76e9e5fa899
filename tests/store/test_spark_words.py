"""Spark's failures come out as two lines that name what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import EngineUnavailable
from plaudit.store.spark_words import broken, first_words, in_words, last_words, was_named
from tests.store.cluster import missing

if TYPE_CHECKING:
    from pathlib import Path

needs_spark = pytest.mark.skipif(bool(missing()), reason=missing())
LOG = """WARNING: Using incubator modules: jdk.incubator.vector
Invalid maximum heap size: -Xmx4x
Error: A fatal exception has occurred. Program will exit.
\tat org.apache.spark.Main(Main.java:1)
"""


def test_the_log_tells_what_was_wrong_first_and_last(tmp_path: Path) -> None:
    log = tmp_path / "spark.log"
    log.write_text(LOG, "utf-8")

    assert first_words(log) == "Invalid maximum heap size: -Xmx4x"
    assert last_words(log) == "Error: A fatal exception has occurred. Program will exit."
    assert first_words(tmp_path / "no.log") == last_words(tmp_path / "no.log") == ""


@pytest.mark.parametrize(
    ("words", "remedy"),
    [
        ("SaslException: mismatched response", "the secret is not the master's"),
        ("FileNotFoundException: File file:/a/b does not exist", "let every worker see the season's folder"),
        ("SparkException: total size is bigger than spark.driver.maxResultSize", "spark.driver.maxResultSize=4g"),
        ("java.lang.OutOfMemoryError: Java heap space", "give more memory"),
        ("UnsupportedClassVersionError: compiled by a newer Java", "Java 17"),
        ("IllegalStateException: no idea", "correct what Spark names"),
    ],
)
def test_a_failure_is_one_line_and_one_thing_to_do(tmp_path: Path, words: str, remedy: str) -> None:
    error = broken("Spark could not compute", f"{words}\n\tat Some.where(Java.java:7)", tmp_path / "spark.log")

    assert error.what == f"Spark could not compute: {words}"
    assert remedy in error.remedy
    assert str(tmp_path / "spark.log") in error.remedy
    assert was_named(tmp_path / "spark.log")


@needs_spark
def test_a_query_that_spark_cannot_read_is_a_defect_of_ours_and_stays_one() -> None:
    from pyspark.errors import AnalysisException, SparkRuntimeException

    with pytest.raises(AnalysisException), in_words("computing", None, str):
        raise AnalysisException("UNRESOLVED_COLUMN")
    with pytest.raises(EngineUnavailable, match="computing: no disk"), in_words("computing", None, str):
        raise SparkRuntimeException("no disk")
    with pytest.raises(EngineUnavailable, match=r"^given up"), in_words("computing", None, lambda: "given up"):
        raise SparkRuntimeException("cancelled")
    with pytest.raises(KeyError), in_words("computing", None, str):
        raise KeyError("a defect")


@needs_spark
def test_a_java_that_died_is_said() -> None:
    with pytest.raises(EngineUnavailable, match="process on this machine has ended"), in_words("computing", None, str):
        raise ConnectionRefusedError
