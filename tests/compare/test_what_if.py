"""The season under another rule, and two rules compared."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import structs

from plaudit.base.errors import OutOfTurn, UnknownName
from plaudit.compare.charts import chart_as_made, chart_standings, charted_weeks
from plaudit.compare.standings import Standing, moves
from plaudit.compare.two_rules import compared
from plaudit.compare.votes import count, result_as_made
from plaudit.compare.what_if import what_if
from plaudit.rulebook.library import CitedRule, RuleLibrary
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.compare.purging import state_2


@pytest.fixture(scope="module")
def purged(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season that purges by the rules state@2 and other@1."""
    return state_2(made_template, tmp_path_factory)


def test_another_version_of_a_purge_rule_takes_its_place_and_another_rule_comes_last(purged: Path) -> None:
    season, rules = read_season(purged), RuleLibrary(purged / "rules")
    before = season.audit.purges

    assert before == ("state@2", "other@1")
    assert what_if(season, rules.cited("state@1")).audit.purges == ("state@1", "other@1")
    assert what_if(season, rules.cited("shown@1")).audit.purges == ("state@2", "other@1", "shown@1")
    assert what_if(season, rules.cited("shown@1"), "state@2").audit.purges == ("shown@1", "other@1")
    assert season.audit.purges == before


def test_a_rule_with_a_longer_name_is_not_another_version(purged: Path) -> None:
    season = read_season(purged)
    short = RuleLibrary(purged / "rules").cited("state@1")
    longer = CitedRule(structs.replace(short.rule, id="stat"), "", Path(), shipped=False)

    assert what_if(season, longer).audit.purges == ("state@2", "other@1", "stat@1")


def test_a_season_without_the_step_says_so(made_hottest: Path) -> None:
    season = read_season(made_hottest)
    assert not season.charts

    with pytest.raises(OutOfTurn, match="the season has no chart"):
        what_if(season, RuleLibrary().cited("social-weekly@1"))


def test_what_was_made_is_what_is_computed_again(made_social: Path) -> None:
    season = read_season(made_social)
    tables, [use] = Evidence(season.evidence), season.charts
    again = chart_standings(season, tables, use.rule)

    assert again == chart_as_made(tables, use.rule, charted_weeks(tables, use.rule))
    assert len({week for week, _ in again}) > 1
    assert count(season, tables).standings() == result_as_made(tables)


def test_a_chart_rule_compared_moves_the_same_in_the_newest_weeks_as_in_all(made_social: Path) -> None:
    season = read_season(made_social)
    tables, [use] = Evidence(season.evidence), season.charts
    rules = RuleLibrary()
    moved = compared(season, tables, rules.cited("social-weekly@1"), rules.cited("social-weekly@2"))
    newest = max(move.week for move in moved)
    under = what_if(season, rules.cited("social-weekly@2"))
    narrow = chart_standings(under, tables, "social-weekly@2", newest)

    assert [move for move in moved if move.week == newest] == moves(
        {key: standing for key, standing in chart_standings(season, tables, use.rule).items() if key[0] == newest},
        {key: standing for key, standing in narrow.items() if key[0] == newest},
    )


def test_rules_of_two_kinds_are_not_compared(made_template: Path) -> None:
    season, rules = read_season(made_template), RuleLibrary(made_template / "rules")

    with pytest.raises(UnknownName, match="own@1 is a counting rule, social-weekly@1 a chart rule"):
        compared(season, Evidence(season.evidence), rules.cited("own@1"), rules.cited("social-weekly@1"))


def test_whoever_stands_elsewhere_comes_by_the_newest_week_and_the_best_place() -> None:
    old = {("2018-05-04", "a"): Standing(3), ("2018-05-11", "a"): Standing(2), ("2018-05-11", "b"): Standing(1)}
    new = {("2018-05-04", "a"): Standing(1), ("2018-05-11", "a"): Standing(2), ("2018-05-11", "c"): Standing(4)}

    assert [(move.week, move.who) for move in moves(old, new)] == [
        ("2018-05-11", "b"),
        ("2018-05-11", "c"),
        ("2018-05-04", "a"),
    ]
