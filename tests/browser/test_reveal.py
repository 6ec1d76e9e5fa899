"""The stage of a sealed result, before and after `plaudit reveal`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from plaudit import pipeline
from plaudit.base.change import InPlace
from plaudit.certify.public import stated_result
from plaudit.rulebook.season import read_season
from plaudit.site.site import build
from plaudit.store.evidence import Evidence
from tests.browser.conftest import served_files
from tests.browser.windows import faults, photographed, window
from tests.conftest import sealed_template
from tests.made import made_once
from tests.site.conftest import inputs

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's season under a rule that seals the result, run."""
    return made_once(tmp_path_factory, "sealed", lambda folder: sealed_template(folder / "my-award"))


def test_the_stage_tells_nothing_before_and_the_winner_after(browser: Browser, sealed: Path, tmp_path: Path) -> None:
    season = read_season(sealed)
    tables = Evidence(season.evidence)
    stated = stated_result(season, tables)
    told = {key: value for key, value in stated.items() if key not in {"result", "audit"}}
    [winner] = stated["result"]["winners"]
    name = season.artists.by_id()[winner].name
    note = (season.published / "commitment.note").read_text("utf-8")
    [commitment] = re.findall("^[0-9a-f]{64}$", note, re.MULTILINE)
    with served_files(tmp_path) as url, window(browser) as page:
        build(season, tables, told, [], InPlace(tmp_path))
        page.goto(f"{url}/en/reveal.html")
        assert page.locator("h1").inner_text() == "The result is sealed"
        assert commitment in page.locator("main").inner_text()
        assert faults(page) == []
        photographed(page, "reveal-before-en-1280")
        pipeline.reveal(season, tables)
        build(*inputs(sealed), InPlace(tmp_path))
        page.reload()
        page.locator(".winner").wait_for()

        assert name in page.locator("h1").inner_text()
        assert page.locator("main").inner_text().count(commitment) == 2
        assert "They are the same" in page.locator("main").inner_text()
        assert faults(page) == []
        photographed(page, "reveal-after-en-1280")
        page.set_viewport_size({"width": 360, "height": 740})
        page.goto(f"{url}/ko/reveal.html")
        photographed(page, "reveal-after-ko-360")


def test_nothing_moves_for_who_wants_no_motion(browser: Browser, sealed: Path, tmp_path: Path) -> None:
    season = read_season(sealed)
    if not (season.published / "certificate.note").is_file():
        pipeline.reveal(season, Evidence(season.evidence))
    build(*inputs(sealed), InPlace(tmp_path))
    moving = []
    with served_files(tmp_path) as url:
        for wish in ("no-preference", "reduce"):
            with window(browser, reduced_motion=wish) as page:
                page.goto(f"{url}/en/reveal.html")
                moving.append(page.evaluate("document.getAnimations().length"))

    assert moving[0] > 0
    assert moving[1] == 0


def test_a_season_that_seals_nothing_has_no_stage(made_template: Path, tmp_path: Path) -> None:
    build(*inputs(made_template), InPlace(tmp_path))

    assert (tmp_path / "en" / "verify.html").is_file()
    assert not (tmp_path / "en" / "reveal.html").exists()
