"""What a rule's replacement does to a season: as the season would be, had it kept the older version."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec import structs

from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.compare.effects import WEEKS_MOST, ChartEffect, NominationEffect, PurgeEffect, effect
from plaudit.compare.standings import Pair
from plaudit.rulebook.library import CitedRule, RuleLibrary
from plaudit.rulebook.nomination_rule import ChartGround, NamedGround, NominationRule, NominationTies
from plaudit.rulebook.season import Season, read_season
from plaudit.rulebook.season_file import NamedNominee
from plaudit.store.evidence import Evidence
from tests.compare.purging import season_of, state_2


def result_of(folder: Path) -> dict[str, tuple[int, int]]:
    stated = read_certificate(folder / "published" / CERTIFICATE).statement
    return {row["nominee"]: (row["position"], row["value"]) for row in stated["result"]["positions"]}


def set_aside_in(folder: Path) -> int:
    stated = read_certificate(folder / "published" / CERTIFICATE).statement
    return sum(row["votes_set_aside"] for row in stated["result"]["totals"])


def an_appeal(folder: Path) -> str:
    """Give a decided appeal that reinstates a voter whom the rule other@1 matched."""
    rows = Evidence(folder / "evidence").read("rulings").to_pyarrow().to_pylist()
    leaf = min(row["ballot"] for row in rows if row["rule"] == "other@1") + 1
    return f"receipt,decision,why\n{leaf},reinstate voter,they came back\n"


def opened(folder: Path) -> tuple[Season, Any]:
    season = read_season(folder)
    return season, Evidence(season.evidence)


def cited(rule: NominationRule) -> CitedRule:
    return CitedRule(rule, "", Path(), shipped=False)


@pytest.fixture(scope="module")
def now(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season that purges by the rule state@2, which replaced state@1."""
    return state_2(made_template, tmp_path_factory)


def effect_of(folder: Path, name: str, old: str) -> PurgeEffect:
    season, tables = opened(folder)
    found = effect(season, tables, season.rules[name], RuleLibrary(folder / "rules").cited(old))
    assert isinstance(found, PurgeEffect)
    return found


def test_an_older_purge_rule_moves_whom_a_season_run_with_it_moves(
    now: Path, made_template: Path, tmp_path: Path
) -> None:
    before = season_of(made_template, tmp_path / "before", "state@1")
    found = effect_of(now, "state@2", "state@1")

    assert found.set_aside == Pair(set_aside_in(before), set_aside_in(now))
    assert found.set_aside.old > found.set_aside.new > 0
    old, new = result_of(before), result_of(now)
    assert {move.who: (move.old.position, move.old.value) for move in found.moved or ()} == {
        nominee: old[nominee] for nominee in old if old[nominee] != new[nominee]
    }
    assert found.moved
    assert found.voters == Pair(2, 2)
    assert found.only == Pair(2, 2)


def test_what_an_appeal_gave_back_stays_given_back_under_the_older_rule(
    now: Path, made_template: Path, tmp_path: Path
) -> None:
    appeal = an_appeal(now)
    appealed = season_of(made_template, tmp_path / "now", "state@2", appeal)
    before = season_of(made_template, tmp_path / "before", "state@1", appeal)
    found = effect_of(appealed, "state@2", "state@1")

    assert set_aside_in(appealed) < set_aside_in(now)
    assert found.set_aside == Pair(set_aside_in(before), set_aside_in(appealed))
    assert {move.who: move.old.value for move in found.moved or ()}.items() <= {
        nominee: value for nominee, (_, value) in result_of(before).items()
    }.items()


def test_an_older_purge_rule_that_sets_the_same_aside_moves_nobody(made_template: Path, tmp_path: Path) -> None:
    folder = season_of(made_template, tmp_path / "award", "shown@2")
    found = effect_of(folder, "shown@2", "shown@1")  # what it took, the rule other@1 takes now

    assert (found.moved, found.only) == ([], Pair(0, 0))
    assert found.set_aside.old == found.set_aside.new > 0


def test_a_late_purge_rule_moves_nobody_whatever_it_matches(made_template: Path, tmp_path: Path) -> None:
    folder = season_of(made_template, tmp_path / "award", "shown@2", late='"state@2"')
    found = effect_of(folder, "state@2", "state@1")

    assert (found.is_late, found.moved, found.only) == (True, [], Pair(2, 2))


def test_a_purge_rule_compared_with_itself_moves_nobody(now: Path) -> None:
    names = [rule.name for rule in read_season(now).purge_rules()]

    assert names
    for name in names:
        found = effect_of(now, name, name)
        assert (found.moved, found.only) == ([], Pair(0, 0))


