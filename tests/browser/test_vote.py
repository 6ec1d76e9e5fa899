"""A voter's way on the live pages, from the sign-in to a receipt that the browser itself has checked."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING

import httpx
import pytest
import zxingcpp
from PIL import Image

from plaudit.site.site import LANGUAGES
from tests.browser.windows import faults, overflow, photographed, window

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.web.serving import Running

pytestmark = pytest.mark.browser

API = "/v1/2026-demo"


def signed_in(page: Page, demo: Running) -> None:
    page.goto(demo.url)
    page.get_by_role("button", name="Vote as a guest").click()
    page.get_by_role("radio").first.wait_for()


def voted(page: Page, demo: Running, place: int = 0) -> str:
    """Vote for the nominee at a place, once, and give the receipt."""
    signed_in(page, demo)
    page.locator(".choice").nth(place).click()
    page.get_by_role("button", name="Cast the ballot").click()
    return page.locator("#text").text_content() or ""


def cast(demo: Running, nominee: str) -> None:
    """Cast a ballot as a program does."""
    with httpx.Client(base_url=demo.url + API, verify=False) as client:
        session = client.post("/sign-in/guest").raise_for_status().json()["session"]
        client.cookies.clear()
        body = {"nominee": nominee, "votes": 1, "key": f"key-for-{nominee}-{session[:20].replace('.', '-')}"}
        client.post("/ballots", json=body, headers={"authorization": f"Bearer {session}"}).raise_for_status()


def test_a_guest_votes_and_checks_the_receipt_in_the_browser(browser: Browser, demo: Running) -> None:
    with window(browser, 360, 740) as page:
        receipt = voted(page, demo)
        assert receipt.startswith("c2sp.org/tlog-proof@v1\n")
        assert page.locator("h1").inner_text() == "Your ballot is taken"
        with page.expect_download() as saved:
            page.get_by_role("link", name="Save it as a file").click()
        assert saved.value.path().read_text("utf-8") == receipt
        assert saved.value.suggested_filename.endswith(".tlog-proof")
        page.get_by_role("link", name="Check it now, in your own browser").click()

        assert page.locator("#verdict").inner_text().startswith("It holds")
        assert page.locator("#steps .failed").count() == 0
        assert "The ballot is leaf" in page.locator("#steps").inner_text()


def test_a_tampered_receipt_is_refused_in_the_browser(browser: Browser, demo: Running) -> None:
    with window(browser) as page:
        receipt = voted(page, demo)
        page.goto(f"{demo.url}/verify")
        for old, new in ((r"AAEABm", "AAIABm"), (r"\nindex \d+", "\nindex 7"), (r"— (\S+) (.{8}).", r"— \1 \2A")):
            tampered = re.sub(old, new, receipt, count=1)
            assert tampered != receipt
            page.locator("#text").fill(tampered)
            page.get_by_role("button", name="Check it").click()

            assert page.locator("#verdict").inner_text() == "Refused: it does not hold."
            assert page.locator("#steps .failed").count() == 1
        page.locator("#text").fill(receipt)
        page.get_by_role("button", name="Check it").click()

        assert page.locator("#verdict").inner_text().startswith("It holds")


def test_the_code_on_a_phones_screen_holds_the_receipt(browser: Browser, demo: Running) -> None:
    with window(browser, 320, 640) as page:
        receipt = voted(page, demo)
        page.get_by_role("button", name="Show it as a QR code").click()
        picture = page.locator(".code").screenshot()

    [read] = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert read.text == receipt


def test_standings_move_without_a_reload(browser: Browser, demo: Running) -> None:
    with window(browser) as page:
        page.goto(demo.url)
        page.locator("[data-live]").wait_for()
        before = page.locator("[data-ballots]").inner_text()
        nominees = page.locator("[data-nominee]").evaluate_all("(rows) => rows.map((row) => row.dataset.nominee)")
        last = nominees[-1]
        for _ in range(5):
            cast(demo, last)
        page.locator(f"tr:first-child[data-nominee={last}]").wait_for(timeout=10_000)

        assert int(page.locator("[data-ballots]").inner_text()) >= int(before) + 5
        assert int(page.locator(f"[data-nominee={last}] td").inner_text()) >= 5
        assert page.locator(f"[data-nominee={last}] rect").get_attribute("width") == "1000"


def test_a_voter_votes_by_the_keyboard_alone(browser: Browser, demo: Running) -> None:
    with window(browser) as page:
        page.goto(demo.url)
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")  # past the menu
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.innerText") == "Vote as a guest"
        page.keyboard.press("Enter")
        page.get_by_role("radio").first.wait_for()
        page.locator("#main").focus()
        page.keyboard.press("Tab")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.checked")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "votes"
        page.keyboard.press("Enter")
        page.locator("#text").wait_for()

        assert page.locator("h1").inner_text() == "Your ballot is taken"


def test_the_whole_way_needs_no_script(browser: Browser, demo: Running) -> None:
    with window(browser, java_script_enabled=False) as page:
        receipt = voted(page, demo)
        page.get_by_role("button", name="Show it as a QR code").click()
        assert page.locator("pre").text_content() == receipt
        page.goto(f"{demo.url}/verify")

        assert "Without scripts" in page.locator("main").inner_text()
        assert "plaudit verify" in page.locator("main").inner_text()
        assert not page.locator("form").is_visible()


def test_the_language_that_was_chosen_stays_through_the_vote(browser: Browser, demo: Running) -> None:
    with window(browser) as page:
        page.goto(demo.url)
        page.get_by_role("link", name="한국어").click()
        page.get_by_role("button", name="비회원으로 투표").click()
        page.locator(".choice").first.click()
        page.get_by_role("button", name="투표하기").click()

        assert page.locator("h1").inner_text() == "투표가 접수되었습니다"
        assert page.locator("html").get_attribute("lang") == "ko"


def test_a_browser_that_asks_for_korean_gets_it(browser: Browser, demo: Running) -> None:
    with window(browser, locale="ko-KR") as page:
        page.goto(demo.url)

        assert page.get_by_role("button", name="비회원으로 투표").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [320, 1280])
def test_live_pages_are_without_fault(browser: Browser, demo: Running, language: str, width: int) -> None:
    """Each is looked at by axe, photographed, and no wider than its window."""
    found: list[str] = []

    def look(name: str) -> None:
        found.extend(faults(page))
        assert overflow(page) == 0, name
        photographed(page, f"live-{name}-{language}-{width}")

    with window(browser, width) as page:
        page.goto(f"{demo.url}/?language={language}")
        look("sign-in")
        page.locator(".sign-in button").first.click()
        page.get_by_role("radio").first.wait_for()
        look("vote")
        page.locator(".choice").first.click()
        page.locator(".cast button").click()
        page.locator("#text").wait_for()
        look("receipt")
        check = page.locator("a[href^='/verify#']").get_attribute("href")
        page.locator("form[action='/qr'] button").click()
        page.locator(".code").wait_for()
        look("code")
        page.goto(f"{demo.url}{check}")
        page.locator("#verdict").wait_for()
        look("verify")
        page.goto(f"{demo.url}/nowhere")
        look("problem")
        page.goto(f"{demo.url}/docs")
        look("docs")

    assert found == []
