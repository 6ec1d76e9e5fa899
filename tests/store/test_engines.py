"""DuckDB and Spark agree to the byte, and what an engine cannot do it says."""

from __future__ import annotations

import gc
import random
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis
import psutil
import pyarrow as pa
import pytest
from typer.testing import CliRunner

from plaudit import pipeline
from plaudit.base.errors import EngineUnavailable, FileRefused, OutOfTurn, UnknownName
from plaudit.base.numbers import share_points as exact_points
from plaudit.cli.main import app
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.store.numbers import quotient, share_points
from plaudit.store.spark_kept import FOLDER
from plaudit.store.spark_master import read_master
from plaudit.store.spark_session import refuse_stranger
from plaudit.store.tables import CERTIFIED, TABLES, table
from tests.conftest import bytes_below, run
from tests.some import some
from tests.store.cluster import SETTINGS, can_hide, cluster, missing
from tests.store.random_season import NAMES, random_season

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),  # PySpark leaves sockets to the garbage collector
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
MADE = [name for name in TABLES if name not in {*CERTIFIED, "honours"}]
SEED = 20180520


@pytest.fixture(scope="module")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A master and two workers of this machine; Spark runs once in a process, so all tests share it."""
    if reason := missing():
        pytest.skip(reason)
    from pyspark.sql import SparkSession

    with cluster(tmp_path_factory.mktemp("spark")) as address:
        yield f"{address}?{SETTINGS}"
        if session := SparkSession.getActiveSession():
            session.stop()
        gc.collect()


@pytest.fixture(scope="module")
def both(spark: str, tmp_path_factory: pytest.TempPathFactory) -> list[Evidence]:
    folder: Path = tmp_path_factory.mktemp("both")
    return [Evidence(folder, engine=engine) for engine in ("duckdb", spark)]


@pytest.fixture(scope="module")
def made_random(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run(random_season(tmp_path_factory.mktemp("random") / "any", SEED))


def on(engine: str, made: Path, folder: Path) -> Path:
    """Run everything after collect in a copy, from its evidence alone."""
    shutil.copytree(made, folder, ignore=shutil.ignore_patterns("published"))
    season = read_season(folder)
    tables = Evidence(season.evidence, engine=engine)
    tables.discard(*MADE)
    pipeline.recompute(season, tables)
    pipeline.tell(season, tables)
    return folder


@pytest.mark.parametrize("season", ["made_tweets", "made_hottest", "made_social", "made_random"])
def test_spark_makes_every_table_and_the_certificate_to_the_same_byte(
    season: str, spark: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    made: Path = request.getfixturevalue(season)

    there = on(spark, made, tmp_path / made.name)

    assert bytes_below(there) == bytes_below(made)
    assert any((there / "evidence" / f"{name}.parquet").exists() for name in ("entries", "totals"))
    assert (there / "published" / "certificate.note").exists()


def assert_same(both: list[Evidence], give: Callable[[Evidence], ibis.Table]) -> pa.Table:
    here, there = (tables.to_arrow(give(tables)) for tables in both)
    assert there.schema == here.schema
    assert there.to_pylist() == here.to_pylist()
    return here


def test_integers_beside_nulls_stay_exact(both: list[Evidence]) -> None:
    numbers = [2**62 + 1, None, -(2**62) - 1, 2**53 + 1]
    rows = pa.table({"row": pa.array(range(4)), "number": pa.array(numbers, pa.int64())})

    found = assert_same(both, lambda tables: tables.staged(rows).order_by("row"))

    assert found["number"].to_pylist() == numbers


def test_quotients_and_points_are_the_exact_ones(both: list[Evidence]) -> None:
    chance = random.Random(SEED)
    totals = [chance.choice([7, 2**30, 2**52]) + chance.randint(-3, 0) for _ in range(500)]
    values = [chance.randint(0, total) for total in totals]
    weights = [chance.randint(1, 1_000_000) for _ in totals]
    rows = pa.table({"value": values, "total": totals, "weight": weights})

    def points(tables: Evidence) -> ibis.Table:
        held = tables.staged(rows)
        whole = quotient(held.value * 1000, ibis.greatest(held.total - held.weight % 7, 1))
        points = share_points(held.value, held.total, held.weight)
        return held.mutate(points=points, whole=whole).order_by("value", "total", "weight")

    for row in some(assert_same(both, points).to_pylist()):
        assert row["points"] == exact_points(row["value"], row["total"], row["weight"])


@pytest.mark.parametrize("numerator", [0, 5, -5, 2**62 + 3])
def test_quotients_are_cut_towards_zero(both: list[Evidence], numerator: int) -> None:
    rows = pa.table({"by": [1, 3]})

    found = assert_same(both, lambda tables: _divided(tables.staged(rows), numerator))

    assert found["whole"].to_pylist() == [numerator, abs(numerator) // 3 * (1 if numerator >= 0 else -1)]


def test_a_division_by_zero_fails_on_both(both: list[Evidence]) -> None:
    for tables in some(both):
        with pytest.raises(Exception, match=r"(?i)division.by.zero|divide.by.zero"):
            tables.to_arrow(_divided(tables.staged(pa.table({"by": [0]})), 5))


def _divided(rows: ibis.Table, numerator: int) -> ibis.Table:
    return rows.mutate(whole=quotient(ibis.literal(numerator, "int64"), rows.by)).order_by("by")


def test_names_of_any_script_have_one_order(both: list[Evidence]) -> None:
    names = [*NAMES, "", " ", "a\u0301", "á", "A", "a", "Z", "\U0010ffff", "\uffff"]
    rows = pa.table({"name": [*names, None]})
    last = ibis.window(order_by="name")

    found = assert_same(both, lambda tables: tables.staged(rows).mutate(at=ibis.row_number().over(last)).order_by("at"))

    assert found["name"].to_pylist() == [*sorted(names, key=str.encode), None]


def test_a_sum_that_does_not_fit_fails_and_gives_no_wrong_number(both: list[Evidence]) -> None:
    rows = pa.table({"number": [2**62, 2**62, 2**62]})

    for tables in some(both):
        held = tables.staged(rows)
        with pytest.raises(Exception, match=r"(?i)overflow|not fit|out of range|integer value"):
            tables.to_arrow(held.agg(total=held.number.sum().cast("int64")))


def test_a_step_keeps_rows_on_the_cluster_as_they_were(both: list[Evidence], tmp_path: Path) -> None:
    for number, engine in some(enumerate(both)):
        tables = Evidence(tmp_path / str(number), engine=_name(engine))
        tables.write_rows("rulings", [_ruling(1)])
        kept = tables.materialize(tables.read("rulings"))
        tables.write_rows("rulings", [_ruling(2)])

        assert [row["ballot"] for row in tables.to_rows(kept)] == [1]
        assert [row["ballot"] for row in tables.to_rows(tables.materialize(tables.read("rulings")))] == [2]


def _name(tables: Evidence) -> str:
    return tables.engine.name


def _ruling(ballot: int) -> dict[str, Any]:
    return {"ballot": ballot, "rule": "r"}


def test_files_of_any_name_are_read(both: list[Evidence], tmp_path: Path) -> None:
    names = ("awards [2018] *", "awards 2 more", "a?b", "axb", "50% {x}", "방탄소년단", "#1+1=2")
    for number, name in enumerate(names):
        Evidence(tmp_path / name).write_rows("rulings", [_ruling(number)])

    for engine in some(both):
        read = [Evidence(tmp_path / name, engine=_name(engine)).read("rulings") for name in names]
        assert [row["ballot"] for rows in read for row in rows.to_pyarrow().to_pylist()] == list(range(len(names)))


def test_days_of_ballots_are_one_table_of_the_declared_columns(both: list[Evidence], tmp_path: Path) -> None:
    written = Evidence(tmp_path)
    for day, ballot in (("2018-05-15", 2), ("2018-05-14", 1)):
        row = dict.fromkeys(table("ballots").columns) | {"ballot": ballot}
        written.write_stream("ballots", day, pa.Table.from_pylist([row], schema=table("ballots").schema).to_batches())

    for engine in some(both):
        tables = Evidence(tmp_path, engine=_name(engine))
        found = tables.to_arrow(tables.read("ballots").order_by("ballot"))
        assert found.schema == table("ballots").schema
        assert found["ballot"].to_pylist() == [1, 2]


def test_evidence_at_an_address_is_read_and_never_written(both: list[Evidence], tmp_path: Path) -> None:
    pytest.importorskip("fsspec")
    Evidence(tmp_path / "far").write_rows("rulings", [_ruling(7)])
    before = bytes_below(tmp_path / "far")

    for number, engine in enumerate(both):
        tables = Evidence(tmp_path / f"near {number}", (tmp_path / "far").as_uri(), engine=_name(engine))
        assert tables.to_arrow(tables.read("rulings"))["ballot"].to_pylist() == [7]
        tables.write_rows("rulings", [_ruling(8)])
        assert tables.to_arrow(tables.read("rulings"))["ballot"].to_pylist() == [8]
    assert bytes_below(tmp_path / "far") == before


def test_duckdb_reads_any_address_that_fsspec_knows(tmp_path: Path) -> None:
    fsspec = pytest.importorskip("fsspec")
    Evidence(tmp_path / "made").write_rows("rulings", [_ruling(7)])
    fsspec.filesystem("memory").put((tmp_path / "made").as_posix(), "/seasons/one", recursive=True)

    tables = Evidence(tmp_path / "near", "memory://seasons/one")

    assert tables.has("rulings")
    assert tables.to_arrow(tables.read("rulings"))["ballot"].to_pylist() == [7]
    with pytest.raises(OutOfTurn, match="is at memory://"):
        tables.files("rulings")


def test_spark_says_which_addresses_it_reads(spark: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"cannot read memory://; it reads file://, hdfs://, s3://"):
        Evidence(tmp_path, "memory://seasons/one", engine=spark)


def test_spark_does_not_number_the_rows_of_a_file(both: list[Evidence]) -> None:
    with pytest.raises(OutOfTurn, match="cannot number the rows of a file; collect with --engine duckdb"):
        both[1].scan(["any.parquet"], "any")


@pytest.mark.parametrize("inexact", ["floor division", "hash"])
def test_spark_refuses_what_would_give_other_numbers(both: list[Evidence], inexact: str) -> None:
    held = both[1].staged(pa.table({"number": [2**53 + 1]}))
    made = {"floor division": held.number // 3, "hash": held.number.hash()}[inexact]

    with pytest.raises(Exception, match=r"(?i)not (supported|defined)|Hash|FloorDivide"):
        both[1].to_arrow(held.select(made=made))


def test_a_process_has_one_spark(both: list[Evidence], tmp_path: Path) -> None:
    with pytest.raises(OutOfTurn, match=r"Spark already runs on spark://127\.0\.0\.1:\d+ in this process"):
        Evidence(tmp_path, engine="local[2]")


def test_a_verb_counts_evidence_that_lies_elsewhere(made_hottest: Path, spark: str, tmp_path: Path) -> None:
    for number, engine in enumerate(("duckdb", spark)):
        made = shutil.ignore_patterns("evidence", "published")
        folder = Path(shutil.copytree(made_hottest, tmp_path / str(number), ignore=made))
        elsewhere = ["--evidence", str(made_hottest / "evidence"), "--engine", engine]
        said = CliRunner().invoke(app, ["tally", str(folder), *elsewhere])

        assert said.exit_code == 0, said.output
        for name in ("totals", "voids", "result"):
            file = f"evidence/{name}.parquet"
            assert (folder / file).read_bytes() == (made_hottest / file).read_bytes()
        assert not (folder / "evidence" / "log").exists()


def test_no_engine_of_another_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="no engine 'sparc://here:1'; choose duckdb, local"):
        Evidence(tmp_path, engine="sparc://here:1")


def test_a_worker_killed_after_a_table_was_kept_changes_nothing(both: list[Evidence]) -> None:
    chance = random.Random(SEED)
    rows = pa.table({"number": [chance.randint(0, 2**40) for _ in range(5000)]})
    kept = [tables.materialize(_by_remainder(tables.staged(rows))) for tables in both]
    killed = [worker.kill() or worker.wait(20) for worker in _executors(both[1])]

    here, there = (tables.to_arrow(table.order_by("left")) for tables, table in zip(both, kept, strict=True))

    assert killed
    assert there.to_pylist() == here.to_pylist()
    assert here["total"].to_pylist()[0] == sum(number for number in rows["number"].to_pylist() if number % 7 == 0)


def _by_remainder(rows: ibis.Table) -> ibis.Table:
    return rows.group_by(left=rows.number % 7).agg(total=rows.number.sum().cast("int64"))


def _executors(tables: Evidence) -> list[psutil.Process]:
    """Give the workers' processes that compute for this process's Spark, and no others."""
    application = tables.engine._session.sparkContext.applicationId  # type: ignore[attr-defined]
    return [process for process in psutil.process_iter() if application in _command(process)]


def _command(process: psutil.Process) -> str:
    try:
        line = process.cmdline()
    except psutil.Error:
        return ""
    return " ".join(line) if "CoarseGrainedExecutorBackend" in " ".join(line) else ""


def test_what_a_cluster_keeps_is_gone_with_the_last_expression_on_it(spark: str, tmp_path: Path) -> None:
    tables = Evidence(tmp_path / "50% [of] {x}, 방탄", engine=spark)
    kept = tables.materialize(tables.staged(pa.table({"number": [1]})))
    (folder,) = tables.folder.glob(f"{FOLDER}*")
    held = [path.name for path in folder.iterdir()]
    del kept
    gc.collect()

    assert "kept-1" in held
    assert [path.name for path in folder.iterdir()] == ["held"]
    del tables
    gc.collect()
    assert not folder.exists()


def test_what_a_process_left_that_was_killed_is_swept_and_a_living_ones_stays(spark: str, tmp_path: Path) -> None:
    first = Evidence(tmp_path, engine=spark)
    (living,) = tmp_path.glob(f"{FOLDER}*")
    left = tmp_path / f"{FOLDER}left"
    left.mkdir()
    second = Evidence(tmp_path, engine=spark)

    assert not left.exists()
    assert living.exists()
    assert len(list(tmp_path.glob(f"{FOLDER}*"))) == 2
    del first, second


def test_a_folder_that_cannot_be_made_is_two_lines(spark: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")

    with pytest.raises(FileRefused, match=r"evidence: Not a directory; check the path: one of its folders is a file"):
        Evidence(tmp_path / "file" / "evidence", engine=spark)


def test_an_address_that_is_no_master_is_said_within_seconds(both: list[Evidence], tmp_path: Path) -> None:
    jvm = both[1].engine._session.sparkContext._jvm  # type: ignore[attr-defined]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        master = read_master(f"spark://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(EngineUnavailable, match=r"what answers at spark://127\.0\.0\.1:\d+ is not a Spark master"):
            refuse_stranger(jvm, master, {"spark.driver.host": "127.0.0.1"}, tmp_path / "spark.log")

    assert time.monotonic() - began < 30


def test_more_memory_than_workers_have_is_said_and_given_up(spark: str, made_hottest: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(made_hottest, tmp_path / "season"))
    before = bytes_below(folder)
    asked = f"{spark}&spark.executor.memory=64g&plaudit.wait=17"
    command = [sys.executable, "-c", "from plaudit.cli.main import main; main()", "tally", str(folder)]
    ended = subprocess.run([*command, "--engine", asked], capture_output=True, text=True, timeout=600, check=False)

    assert ended.returncode == EngineUnavailable.exit_code, ended.stderr
    waited, what, remedy = ended.stderr.strip().splitlines()
    assert "gave no worker: there is none, all are busy, or none has the 64g of memory asked of it" in waited
    assert what.startswith("plaudit: spark://127.0.0.1:")
    assert what.endswith("given up after 17 s")
    assert remedy.strip().startswith("→ start workers, ask less of each, or wait longer with plaudit.wait=SECONDS")
    assert bytes_below(folder) == before


@pytest.mark.skipif(not can_hide(), reason="this machine lets nobody hide a folder from a process")
def test_a_worker_that_does_not_see_the_season_is_said_before_a_table_is_written(
    spark: str, made_hottest: Path, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(made_hottest, tmp_path / "season"))
    before = bytes_below(folder)
    with cluster(tmp_path, hidden=folder) as address:
        asked = f"{address}?{SETTINGS}"
        command = [sys.executable, "-c", "from plaudit.cli.main import main; main()", "tally", str(folder)]
        ended = subprocess.run([*command, "--engine", asked], capture_output=True, text=True, timeout=600, check=False)

    assert ended.returncode == EngineUnavailable.exit_code, ended.stderr
    what, remedy = ended.stderr.strip().splitlines()
    named = r"plaudit: a worker of spark://127\.0\.0\.1:\d+ (does not see|cannot write to) .*/season/evidence"
    assert re.match(named, what)
    if "does not see" in what:  # one that comes late has read nothing, and is found out when it writes
        assert remedy.strip().startswith("→ let every worker see the season's folder under the same path")
    assert bytes_below(folder) == before
