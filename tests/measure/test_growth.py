"""Growth day by day: what is told is no finer than what was read, and the second verifier tells the same."""

from __future__ import annotations

import tomllib
from collections import namedtuple
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.certify.statement import table_digests
from plaudit.rulebook.growth_rule import GrowthRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.store.tables import table
from tests.measure.following import FIRST, RULE, evidence, followed_by, of_vector, source
from tests.measure.readings import reading_rows
from tests.oracles.test_vectors_oracle import of_kind, read
from tests.profiles import examples
from tests.verifier.second import growth as second
from tests.verifier.second import verify

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

Row = dict[str, Any]
PERIOD = (FIRST, FIRST + timedelta(days=29))
KINDS = ("growth", "bursts", "milestones", "first_hours")


def second_rows(
    readings: list[Row], posts: list[Row], period: tuple[date, date], rule: Row, one: Row, events: list[Row]
) -> dict[str, list[Row]]:
    """Give the second verifier's rows of the four tables."""
    days = second.Days({"from": period[0], "to": period[1]}, rule["week"]["zone"])
    rows = [namedtuple("Reading", row)(**row) for row in readings]
    by_artist: dict[str, set[Any]] = {"arirang": set(), "bolero": set()}
    for post in posts:
        day = days.of(post["published_at"])
        if not post["is_repost"] and 0 <= day < len(days.dates):
            by_artist[post["artist"]].add((day, post["platform"], post["post"]))
    sources = {"made": one}
    known = second.levels(rule, days, rows, sources)
    return {
        "growth": [*second.growth(rule, days, known)],
        "bursts": [*second.bursts(rule, days, known, by_artist, events)],
        "milestones": [*second.milestones(rule, days, rows, sources)],
        "first_hours": [*second.first_hours(rule, days, rows, sources)],
    }


def in_order(rows: dict[str, list[Row]]) -> dict[str, list[Row]]:
    found = {}
    for name in KINDS:
        key = table(name).key
        found[name] = sorted(rows[name], key=lambda row, key=key: [row[column] for column in key])  # type: ignore[misc]
    return found


def plain(value: Any) -> Any:
    return msgspec.to_builtins(value, builtin_types=(date,))


@given(data=st.data())
@settings(max_examples=examples(40))
def test_the_tables_of_growth_are_the_second_verifiers(engine: Evidence, data: st.DataObject) -> None:
    readings, posts, one, events = data.draw(evidence())

    found = followed_by(engine, readings, posts, PERIOD, RULE, one, events)

    expected = second_rows(readings, posts, PERIOD, plain(RULE), plain(one), plain(events))
    assert in_order(found) == in_order(expected)


@pytest.mark.parametrize("path", of_kind(GrowthRule))
def test_growth_bursts_and_milestones_are_the_vectors(engine: Evidence, path: str) -> None:
    cited = RuleLibrary().cited(path.split("/", maxsplit=1)[0])
    assert isinstance(cited.rule, GrowthRule)
    vector = read(path)
    readings, posts, period, one, events = of_vector(vector)
    as_file = tomllib.loads(Path(cited.path).read_text("utf-8"))

    both = (
        followed_by(engine, readings, posts, period, cited.rule, one, events),
        second_rows(readings, posts, period, as_file, plain(one), plain(events)),
    )

    assert any(key.startswith("expect_") for key in vector)
    for made in both:
        days = {(row["span"], row["starts_on"]): row for row in made["growth"]}
        for wanted in vector.get("expect_growth", ()):
            row = days[wanted["span"], wanted["starts_on"]]
            assert {key: row[key] for key in wanted} == wanted
        for name, key in (("bursts", "expect_burst"), ("milestones", "expect_milestone")):
            told = [
                {key: row[key] for key in wanted} for row, wanted in zip(made[name], vector.get(key, ()), strict=True)
            ]
            assert told == vector.get(key, [])


def test_a_day_without_a_reading_has_no_row_and_is_never_0(engine: Evidence) -> None:
    readings, posts, period, one, events = of_vector(read("growth-daily@1/gap.toml"))

    made = followed_by(engine, readings, posts, period, RULE, one, events)["growth"]

    days = [row["starts_on"] for row in made if row["span"] == "day"]
    assert days == ["2024-01-01", "2024-01-02", "2024-01-06", "2024-01-08", "2024-01-14"]
    assert all(row["value"] > 0 for row in made)


def test_a_return_from_a_fall_is_no_gain_no_burst_and_no_milestone_again(engine: Evidence) -> None:
    start = 1_704_067_200_000_000
    values = [100 + day for day in range(10)] + [15, 15, 110, 111]
    owner = {"platform": "x", "account": "a", "post": "", "artist": "arirang"}
    readings = reading_rows(
        owner, "followers", [(start + day * 86_400_000_000 + 72_000_000_000, value) for day, value in enumerate(values)]
    )
    rule = msgspec.structs.replace(RULE, milestones=(105,))

    made = followed_by(engine, readings, [], PERIOD, rule, source("readings"), [])

    returned = next(row for row in made["growth"] if row["span"] == "day" and row["change"] == 95)
    assert (returned["gain"], returned["recovered"]) == (1, True)
    assert made["bursts"] == []
    assert [(row["reached_on"], row["fell_back"]) for row in made["milestones"]] == [("2024-01-06", True)]


def test_readings_of_rises_alone_are_said_to_be_that(engine: Evidence) -> None:
    readings, posts, period, _, events = of_vector(read("growth-daily@1/gap.toml"))

    made = {
        stores: followed_by(engine, readings, posts, period, RULE, source(stores), events)
        for stores in ("rises", "changes")
    }

    assert {row["rises_only"] for row in made["rises"]["growth"]} == {True}
    assert {row["rises_only"] for row in made["changes"]["growth"]} == {False}


@pytest.mark.parametrize("table_name", KINDS[:3])
def test_the_second_verifier_refuses_a_row_that_does_not_follow(
    tmp_path: Path, engine: Evidence, table_name: str
) -> None:
    vector = "burst" if table_name == "bursts" else "flicker"
    readings, posts, period, one, events = of_vector(read(f"growth-daily@1/{vector}.toml"))
    cited = RuleLibrary().cited("growth-daily@1")
    assert isinstance(cited.rule, GrowthRule)
    made = followed_by(engine, readings, posts, period, cited.rule, one, events)
    season = {
        "growth": {"rule": "g", "from": period[0], "to": period[1]},
        "source": [plain(one)],
        "event": plain(events),
    }
    credited = [{"platform": "x", "post": post["post"], "artist": "arirang", "is_repost": False} for post in posts]
    given = {"posts": posts, "credits": credited, "readings": readings}
    tables = {name: [namedtuple("Row", row)(**row) for row in rows] for name, rows in given.items()}
    rules = {"g": tomllib.loads(Path(cited.path).read_text("utf-8"))}

    def check(told: dict[str, list[Row]]) -> None:
        evidence = type(engine)(tmp_path / "evidence")
        for name, rows in told.items():
            evidence.write_rows(name, rows)
        second.check(tmp_path, season, rules, tables, {"evidence": {"made": table_digests(evidence, told)}})

    check(made)
    first = made[table_name][0]
    forged = {"growth": {"value": first["grain"] + 1}, "bursts": {"gain": 9}, "milestones": {"below_at": 1}}[table_name]
    with pytest.raises(verify.Refused, match=rf"evidence/{table_name}\[0\]"):
        check({**made, table_name: [{**first, **forged}, *made[table_name][1:]]})
