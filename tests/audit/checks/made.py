"""Counts made for the checks, on an engine and in a folder, and the queries of their findings run there."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow as pa

from plaudit.audit.checks.counted import Counted
from plaudit.audit.checks.findings import CHECKS, SENTENCES, found
from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, CountingTies, Day, Gestures
from plaudit.rulebook.sources import Gap, Source, SourceCoverage
from plaudit.rulebook.windows import VotingWindow
from plaudit.store.evidence import Evidence
from plaudit.store.tables import table
from plaudit.tally.result import result
from plaudit.tally.tally import tally
from plaudit.words.sentence import canonical_json
from plaudit.words.spans import plain
from plaudit.words.words import words_of
from tests.tally.cases import Case, ballot

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "DAY",
    "MINUTE",
    "OPENS_AT",
    "ballot",
    "case",
    "counted_of",
    "in_words",
    "of_check",
    "rows_of",
    "source",
    "written",
]

MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE
OPENS_AT = 17_665 * DAY  # 2018-05-14T00:00Z
WEB = Channel("web", "the site", gestures=Gestures(vote="counts"), cap=Cap(10, "day"))
POST = Channel("post", "posts", gestures=Gestures(post="counts", repost="counts"), cap=Cap(10, "day"))


def case(ballots: list[dict[str, Any]], *channels: Channel, days: int = 7, **more: Any) -> Case:
    """Give a vote of some days, in which the title may be shared."""
    given = {"ties": CountingTies((), "share"), **more.pop("rule", {})}
    rule = CountingRule("made", 1, "made", "made", Day("UTC"), channels or (WEB,), **given)
    return Case(rule, [VotingWindow("vote", OPENS_AT, OPENS_AT + days * DAY)], ballots, **more)


def source(*gaps: tuple[date, date], id_: str = "made") -> Source:
    """Give a source of ballots that saw all of May 2018 but for some days."""
    declared = tuple(Gap(first, last, "the provider was down") for first, last in gaps)
    coverage = SourceCoverage(date(2018, 5, 1), date(2018, 5, 31), "none", synthetic=True, gaps=declared)
    return Source(id_, "ballots", "made", coverage, "data/*.csv")


def counted_of(case: Case, engine: Evidence, **more: Any) -> Counted:
    """Count a case and give what the checks look at; `more` replaces parts of it."""
    rulings = [
        {"ballot": number, "rule": "r@1", "case": 1, "outcome": "set aside"} for number in sorted(case.set_aside)
    ]
    ballots, totals = engine.rows("ballots", case.ballots), engine.rows("source_totals", case.source_totals)
    ruled = engine.rows("rulings", rulings)
    counts = tally(ballots, totals, ruled, case.nominees, case.rule, case.windows, materialize=engine.materialize)
    given: dict[str, Any] = {
        "totals": counts.totals,
        "voids": counts.voids,
        "result": more.pop("result", None) or result(counts.totals, case.nominees, case.rule),
        "rule": case.rule,
        "windows": case.windows,
        "nominees": sorted(case.nominees),
        "sources": [],
        "ballots": ballots,
        "source_totals": totals,
        "rulings": ruled,
        "materialize": engine.materialize,
        "to_rows": engine.to_rows,
    }
    return Counted(**given | more)


def of_check(check: str, counted: Counted) -> dict[str, dict[str, str]]:
    """Give the findings of one check, by subject, in English; each is said from its codes and values alone."""
    rows = {row["subject"]: row for row in CHECKS[check](counted)}
    return {name: {**row, **{key: in_words(row[key]) for key in ("found", "expected")}} for name, row in rows.items()}


def in_words(stated: str) -> str:
    """Give what a finding's codes say in English, and hold that these codes are known and canonical."""
    sentences = json.loads(stated)
    assert canonical_json(sentences) == stated
    assert {one["code"] for one in sentences} <= set(SENTENCES)
    return plain(words_of("en").value(found(sentences)))


def written(counted: Counted, engine: Evidence, folder: Path) -> Path:
    """Write the season's tables as the queries of findings expect them."""
    evidence = Evidence(folder / "evidence")
    for name in ("totals", "voids", "result"):
        evidence.write_rows(name, getattr(counted, name))
    evidence.write_rows("nominees", [{"nominee": name, "name": name} for name in counted.nominees])
    evidence.write("rulings", engine.to_arrow(counted.rulings))
    evidence.write("source_totals", engine.to_arrow(counted.source_totals))
    rows = engine.to_arrow(counted.ballots).sort_by("ballot")
    evidence.write_stream("ballots", "2018-05-14", pa.Table.to_batches(rows.cast(table("ballots").schema)))
    return folder


def rows_of(row: dict[str, str], folder: Path) -> list[dict[str, Any]]:
    """Run the query of a finding in a season's folder."""
    with duckdb.connect() as connection:
        connection.execute(f"SET file_search_path = '{folder.as_posix()}'")
        rows: list[dict[str, Any]] = connection.sql(row["repeat"]).to_arrow_table().to_pylist()
    return rows
