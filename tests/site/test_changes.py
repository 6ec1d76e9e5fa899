"""The page that tells what a rule's replacement does to a season."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.compare.effects import PurgeEffect, effect
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.season import read_season
from plaudit.site.render import rendered
from plaudit.site.site import jobs
from plaudit.store.evidence import Evidence
from tests.compare.purging import state_2
from tests.site.kinds import files_of, site_data_of
from tests.site.pages import Seen

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def now(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A season that purges by the rule state@2, which replaced state@1."""
    return state_2(made_template, tmp_path_factory)


def test_the_page_tells_what_an_older_purge_rule_would_do(now: Path) -> None:
    files = files_of(now, "changes")
    english, korean = (Seen(files[f"{language}/changes.html"]).text for language in ("en", "ko"))
    season = read_season(now)
    old = RuleLibrary(now / "rules").cited("state@1")
    found = effect(season, Evidence(season.evidence), season.rules["state@2"], old)

    assert isinstance(found, PurgeEffect)
    assert "The version before matches 2 voters, this one 2." in english
    assert "Only the version before matches 2 voters, only this one 2." in english
    assert f"sets aside {found.set_aside.old} votes in all, with this one {found.set_aside.new}" in english
    assert f"이전 판이면 모두 {found.set_aside.old}표" in korean
    assert found.moved
    first = found.moved[0]
    name = site_data_of(now).names(first.who)["en"]
    assert f"{name} {first.old.position} {first.old.value} {first.new.position} {first.new.value}" in english


def test_before_there_is_a_result_the_page_says_that_the_effect_comes_with_it(now: Path) -> None:
    site_data = site_data_of(now)
    stated = {key: value for key, value in site_data.statement.items() if key not in ("result", "audit")}
    site_data.statement = stated
    page = next(rendered(job)[0] for job in jobs(site_data) if (job.kind, job.language) == ("changes", "en"))
    text = Seen(page).text

    assert "What the change does to the result is shown once the result is." in text
    assert "matches" not in text
