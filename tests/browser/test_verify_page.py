"""The published page that checks receipts and certificates: in the browser, and sending nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from tests.browser.windows import faults, photographed, window

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def receipt_of(folder: Path, leaf: int) -> str:
    """Make the receipt of a leaf of a published log."""
    log = LogReader(FolderFiles(folder / "evidence" / "log"))
    return str(log.proof(leaf, extra=log.entry(leaf)))


def checked(page: Page, text: str) -> str:
    page.locator("#text").fill(text)
    page.get_by_role("button", name="Check it").click()
    return page.locator("#verdict").inner_text()


def test_a_receipt_of_the_published_log_holds(browser: Browser, template_pages: Site, made_template: Path) -> None:
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))

        assert checked(page, receipt_of(made_template, 2)).startswith("It holds")
        assert "The published log of" in page.locator("#steps").inner_text()


def test_the_certificate_holds_and_an_altered_one_does_not(
    browser: Browser, template_pages: Site, made_template: Path
) -> None:
    note = (made_template / "published" / "certificate.note").read_text("utf-8")
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        page.locator("#file").set_input_files(made_template / "published" / "certificate.note")
        page.locator("#verdict").wait_for()

        assert page.locator("#verdict").inner_text().startswith("It holds")
        assert "It cites the published log" in page.locator("#steps").inner_text()
        assert checked(page, note.replace('"edition":"2026"', '"edition":"2025"')).startswith("Refused")


def test_nothing_that_is_put_in_leaves_the_page(browser: Browser, template_pages: Site, made_template: Path) -> None:
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"), wait_until="networkidle")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        checked(page, receipt_of(made_template, 1))

        assert sent == []


def test_the_page_could_send_nothing_if_it_wanted_to(browser: Browser, template_pages: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(template_pages.page("en", "verify.html"))
    tries = (
        "fetch('/')",
        "import('/x.js')",
        "new Promise((_, no) => { new WebSocket('ws://127.0.0.1').onerror = no; })",
    )

    assert [page.evaluate(f"{one}.then(() => 'sent', () => 'refused')") for one in tries] == ["refused"] * 3
    context.close()


def test_a_key_from_elsewhere_is_the_one_that_counts(
    browser: Browser, template_pages: Site, made_template: Path
) -> None:
    key = (made_template / "evidence" / "log" / "verifier.key").read_text("utf-8").strip()
    other = "plaudit.example/my-award/log+6189f338+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        page.locator("summary").click()
        page.locator("#key").fill(other)
        assert checked(page, receipt_of(made_template, 1)).startswith("Refused")
        page.locator("#key").fill(key)

        assert checked(page, receipt_of(made_template, 1)).startswith("It holds")
        assert "whose key" not in page.locator("#steps").inner_text()


def test_a_page_that_was_opened_from_a_file_checks_too(
    browser: Browser, template_pages: Site, made_template: Path
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((template_pages.folder / "ko" / "verify.html").as_uri())
    page.locator("#text").fill(receipt_of(made_template, 1))
    page.get_by_role("button", name="확인하기").click()

    assert page.locator("#verdict").inner_text().startswith("유효합니다")
    context.close()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_verdict_is_without_fault(
    browser: Browser, template_pages: Site, made_template: Path, language: str, scheme: str
) -> None:
    receipt = receipt_of(made_template, 1)
    with window(browser, 360, color_scheme=scheme) as page:
        page.goto(template_pages.page(language, "verify.html"))
        found = []
        for name, text in (("holds", receipt), ("refused", receipt.replace("index 1", "index 2"))):
            page.locator("#text").fill(text)
            page.locator("form button").click()
            page.locator(f"#verdict.{name}").wait_for()
            found += faults(page)
            photographed(page, f"verify-{name}-{language}-{scheme}-360")

    assert found == []
