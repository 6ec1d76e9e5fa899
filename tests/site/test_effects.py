"""What a rule's replacement does to a season: as the season would be, had it kept the older version."""

from __future__ import annotations

import shutil
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.nomination_rule import ChartGround, NamedGround, NominationRule, NominationTies
from plaudit.rulebook.season import read_season
from plaudit.rulebook.season_file import NamedNominee
from plaudit.site.effects.effect import effect
from plaudit.site.effects.nominees import nominee_moves
from plaudit.site.effects.purge import purge_moves
from plaudit.site.effects.result import result_moves
from plaudit.site.render import rendered
from plaudit.site.site import jobs
from plaudit.store.evidence import Evidence
from tests.conftest import run
from tests.site.kinds import files_of, material_of
from tests.site.pages import Seen
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

STATES = {"voter-3": "suspended", "voter-8": "closed", "voter-13": "suspended", "voter-18": "closed"}
VOTERS = """
[[source]]
id = "states"
kind = "voters"
title = "What the platform says"
files = "data/states.csv"

[source.columns]
voter = "voter"
state = "state"

[source.coverage]
from = 2026-01-16
to = 2026-01-19
sampling = "every voter"
synthetic = true
"""


def purge_rule(name: str, state: str, **more: str) -> str:
    """Give a rule that sets the ballots of accounts in a state aside."""
    rule_id, _, version = name.partition("@")
    keys = "".join(f'{key} = "{value}"\n' for key, value in ({"does": "set aside"} | more).items())
    return (
        f'kind = "purge"\nid = "{rule_id}"\nversion = {version}\ntitle = "{name}"\nbecause = "made"\n'
        f'told = "It is {state}."\n{keys}\n[method]\nname = "account_state"\nstates = ["{state}"]\n'
    )


def season_of(template: Path, folder: Path, first: str, appeals: str = "", late: str = "") -> Path:
    """Run the template's season with voters' states, some rule of state first and the rule other@1 after it."""
    made = shutil.ignore_patterns("evidence", "published")
    shutil.copytree(template, folder, ignore=made)
    rows = "".join(f"{voter},{state}\n" for voter, state in STATES.items())
    (folder / "data" / "states.csv").write_text(f"voter,state\n{rows}", "utf-8")
    for name, text in {
        "state@1": purge_rule("state@1", "suspended"),
        "state@2": purge_rule("state@2", "closed", supersedes="state@1"),
        "shown@1": purge_rule("shown@1", "closed"),
        "shown@2": purge_rule("shown@2", "closed", supersedes="shown@1", does="flag only"),
        "other@1": purge_rule("other@1", "closed"),
    }.items():
        (folder / "rules" / f"{name}.toml").write_text(text, "utf-8")
    declared = f'[audit]\npurges = ["{first}", "other@1"]\nlate = [{late}]\n'
    season = folder / "season.toml"
    season.write_text(f"{season.read_text('utf-8')}{VOTERS}\n{declared}", "utf-8")
    if appeals:
        (folder / "appeals.csv").write_text(appeals, "utf-8")
    return run(folder)


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


