"""The published page that checks receipts and certificates: in the browser, and sending nothing."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.vote.keys import log_signer
from plaudit.vote.receipt import receipts
from tests.browser.windows import faults, photographed, window

if TYPE_CHECKING:
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


def test_a_text_that_is_neither_is_told_so_before_a_key_is_asked_for(browser: Browser, template_pages: Site) -> None:
    html = (template_pages.folder / "en" / "verify.html").read_text("utf-8")
    keyless = re.sub(r'(id="published"[^>]*>)[^<]*', r"\1{}", html)
    with window(browser) as page:
        page.route("**/verify.html", lambda route: route.fulfill(body=keyless, content_type="text/html"))
        page.goto(template_pages.page("en", "verify.html"))

        assert keyless != html
        assert checked(page, "hello").startswith("Refused")
        assert "The text is no receipt and no certificate" in page.locator("#steps").inner_text()


def test_a_key_from_elsewhere_is_the_one_that_counts(
    browser: Browser, template_pages: Site, made_template: Path
) -> None:
    key = (made_template / "evidence" / "log" / "verifier.key").read_text("utf-8").strip()
    other = "plaudit.example/my-award/log+6189f338+AYqI4910CfGV/VLbLTy6XXLKZwm/HZQSG/N0iAG0D29c"
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        page.locator("main summary").first.click()
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


CHANGES: dict[str, tuple[str, str, bool]] = {
    "a letter more": ("#text", "c2sp.org/tlog-proof@v1x", False),
    "nothing left": ("#text", "", False),
    "another key": ("#key", "x", False),
    "an empty field that is checked": ("#text", "", True),
}
"""What is filled with what, and whether the button is pressed then."""


def test_no_verdict_stays_once_what_it_is_of_has_changed(
    browser: Browser, template_pages: Site, made_template: Path
) -> None:
    receipt, seen = receipt_of(made_template, 2), {}
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        page.locator("main summary").first.click()
        for name, (field, text, is_pressed) in CHANGES.items():
            page.locator("#key").fill("")
            before = checked(page, receipt)
            page.locator(field).fill(text)
            if is_pressed:
                page.get_by_role("button", name="Check it").click()
            seen[name] = (before.startswith("It holds"), page.locator("#verdict").is_visible())

    assert seen == dict.fromkeys(CHANGES, (True, False))


VECTORS = json.loads((Path(__file__).parents[2] / "docs" / "spec" / "vectors" / "notes.json").read_text("utf-8"))


def test_the_page_gives_every_vector_its_verdict_as_a_file(
    browser: Browser, template_pages: Site, made_template: Path, tmp_path: Path
) -> None:
    """After one that holds, so that a script that stumbles would leave that verdict standing."""
    receipt, found, path = receipt_of(made_template, 2), {}, tmp_path / "note"
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        page.locator("main summary").first.click()
        for case in VECTORS["cases"]:
            page.locator("#key").fill("")
            assert checked(page, receipt).startswith("It holds")
            page.locator("#key").fill(VECTORS["log_key" if case["kind"] == "receipt" else "certificate_key"])
            path.write_bytes(base64.b64decode(case["base64"]))
            page.locator("#file").evaluate("field => { field.value = ''; }")
            page.locator("#file").set_input_files(path)
            page.locator("#verdict").wait_for()
            found[case["kind"], case["name"]] = page.locator("#verdict").inner_text().startswith("It holds")

    assert found == {(case["kind"], case["name"]): case["holds"] for case in VECTORS["cases"]}


@pytest.mark.parametrize(
    ("receipt", "said"), [("%E0%A4%A", "The link is damaged"), ("", ""), ("nothing", "no receipt and no certificate")]
)
def test_a_link_that_carries_no_receipt_gives_no_false_verdict(
    browser: Browser, template_pages: Site, receipt: str, said: str
) -> None:
    with window(browser) as page:
        page.goto(f"{template_pages.page('en', 'verify.html')}#receipt={receipt}")
        page.wait_for_timeout(200)

        assert page.locator("#verdict").is_visible() == bool(said)
        assert said in page.locator("#steps").inner_text()


def test_a_second_link_takes_the_place_of_the_first(
    browser: Browser, template_pages: Site, made_template: Path
) -> None:
    address = template_pages.page("en", "verify.html")
    with window(browser) as page:
        page.goto(f"{address}#receipt={quote(receipt_of(made_template, 2))}")
        page.locator("#verdict.holds").wait_for()
        page.evaluate("location.hash = '#receipt=%E0%A4%A'")
        page.locator("#verdict.refused").wait_for()

        assert page.locator("#text").input_value() == ""


def test_in_a_closed_log_the_place_of_the_closing_is_no_ballots(
    browser: Browser, template_pages: Site, made_template: Path
) -> None:
    log = LogReader(FolderFiles(made_template / "evidence" / "log"))
    signer, record = log_signer(made_template, "plaudit.example/my-award"), log.entry(5)
    found = {}
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        for leaf in (log.size - 2, log.size - 1, log.size):
            [receipt] = receipts([record], leaf, signer, [0])
            found[leaf - log.size] = checked(page, receipt).startswith("It holds")

    assert found == {-2: True, -1: False, 0: False}
