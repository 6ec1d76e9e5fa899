"""The headers of each kind of answer are those that the page for operators states."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.vote.seasons import open_now
from tests.web.serving import EDITION, cast, guest, published, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "operate-a-vote.md"
ANSWERS = {
    "page": ["GET /", "GET /?language=ko", "GET /verify"],
    "API": [
        f"GET {EDITION}",
        f"GET {EDITION}/session",
        f"GET {EDITION}/standings",
        f"GET {EDITION}/sign-in/work",
        f"POST {EDITION}/sign-in/guest",
        f"POST {EDITION}/ballots",
    ],
    "problem": [
        "GET /nowhere",
        "DELETE /",
        "GET /static/nothing",
        "POST /vote",
        f"GET {EDITION}/ballots",
        f"GET {EDITION}/log/nothing",
        f"GET {EDITION}/receipts/999",
    ],
    "receipt": [f"GET {EDITION}/receipts/1"],
    "stream": [f"GET {EDITION}/standings/events"],
    "docs": ["GET /docs", "GET /docs/openapi.json"],
    "static": [
        f"GET /static/{name}" for name in ("vote.css", "site.css", "work.js", "live.js", "verify.js", "icon.svg")
    ],
    "checkpoint": [f"GET {EDITION}/log/checkpoint", f"GET {EDITION}/log/verifier.key"],
    "tile": [f"GET {EDITION}/log/tile/0/000.p/2", f"GET {EDITION}/log/tile/entries/000.p/2"],
}
TYPES = {
    "page": "text/html; charset=utf-8",
    "API": "application/json",
    "problem": "application/problem+json",
    "receipt": "text/plain; charset=utf-8",
    "stream": "text/event-stream; charset=utf-8",
    "checkpoint": "text/plain; charset=utf-8",
    "tile": "application/octet-stream",
}


def tables() -> list[list[list[str]]]:
    """Give the rows of each table of the section on headers."""
    section = PAGE.read_text("utf-8").partition("\n## What every answer carries\n")[2].partition("\n## ")[0]
    found = re.findall(r"(?m)(?:^\|.*\n)+", section)
    return [[[cell.strip(" `") for cell in row.strip("|\n").split("|")] for row in one.splitlines()] for one in found]


def stated(kind: str) -> dict[str, str | None]:
    """Give each header that the page states for a kind of answer; None where there must be none."""
    every, kinds = tables()
    found: dict[str, str | None] = {row[0]: row[1] for row in every[2:]}
    [row] = [row for row in kinds[2:] if row[0] == kind]
    return found | {name: None if value == "–" else value for name, value in zip(kinds[0][1:], row[1:], strict=True)}


@pytest.fixture(scope="module")
def voter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """The voter of the one published ballot of a server."""
    folder = tmp_path_factory.mktemp("headers") / "live"
    open_now(folder)
    with running_server(folder) as running, guest(running.url) as client:
        assert cast(client, "the-first-ballot")["leaf"] == 1
        published(client, 1)
        yield client


def test_the_page_speaks_of_every_kind() -> None:
    _, kinds = tables()

    assert [row[0] for row in kinds[2:]] == list(ANSWERS)


@pytest.mark.parametrize(("kind", "asked"), [(kind, asked) for kind, all_ in ANSWERS.items() for asked in all_])
def test_an_answer_has_the_headers_that_the_page_states(voter: httpx.Client, kind: str, asked: str) -> None:
    method, _, path = asked.partition(" ")
    body = b'{"nominee": "bts", "key": "the-first-ballot"}' if path.endswith("/ballots") else None
    headers = {"content-type": "application/json"} if body else {}
    with voter.stream(method, path, content=body, headers=headers) as answer:
        pass
    wanted = stated(kind)
    got = {name: ", ".join(answer.headers.get_list(name)) or None for name in wanted}

    assert got == wanted
    assert answer.headers["content-type"] == TYPES.get(kind, answer.headers["content-type"])
    assert (answer.status_code >= 400) == (kind == "problem")
    assert "strict-transport-security" not in answer.headers


def test_a_session_cookie_is_out_of_reach_of_scripts_and_other_sites(voter: httpx.Client) -> None:
    answer = voter.post(f"{EDITION}/sign-in/guest")
    voter.cookies.clear()
    name, *flags = answer.headers["set-cookie"].split("; ")
    told = {flag.partition("=")[0].lower(): flag.partition("=")[2].lower() for flag in flags}

    assert name.startswith("plaudit_session=")
    assert "httponly" in told
    assert told["samesite"] == "lax"
    assert told["path"] == "/"
    assert int(told["max-age"]) > 0
    assert "domain" not in told
    assert "secure" not in told  # the address is plain HTTP; over https it is, tests/web/test_guests.py
