"""The published site, as a reader with a browser meets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from plaudit.site.site import LANGUAGES
from tests.browser.windows import faults, overflow, photographed, window
from tests.some import some

if TYPE_CHECKING:
    from playwright.sync_api import Browser

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

CHART = "chart/social-weekly@1/index.html"


def test_a_reader_turns_the_weeks_changes_the_language_and_opens_an_artist(
    browser: Browser, social_pages: Site
) -> None:
    with window(browser) as page:
        page.goto(social_pages.page("en", CHART))
        first = page.locator("table.chart tbody tr").first
        assert first.locator(".pos").inner_text() == "1"
        page.locator('.turn a[rel="prev"]').click()
        week = page.locator("h1 small").inner_text()
        assert re.search(r"Week of \w+ \d+ ?– ?(\w+ )?\d+, 2018", week)
        page.get_by_role("link", name="한국어").click()
        assert re.search(r"2018년 \d+월 \d+(일~|~)", page.locator("h1 small").inner_text())
        assert page.locator("html").get_attribute("lang") == "ko"
        name = page.locator("table.chart .who a").first.inner_text()
        page.locator("table.chart .who a").first.click()

        assert name in page.locator("h1").inner_text()
        assert "/ko/artist/" in page.url


def test_the_door_leads_to_both_languages(browser: Browser, template_pages: Site) -> None:
    for own_name, language in (("English", "en"), ("한국어", "ko")):
        with window(browser) as page:
            page.goto(f"{template_pages.url}/index.html")
            page.locator("main").get_by_role("link", name=own_name).click()

            assert page.locator("html").get_attribute("lang") == language


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("ko", "light"), ("en", "dark")])
def test_axe_finds_nothing_on_any_kind_of_page(
    browser: Browser, social_pages: Site, template_pages: Site, language: str, scheme: str
) -> None:
    found = []
    with window(browser, color_scheme=scheme) as page:
        for path in social_pages.kinds.values():
            page.goto(social_pages.page(language, path))
            found += faults(page)
        page.goto(template_pages.page(language, "verify.html"))
        found += faults(page)
        page.goto(f"{template_pages.url}/index.html")
        found += faults(page)

    assert found == []


@pytest.mark.parametrize("width", [320, 3840])
def test_no_page_is_wider_than_its_window(browser: Browser, social_pages: Site, width: int) -> None:
    wider = {}
    with window(browser, width) as page:
        for language in LANGUAGES:
            for path in social_pages.kinds.values():
                page.goto(social_pages.page(language, path))
                wider[language, path] = overflow(page)

    assert {at: pixels for at, pixels in wider.items() if pixels} == {}


def test_no_heading_of_a_press_kit_is_wider_than_its_column(browser: Browser, social_pages: Site) -> None:
    wide = "(all) => all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent)"
    wider = {}
    with window(browser, 320) as page:
        for edition in ("2017", "2019", "2020", "2021"):
            page.goto(social_pages.page("en", f"press/{edition}.html"))
            headings = page.locator("main :is(h1, h2, h3)")
            assert headings.count() > 3
            wider[edition] = headings.evaluate_all(wide)

    assert {edition: headings for edition, headings in wider.items() if headings} == {}


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_of_page_is_photographed(browser: Browser, social_pages: Site, language: str, width: int) -> None:
    with window(browser, width) as page:
        for kind, path in some(social_pages.kinds.items()):
            answer = page.goto(social_pages.page(language, path))
            photographed(page, f"{kind}-{language}-{width}")

            assert answer is not None
            assert answer.ok, path


def test_every_control_is_reached_by_the_keyboard_and_shows_it(browser: Browser, social_pages: Site) -> None:
    with window(browser) as page:
        page.goto(social_pages.page("en", CHART))
        controls = page.locator("a[href], summary, button, [tabindex='0']")
        wanted = controls.evaluate_all("(all) => all.filter((one) => one.checkVisibility()).length")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
        reached = 1
        while True:
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            reached += 1
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            assert page.evaluate("document.activeElement.getBoundingClientRect().width") > 0

        assert reached == wanted


def test_the_skip_link_leads_past_the_menu(browser: Browser, social_pages: Site) -> None:
    with window(browser) as page:
        page.goto(social_pages.page("ko", CHART))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")

        assert page.evaluate("document.activeElement.id") == "main"


def test_pages_read_the_same_without_scripts(browser: Browser, social_pages: Site) -> None:
    seen = []
    for has_scripts in (True, False):
        with window(browser, java_script_enabled=has_scripts) as page:
            page.goto(social_pages.page("en", CHART))
            seen.append(page.locator("main").inner_text())

    assert seen[0] == seen[1]


def test_labels_of_a_picture_stay_readable_on_a_phone(browser: Browser, social_pages: Site) -> None:
    sizes = {}
    for width in (360, 1280):
        with window(browser, width) as page:
            page.goto(social_pages.page("en", "artist/bts.html"))
            shown = page.locator("figure img").first
            scale = shown.evaluate("(one) => one.clientWidth / one.naturalWidth")
            page.goto(social_pages.url + "/" + (shown.get_attribute("src") or "").removeprefix("../../"))
            label = page.locator("text").first
            sizes[width] = scale * label.evaluate("(one) => parseFloat(getComputedStyle(one).fontSize)")

    assert sizes[360] >= 8
    assert 11 <= sizes[1280] <= 14


def test_paper_shows_whole_tables_and_no_heading_without_what_it_heads(browser: Browser, social_pages: Site) -> None:
    cut, bare = {}, {}
    with window(browser, 794) as page:
        page.emulate_media(media="print")
        for kind, path in social_pages.kinds.items():
            page.goto(social_pages.page("en", path))
            if beyond := overflow(page):
                cut[kind] = beyond
            if alone := page.evaluate(_HEADINGS_ALONE):
                bare[kind] = alone

    assert cut == {}
    assert bare == {}


_HEADINGS_ALONE = """() => {
  const shown = [...document.querySelectorAll("main :is(h2, h3, p, ul, ol, dl, table, figure, pre, svg)")];
  const seen = shown.filter((one) => one.checkVisibility() && one.getBoundingClientRect().height > 1);
  const isHeading = (one) => one && /^H[23]$/.test(one.tagName);
  const heads = (one, next) => next && !(isHeading(next) && next.tagName <= one.tagName);
  return seen.filter((one, at) => isHeading(one) && !heads(one, seen[at + 1])).map((one) => one.innerText);
}"""
"""Headings after which, on what is shown, comes nothing but a heading of the same rank or a higher one."""