def test_rules_of_the_vote_have_no_effect_before_the_count_may_be_told(now: Path) -> None:
    season, tables = opened(now)
    old = RuleLibrary(now / "rules").cited("state@1")

    assert effect(season, tables, season.rules["state@2"], old, has_result=False) is None


def test_a_vote_counted_again_under_its_own_rule_moves_nobody(made_template: Path) -> None:
    season, tables = opened(made_template)
    own = season.rules[season.counting_rule().name]
    found = effect(season, tables, own, own)

    assert found is not None
    assert found.moved == []


def nomination_effect(season: Season, tables: Any, **more: Any) -> NominationEffect | None:
    """Give the effect of a rule that takes five of the chart, or what `more` says."""
    rule = NominationRule("top", 1, "Top", "made", **{"chart": ChartGround(places=5), **more})
    found = effect(season, tables, season.rules[season.nomination_rule().name], cited(rule))
    assert found is None or isinstance(found, NominationEffect)
    return found


def test_with_fewer_places_the_last_would_not_be_nominated(made_social: Path) -> None:
    season, tables = opened(made_social)
    nominees = sorted(tables.to_rows(tables.read("nominees")), key=lambda row: -row["points"])
    found = nomination_effect(season, tables, chart=ChartGround(places=3))

    assert found is not None
    assert found.nominees == Pair(3, len(nominees))
    assert [(move.who, move.old.ground, move.new.ground) for move in found.moved or ()] == sorted(
        (row["nominee"], "", "chart") for row in nominees[3:]
    )


def test_under_its_own_rule_the_nominees_are_the_same(made_social: Path) -> None:
    season, tables = opened(made_social)
    own = season.rules[season.nomination_rule().name]
    found = effect(season, tables, own, own)

    assert found is not None
    assert found.moved == []


def test_a_tie_for_the_last_place_under_the_older_rule_is_told(made_social: Path) -> None:
    season, tables = opened(made_social)
    assert season.nomination is not None
    entries = tables.read("entries")
    tied = entries.filter(entries.week == str(season.nomination.first_on)).mutate(points=1)
    assert len(tables.to_rows(tied)) > 1
    narrow = SimpleNamespace(read={"entries": tied}.__getitem__, to_rows=tables.to_rows)
    places = ChartGround(places=1)

    assert nomination_effect(season, narrow, chart=places, ties=NominationTies((), "raise")) == NominationEffect(
        None, None
    )


def test_without_what_the_older_nomination_rule_asks_for_nothing_is_compared(made_social: Path) -> None:
    season, tables = opened(made_social)
    names = tuple(NamedNominee(nominee, "the press") for nominee in ("bts", "exo"))
    assert season.nomination is not None
    season = replace(season, nomination=structs.replace(season.nomination, named=names, chart=""))

    assert nomination_effect(season, tables) is None
    assert nomination_effect(season, tables, chart=None, named=NamedGround(places=1)) is None
    two = nomination_effect(season, tables, chart=None, named=NamedGround(places=2))
    assert two is not None
    assert two.nominees is not None
    assert two.nominees.old == 2


def chart_effect(season: Season, tables: Any, old: str) -> ChartEffect | None:
    found = effect(season, tables, season.rules[season.charts[0].rule], RuleLibrary().cited(old))
    assert found is None or isinstance(found, ChartEffect)
    return found


def test_under_its_own_rule_nobody_moves_on_the_chart(made_social: Path) -> None:
    season, tables = opened(made_social)
    found = chart_effect(season, tables, season.charts[0].rule)

    assert found is not None
    assert (found.moved, len(found.weeks)) == ([], WEEKS_MOST)
    assert found.entries > 0


def test_under_another_version_artists_move_and_only_in_the_newest_weeks(made_social: Path) -> None:
    season, tables = opened(made_social)
    found = chart_effect(season, tables, "social-weekly@2")
    weeks = tables.to_rows(tables.read("weeks").order_by("week"))

    assert found is not None
    assert found.moved
    assert found.weeks == [row["week"] for row in weeks if row["verdict"] != "uncharted"][-WEEKS_MOST:]
    assert all(move.old != move.new and move.week in found.weeks for move in found.moved)


def test_a_chart_rule_whose_parts_nothing_feeds_has_no_effect_to_show(made_social: Path) -> None:
    season, tables = opened(made_social)
    old = RuleLibrary().cited("social-weekly@1")
    parts = tuple(structs.replace(part, measure="reposts_gain") for part in old.rule.part[:1])  # type: ignore[union-attr]
    unfed = CitedRule(structs.replace(old.rule, version=99, part=parts), "", Path(), shipped=False)

    assert effect(season, tables, season.rules[season.charts[0].rule], unfed) is None
