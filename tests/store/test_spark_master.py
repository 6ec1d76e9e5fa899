"""The name of a Spark master is read strictly: a slip in it is said before anything starts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import EngineUnavailable, OutOfTurn, PlauditError, UnknownName
from plaudit.store.engines import open_engine
from plaudit.store.spark_master import WAIT_SECONDS, read_master
from tests.store.cluster import missing

if TYPE_CHECKING:
    from pathlib import Path

needs_spark = pytest.mark.skipif(bool(missing()), reason=missing())


@pytest.mark.parametrize(
    "name",
    [
        "local",
        "local[2]",
        "local[*]",
        "local[2,4]",
        "local-cluster[2,1,1024]",
        "yarn",
        "k8s://https://10.0.0.5:6443",
        "spark://10.0.0.5:7077",
        "spark://one:7077,two:7077",
        "spark://[::1]:7077",
    ],
)
def test_every_master_that_spark_takes_is_taken(name: str) -> None:
    assert read_master(name).url == name
    assert read_master(f"{name}?spark.executor.memory=4g").settings == {"spark.executor.memory": "4g"}


@pytest.mark.parametrize("place", ["h:70x7", "h:0", "h:65536", "h", ":7077", "h:7077x", "h:٧٠٧٧", "h:7077,", "h:1/x"])
def test_a_place_that_is_no_host_and_port_is_named(place: str) -> None:
    with pytest.raises(UnknownName, match=r"is not HOST:PORT; a port is 1 to 65535"):
        open_engine(f"spark://{place}")


@pytest.mark.parametrize(
    "text", ["spark.executor.memory", "spark.executor.memory=", "executor.memory=4g", "plaudit.wat=3"]
)
def test_what_is_no_setting_is_refused_and_not_dropped(text: str) -> None:
    with pytest.raises(UnknownName, match=re.escape(f"{text!r} is not a setting")):
        open_engine(f"local[2]?{text}")


@pytest.mark.parametrize("seconds", ["x", "-1", "1.5", "9999999"])
def test_a_wait_is_whole_seconds(seconds: str) -> None:
    with pytest.raises(UnknownName, match=r"plaudit\.wait is .*; give whole seconds"):
        open_engine(f"local[2]?plaudit.wait={seconds}")


def test_a_wait_is_ours_and_not_sparks() -> None:
    assert read_master("local[2]").wait_seconds == WAIT_SECONDS
    asked = read_master("local[2]?plaudit.wait=7&spark.executor.cores=1")

    assert (asked.wait_seconds, asked.settings) == (7, {"spark.executor.cores": "1"})


@given(st.text(max_size=40), st.sampled_from(["", "spark://", "local[", "local[2]?", "spark://h:1?", "k8s://", "yarn"]))
def test_any_name_is_a_master_or_an_error_of_ours(text: str, before: str) -> None:
    try:
        taken = read_master(before + text).url
    except PlauditError as error:
        taken, exit_code = "", error.exit_code
    else:
        exit_code = 2

    assert taken or exit_code == 2


@needs_spark
def test_a_java_home_without_java_is_said_before_spark_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))

    with pytest.raises((EngineUnavailable, OutOfTurn), match=r"(there is no bin/java in it|Spark already runs)"):
        open_engine("local[2]")


@needs_spark
def test_a_yarn_that_nothing_describes_is_said_before_spark_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HADOOP_CONF_DIR", raising=False)
    monkeypatch.delenv("YARN_CONF_DIR", raising=False)

    with pytest.raises((EngineUnavailable, OutOfTurn), match=r"(does not say where its cluster is|Spark already runs)"):
        open_engine("yarn")


@needs_spark
def test_a_port_that_nobody_listens_at_is_said_at_once() -> None:
    with pytest.raises((EngineUnavailable, OutOfTurn), match=r"(no Spark master answers at|Spark already runs)"):
        open_engine("spark://127.0.0.1:1")
