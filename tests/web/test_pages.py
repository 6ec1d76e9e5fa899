from __future__ import annotations

import html
import json
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import httpx
import pytest

from plaudit.web.markup import Markup, markup
from plaudit.web.page_parts import QR_MOST_BYTES, qr_code
from tests.vote.seasons import open_now
from tests.web.serving import EDITION, Running, published, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTILE = '<script>alert("1")</script>'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A vote in which a nominee and the season have hostile names."""
    folder = tmp_path_factory.mktemp("pages") / "live"
    open_now(folder)
    for name, old, new in (("artists.toml", '"BTS"', f"'{HOSTILE}'"), ("season.toml", '"A live vote"', f"'{HOSTILE}'")):
        text = (folder / name).read_text("utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), "utf-8")
    with running_server(folder) as running:
        yield running


@pytest.fixture
def browser(server: Running) -> Iterator[httpx.Client]:
    """A browser without scripts: it keeps cookies and follows redirects."""
    headers = {"accept": "text/html,application/xhtml+xml", "sec-fetch-site": "same-origin"}
    with httpx.Client(base_url=server.url, headers=headers, follow_redirects=True, verify=False) as client:
        yield client


def form(page: str, action: str) -> dict[str, str]:
    """Give the hidden fields of the page's form that goes to a path."""
    [found] = re.findall(rf'<form method="post" action="{re.escape(action)}">(.*?)</form>', page, re.DOTALL)
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', found))


def sent(browser: httpx.Client, path: str, fields: dict[str, str], **headers: str) -> httpx.Response:
    """Send a form, an empty one too, as a browser does."""
    lines = {"content-type": "application/x-www-form-urlencoded", **headers}
    return browser.post(path, content=urlencode(fields), headers=lines)


def signed_in(browser: httpx.Client) -> str:
    """Sign in by the page's form and give the page."""
    page = browser.get("/").text
    return sent(browser, f"{EDITION}/sign-in/guest", form(page, f"{EDITION}/sign-in/guest")).text


def test_a_guest_votes_without_scripts(browser: httpx.Client) -> None:
    page = signed_in(browser)
    answer = sent(browser, "/vote", {**form(page, "/vote"), "nominee": "iu", "votes": "2"})
    after = browser.get("/").text

    assert answer.status_code == 200
    assert "2 votes for <bdi>IU</bdi>" in answer.text
    assert "3 votes left" in answer.text
    assert "c2sp.org/tlog-proof@v1" in answer.text
    assert "3 votes left" in after


def test_the_receipt_that_a_page_shows_is_the_one_that_the_log_gives(browser: httpx.Client) -> None:
    page = signed_in(browser)
    answer = sent(browser, "/vote", {**form(page, "/vote"), "nominee": "iu", "votes": "1"}).text
    [link] = re.findall(rf'href="({EDITION}/receipts/\d+)"', answer)
    [record] = re.findall(r"^extra (\S+)$", answer, re.MULTILINE)

    assert f"extra {record}\n" in published(browser, int(link.rpartition("/")[2]))


def test_a_form_sent_twice_is_one_ballot(browser: httpx.Client) -> None:
    page = signed_in(browser)
    fields = {**form(page, "/vote"), "nominee": "drake", "votes": "5"}
    first, second = sent(browser, "/vote", fields), sent(browser, "/vote", fields)

    assert (first.status_code, second.status_code) == (200, 200)
    assert "counts once" in second.text
    assert re.findall(r"leaf \d+", first.text)[0] == re.findall(r"leaf \d+", second.text)[0]
    assert "No votes left" in browser.get("/").text


def test_each_page_has_a_key_of_its_own(browser: httpx.Client) -> None:
    pages = [signed_in(browser), browser.get("/").text]

    assert form(pages[0], "/vote")["key"] != form(pages[1], "/vote")["key"]