@pytest.fixture(scope="module")
def now(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season that purges by the rule state@2, which replaced state@1."""
    return season_of(made_template, tmp_path_factory.mktemp("now") / "award", "state@2")


def moves_of(folder: Path, name: str, old: str) -> dict[str, Any]:
    rules = RuleLibrary(folder / "rules")
    found = effect(material_of(folder), read_season(folder).rules[name], rules.cited(old).rule)
    assert found is not None
    return found


def test_an_older_purge_rule_moves_whom_a_season_run_with_it_moves(
    now: Path, made_template: Path, tmp_path: Path
) -> None:
    before = season_of(made_template, tmp_path / "before", "state@1")
    found = moves_of(now, "state@2", "state@1")

    assert found["set_aside"] == {"old": set_aside_in(before), "new": set_aside_in(now)}
    assert found["set_aside"]["old"] > found["set_aside"]["new"] > 0
    old, new = result_of(before), result_of(now)
    assert {row["nominee"]: (row["old"], row["old_value"]) for row in found["moved"]} == {
        nominee: old[nominee] for nominee in old if old[nominee] != new[nominee]
    }
    assert found["moved"]
    assert found["voters"] == {"old": 2, "new": 2}
    assert found["only"] == {"old": 2, "new": 2}


def test_what_an_appeal_gave_back_stays_given_back_under_the_older_rule(
    now: Path, made_template: Path, tmp_path: Path
) -> None:
    appeal = an_appeal(now)
    appealed = season_of(made_template, tmp_path / "now", "state@2", appeal)
    before = season_of(made_template, tmp_path / "before", "state@1", appeal)
    found = moves_of(appealed, "state@2", "state@1")

    assert set_aside_in(appealed) < set_aside_in(now)
    assert found["set_aside"] == {"old": set_aside_in(before), "new": set_aside_in(appealed)}
    assert {row["nominee"]: row["old_value"] for row in found["moved"]}.items() <= {
        nominee: value for nominee, (_, value) in result_of(before).items()
    }.items()


def test_an_older_purge_rule_that_sets_the_same_aside_moves_nobody(made_template: Path, tmp_path: Path) -> None:
    folder = season_of(made_template, tmp_path / "award", "shown@2")
    found = moves_of(folder, "shown@2", "shown@1")  # what it took, the rule other@1 takes now

    assert (found["moved"], found["only"]) == ([], {"old": 0, "new": 0})
    assert found["set_aside"]["old"] == found["set_aside"]["new"] > 0


def test_a_late_purge_rule_moves_nobody_whatever_it_matches(made_template: Path, tmp_path: Path) -> None:
    folder = season_of(made_template, tmp_path / "award", "shown@2", late='"state@2"')
    found = moves_of(folder, "state@2", "state@1")

    assert (found["is_late"], found["moved"], found["only"]) == (True, [], {"old": 2, "new": 2})


def test_the_page_tells_what_an_older_purge_rule_would_do(now: Path) -> None:
    files = files_of(now, "changes")
    english, korean = (Seen(files[f"{language}/changes.html"]).text for language in ("en", "ko"))
    found = moves_of(now, "state@2", "state@1")

    assert "The version before matches 2 voters, this one 2." in english
    assert "Only the version before matches 2 voters, only this one 2." in english
    assert f"sets aside {found['set_aside']['old']} votes in all, with this one {found['set_aside']['new']}" in english
    assert f"이전 판이면 모두 {found['set_aside']['old']}표" in korean
    row = found["moved"][0]
    assert f"{row['names']['en']} {row['old']} {row['old_value']} {row['new']} {row['new_value']}" in english


def test_before_there_is_a_result_the_page_says_that_the_effect_comes_with_it(now: Path) -> None:
    site_data = material_of(now)
    stated = {key: value for key, value in site_data.statement.items() if key not in ("result", "audit")}
    site_data.statement = stated
    page = next(rendered(job)[0] for job in jobs(site_data) if (job.kind, job.language) == ("changes", "en"))
    text = Seen(page).text

    assert "What the change does to the result is shown once the result is." in text
    assert "matches" not in text


@pytest.fixture(scope="module")
def site_data(made_social: Path) -> Any:
    return material_of(made_social)


def nomination(**more: Any) -> NominationRule:
    return NominationRule("top", 1, "Top", "made", **{"chart": ChartGround(places=5), **more})


def test_with_fewer_places_the_last_would_not_be_nominated(site_data: Any) -> None:
    nominees = sorted(site_data.statement["nominees"], key=lambda row: -row["points"])
    found = nominee_moves(site_data, nomination(chart=ChartGround(places=3)))

    assert found is not None
    assert found["nominees"] == {"old": 3, "new": len(nominees)}
    assert [(row["nominee"], row["old"], row["new"]) for row in found["moved"]] == sorted(
        (row["nominee"], "", "chart") for row in nominees[3:]
    )


def test_under_its_own_rule_the_nominees_are_the_same(site_data: Any) -> None:
    own = site_data.season.nomination_rule()

    assert (nominee_moves(site_data, own) or {})["moved"] == []


def test_a_tie_for_the_last_place_under_the_older_rule_is_told(made_social: Path) -> None:
    site_data: Any = material_of(made_social)
    tables, week = site_data.tables, site_data.season.nomination.first_on.isoformat()
    entries = tables.read("entries")
    tied = entries.filter(entries.week == week).mutate(points=1)
    assert len(tables.to_rows(tied)) > 1
    site_data.tables = SimpleNamespace(read={"entries": tied}.__getitem__, to_rows=tables.to_rows)
    strict = nomination(chart=ChartGround(places=1), ties=NominationTies((), "raise"))

    assert nominee_moves(site_data, strict) == {"moved": None, "nominees": {}}


def test_without_what_the_older_nomination_rule_asks_for_nothing_is_compared(made_social: Path) -> None:
    site_data: Any = material_of(made_social)
    names = tuple(NamedNominee(nominee, "the press") for nominee in ("bts", "exo"))
    given = structs.replace(site_data.season.nomination, named=names, chart="")
    site_data.season = replace(site_data.season, nomination=given)

    assert nominee_moves(site_data, nomination()) is None
    assert nominee_moves(site_data, nomination(chart=None, named=NamedGround(places=1))) is None
    assert (nominee_moves(site_data, nomination(chart=None, named=NamedGround(places=2))) or {})["nominees"]["old"] == 2


def test_a_vote_counted_again_under_its_own_rule_moves_nobody(made_template: Path) -> None:
    site_data = material_of(made_template)
    again = result_moves(site_data, site_data.season.counting_rule())

    assert again == {"moved": [], "votes_set_aside": 0}


def test_a_purge_rule_compared_with_itself_moves_nobody(now: Path) -> None:
    site_data = material_of(now)
    for rule in some(site_data.season.purge_rules()):
        found = purge_moves(site_data, rule, rule)
        assert (found["moved"], found["only"]) == ([], {"old": 0, "new": 0})
