"""Guests, sessions and sign-out on a real server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
import pytest

from tests.web.desk_server import running_desk, sign_in_season

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

COOKIE = "plaudit_session"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    season = sign_in_season(tmp_path_factory.mktemp("guests") / "season")
    with running_desk(season) as address:
        yield address


def signed_in(desk: str, **headers: str) -> dict[str, str]:
    answer = httpx.post(f"{desk}/sign-in/guest", json={}, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, str] = answer.json()
    return found


def test_a_guest_is_signed_in_as_json_and_as_cookie(desk: str) -> None:
    answer = httpx.post(f"{desk}/sign-in/guest")

    assert answer.status_code == 200
    assert answer.json()["voter_kind"] == "guest"
    assert answer.cookies[COOKIE] == answer.json()["session"]
    assert answer.headers["cache-control"] == "no-store"


def test_every_guest_is_another_voter(desk: str) -> None:
    assert len({signed_in(desk)["session"].partition(".")[0][:10] for _ in range(20)}) == 20


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk: str) -> None:
    cookie = httpx.post(f"{desk}/sign-in/guest").headers["set-cookie"]

    assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
        "httponly",
        "samesite=lax",
        "path=/",
        "max-age=3600",
    }


def test_a_form_gets_the_cookie_and_goes_back_to_the_page(desk: str) -> None:
    answer = httpx.post(f"{desk}/sign-in/guest", data={"work": ""}, headers={"origin": desk.removesuffix("/v1/2026")})

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert COOKIE in answer.cookies


@pytest.mark.parametrize(
    "header", [{"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_another_sites_page_signs_nobody_in(desk: str, header: dict[str, str]) -> None:
    answer = httpx.post(f"{desk}/sign-in/guest", data={}, headers=header)

    assert answer.status_code == 401
    assert COOKIE not in answer.cookies


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"work": 1}', "application/json", 400),
        (b"[]", "application/json", 400),
        (b'"\xff"', "application/json", 400),
        (
            b"work=%ff%fe&" + b"&".join(b"a=%d" % number for number in range(30)),
            "application/x-www-form-urlencoded",
            400,
        ),
        (b"<a/>", "text/xml", 415),
        (b'{"work": "' + b"a" * 20_000 + b'"}', "application/json", 413),
    ],
)
def test_what_is_no_sign_in_is_refused(desk: str, content: bytes, kind: str, status: int) -> None:
    answer = httpx.post(f"{desk}/sign-in/guest", content=content, headers={"content-type": kind})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_session_tells_votes_left(desk: str) -> None:
    bearer = signed_in(desk)

    answer = httpx.get(f"{desk}/session", headers={"authorization": f"Bearer {bearer['session']}"})

    assert answer.json() == {
        "left": 5,
        "csrf": bearer["csrf"],
        "ends_at": bearer["ends_at"],
        "voter_kind": "guest",
    }


def test_nobody_has_no_session(desk: str) -> None:
    assert httpx.get(f"{desk}/session").status_code == 401
    assert httpx.get(f"{desk}/session", headers={"authorization": "Bearer AAAA.BBBB"}).status_code == 401


def test_a_sign_out_takes_the_cookie_away(desk: str) -> None:
    with httpx.Client() as browser:
        csrf = browser.post(f"{desk}/sign-in/guest").json()["csrf"]
        answer = browser.post(f"{desk}/sign-out", headers={"x-plaudit-csrf": csrf})

        assert answer.status_code == 204
        assert browser.get(f"{desk}/session").status_code == 401


def test_a_form_signs_out_with_its_token(desk: str) -> None:
    with httpx.Client() as browser:
        csrf = browser.post(f"{desk}/sign-in/guest").json()["csrf"]
        answer = browser.post(f"{desk}/sign-out", data={"csrf": csrf})

        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert COOKIE not in browser.cookies


@pytest.mark.parametrize("token", ["", "AAAA", "é"])
def test_a_sign_out_without_the_token_is_refused(desk: str, token: str) -> None:
    with httpx.Client() as browser:
        browser.post(f"{desk}/sign-in/guest")
        answer = browser.post(f"{desk}/sign-out", data={"csrf": token})

        assert answer.status_code == 401
        assert browser.get(f"{desk}/session").status_code == 200


def test_a_season_without_guests_has_no_such_path(tmp_path: Path) -> None:
    provider = '[[vote.live.provider]]\nid = "one"\nname = "One"\nissuer = "https://one.example"\nclient_id = "c"'
    season = sign_in_season(tmp_path / "season", provider, guests="false")
    with running_desk(season) as desk:
        assert httpx.post(f"{desk}/sign-in/guest").status_code == 404


def test_over_https_the_cookie_is_secure(tmp_path: Path) -> None:
    season = sign_in_season(tmp_path / "season")
    with running_desk(season, public_url="https://vote.example") as desk:
        cookie = httpx.post(f"{desk}/sign-in/guest", headers={"origin": "https://vote.example"}).headers["set-cookie"]

    assert "secure" in cookie.lower().split("; ")


def test_a_network_that_signs_in_too_often_is_told_by_which_rule(tmp_path: Path) -> None:
    season = sign_in_season(tmp_path / "season", sign_ins_per_minute="2")
    with running_desk(season) as desk:
        answers = [httpx.post(f"{desk}/sign-in/guest") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json()["rule"] == "season.toml [vote.live] sign_ins_per_minute"
    assert 0 < int(answers[-1].headers["retry-after"]) <= 30