@pytest.mark.parametrize(
    ("changed", "headers", "status"),
    [
        ({"csrf": "wrong"}, {}, 401),
        ({}, {"sec-fetch-site": "cross-site"}, 401),
        ({}, {"sec-fetch-site": "", "origin": "https://evil.example"}, 401),
        ({"votes": "0"}, {}, 400),
        ({"votes": "many"}, {}, 400),
        ({"key": "short"}, {}, 400),
        ({"votes": "6"}, {}, 403),
        ({"nominee": HOSTILE}, {}, 422),
    ],
)
def test_a_refusal_is_a_page_that_says_what_to_do(
    browser: httpx.Client, changed: dict[str, str], headers: dict[str, str], status: int
) -> None:
    page = signed_in(browser)
    answer = sent(browser, "/vote", {**form(page, "/vote"), "nominee": "iu", "votes": "1", **changed}, **headers)

    assert answer.status_code == status
    assert "What to do:" in answer.text
    assert HOSTILE not in answer.text
    assert "5 votes left" in browser.get("/").text


def test_without_a_session_nobody_votes(server: Running) -> None:
    fields = {"csrf": "x", "key": "k" * 16, "nominee": "iu", "votes": "1"}

    assert httpx.post(f"{server.url}/vote", data=fields).status_code == 401


def test_signing_out_ends_the_session_on_the_page(browser: httpx.Client) -> None:
    page = signed_in(browser)
    sent(browser, f"{EDITION}/sign-out", form(page, f"{EDITION}/sign-out"))
    after = browser.get("/").text

    assert "plaudit_session" not in browser.cookies
    assert "Vote as a guest" in after


def test_a_session_that_is_none_is_told_on_the_page(server: Running) -> None:
    answer = httpx.get(server.url, cookies={"plaudit_session": "AAAA.BBBB"})

    assert answer.status_code == 200
    assert "sign in again" in answer.text
    assert "Vote as a guest" in answer.text


def test_hostile_names_are_shown_as_text(browser: httpx.Client) -> None:
    page = signed_in(browser)

    assert HOSTILE not in page
    assert "&lt;script&gt;alert(&#34;1&#34;)&lt;/script&gt;" in page
    assert set(re.findall(r"<script[^>]*>", page)) == {'<script src="/static/live.js" defer>'}


def test_no_page_has_style_or_script_of_its_own_or_asks_elsewhere(browser: httpx.Client) -> None:
    for page in (signed_in(browser), browser.get("/docs").text, browser.get("/nowhere").text):
        assert not re.findall(r"<style|<script>| style=| on\w+=", page)
        assert not re.findall(r"(?:src|href|action)=\"(?:https?:)?//", page)


def test_the_style_sheet_is_served(server: Running) -> None:
    answer = httpx.get(f"{server.url}/static/vote.css")

    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert "url(" not in answer.text
    assert "@import" not in answer.text


@pytest.mark.parametrize("name", ["..%2Fpages.py", "nowhere.css", "%2e%2e/pages.py"])
def test_nothing_else_is_served_as_static(server: Running, name: str) -> None:
    assert httpx.get(f"{server.url}/static/{name}").status_code == 404


def qr(browser: httpx.Client, receipt: str) -> httpx.Response:
    return sent(browser, "/qr", {"receipt": receipt})


def receipt_of(browser: httpx.Client) -> str:
    """Vote and give the receipt."""
    page = signed_in(browser)
    answer = sent(browser, "/vote", {**form(page, "/vote"), "nominee": "iu", "votes": "1"}).text
    [receipt] = re.findall(r'<pre id="text"[^>]*>(.*?)</pre>', answer, re.DOTALL)
    return html.unescape(receipt)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_receipt_is_drawn_as_the_code_that_holds_it(browser: httpx.Client, line_end: str) -> None:
    receipt = receipt_of(browser)
    answer = qr(browser, receipt.replace("\n", line_end))

    assert answer.status_code == 200
    assert str(qr_code(receipt)) in answer.text
    assert "the whole receipt" in answer.text


def test_a_receipt_that_is_too_long_for_a_screen_is_drawn_as_its_address(
    browser: httpx.Client, server: Running
) -> None:
    receipt = receipt_of(browser)
    head, _, note = receipt.partition("\n\n")
    long = f"{head}\n\n{note}{''.join(note.splitlines(keepends=True)[-1] for _ in range(9))}"  # as if others signed too
    answer = qr(browser, long)
    [address] = re.findall(rf'href="({server.url}{EDITION}/receipts/\d+)"', answer.text)

    assert len(long) > QR_MOST_BYTES > len(receipt)
    assert str(qr_code(address)) in answer.text
    assert "too long" in answer.text


@pytest.mark.parametrize("receipt", ["", "hello", "c2sp.org/tlog-proof@v1\n", HOSTILE])
def test_nothing_but_the_votes_own_receipts_is_drawn(browser: httpx.Client, receipt: str) -> None:
    answer = qr(browser, receipt)

    assert answer.status_code == 400
    assert "not a receipt of this vote" in answer.text
    assert "<svg" not in answer.text


def test_a_code_is_drawn_without_style_and_in_few_milliseconds() -> None:
    longest = "x" * QR_MOST_BYTES
    began = time.process_time()
    drawn = qr_code(longest)

    assert time.process_time() - began < 0.2
    assert "style" not in drawn
    assert 'viewBox="0 0 125 125"' in drawn  # 117 modules and the quiet zone


def test_the_page_that_verifies_holds_key_and_checkpoint_and_no_way_out(browser: httpx.Client, server: Running) -> None:
    page = browser.get("/verify").text
    [found] = re.findall(r'<script type="application/json" id="published">(.*?)</script>', page)
    published = json.loads(found)
    about = browser.get(EDITION).json()

    assert published["logKey"] == about["log"]["verifier_key"]
    assert published["checkpoint"].startswith(about["log"]["origin"])
    assert published["nominees"] == ["bts", "drake", "iu"]
    assert "connect-src 'none'" in page
    assert HOSTILE not in page
    assert not published["isClosed"]


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "en"),
        ("", "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("", "de, en;q=0.5, ko;q=0.4", "en"),
        ("?language=ko", "en", "ko"),
        ("?language=xx", "ko", "ko"),
        ("?language=%3Cscript%3E", ";;q=x,,", "en"),
    ],
)
def test_the_page_speaks_the_language_that_is_asked_for(
    server: Running, query: str, header: str, language: str
) -> None:
    for path in ("/", "/verify", "/nowhere"):
        answer = httpx.get(f"{server.url}{path}{query}", headers={"accept-language": header, "accept": "text/html"})

        assert f'<html lang="{language}"' in answer.text


def test_a_language_that_was_chosen_is_kept(browser: httpx.Client) -> None:
    browser.get("/?language=ko")
    page = browser.get("/").text
    flags = browser.get("/?language=ko").headers["set-cookie"].lower()

    assert '<html lang="ko"' in page
    assert "비회원으로 투표" in page
    assert {"httponly", "samesite=lax", "path=/"} <= {flag.strip() for flag in flags.split(";")}
    assert "set-cookie" not in browser.get("/?language=xx").headers


def test_korean_pages_lack_no_word(browser: httpx.Client) -> None:
    browser.get("/?language=ko")
    page = signed_in(browser)
    answer = sent(browser, "/vote", {**form(page, "/vote"), "nominee": "iu", "votes": "2"})

    assert "IU</bdi>에게 2표" in answer.text
    assert "3표 남았습니다" in answer.text


def test_markup_escapes_all_but_markup() -> None:
    assert markup("<p>{a}{b}</p>", a="<&\"'", b=Markup("<b>")) == "<p>&lt;&amp;&quot;&#x27;<b></p>"


def test_a_value_is_no_template() -> None:
    assert markup("<p>{a}</p>", a="{b} {0}") == "<p>{b} {0}</p>"
