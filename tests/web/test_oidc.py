"""Signing in with OpenID Connect: through a certified provider, and through one that lies."""

from __future__ import annotations

import asyncio
import hashlib
import html
import json
import os
import re
import shutil
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from plaudit.base.errors import RuleInvalid, SignInNeeded, VoteUnavailable
from plaudit.collect.ballots import pseudonym
from plaudit.rulebook.live import Provider
from plaudit.vote.keys import make_keys, session_key, voter_key
from plaudit.web.sessions import Session, Sessions
from plaudit.web.sign_in import oidc as oidc_module
from plaudit.web.sign_in.oidc import TRIP_SECONDS, OidcSignIn
from plaudit.web.sign_in.provider import ANSWER_BYTES_MOST
from tests.web.desk_server import EDITION, free_port, running_desk, sign_in_season
from tests.web.oidc_provider.false_provider import CLIENT, FalseProvider, encoded, running_provider

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PROVIDER = Path(__file__).parent / "oidc_provider"
SECRET = "a secret of the tests"
COOKIE, TRIP = "plaudit_session", "plaudit_trip_local"
needs_npm = pytest.mark.skipif(not shutil.which("npm"), reason="npm is not installed")


def live(issuer: str, secret_env: str = "") -> str:
    table = {"id": "local", "name": "The provider", "issuer": issuer, "client_id": CLIENT, "secret_env": secret_env}
    return "[[vote.live.provider]]\n" + "\n".join(f'{key} = "{value}"' for key, value in table.items())


@pytest.fixture(scope="session")
def installed() -> Path:
    """The provider, installed as its lock file says, once for this environment."""
    lock = (PROVIDER / "package-lock.json").read_bytes()
    folder = Path(sys.prefix) / "oidc_provider" / hashlib.sha256(lock).hexdigest()[:16]
    if not (folder / "node_modules").is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copyfile(PROVIDER / name, folder / name)
        subprocess.run(
            ["npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts"], cwd=folder, check=True, timeout=300
        )
    shutil.copyfile(PROVIDER / "provider.mjs", folder / "provider.mjs")
    return folder


@contextmanager
def certified(installed: Path, back: str, secret: str, way: str = "client_secret_basic") -> Iterator[str]:
    """Run the certified provider and give its issuer."""
    issuer = f"http://127.0.0.1:{free_port()}"
    command = ["node", "provider.mjs", issuer, CLIENT, secret, back, way]
    with subprocess.Popen(
        command,
        cwd=installed,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"DEBUG": ""},
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "listening\n"
            yield issuer
        finally:
            process.terminate()


class Browser(httpx.Client):
    """Follows redirects one by one, and fills in the provider's forms."""

    def follow(self, address: str, name: str, until: str) -> httpx.Response:
        answer = self.get(address)
        for _ in range(20):
            if answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if target.startswith(until):
                    return httpx.Response(302, headers={"location": target})
                answer = self.get(target)
            else:
                answer = self._fill(answer, name)
        raise AssertionError(answer.text)

    def _fill(self, answer: httpx.Response, name: str) -> httpx.Response:
        assert answer.status_code == 200, answer.text
        action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
        prompt = re.search(r'name="prompt" value="(\w+)"', answer.text)
        assert action
        assert prompt
        data = {"prompt": prompt[1], "login": name, "password": "any"}
        return self.post(urljoin(str(answer.url), html.unescape(action[1])), data=data)


@contextmanager
def desk_with_certified(
    installed: Path,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    secret: str = SECRET,
    way: str = "client_secret_basic",
) -> Iterator[tuple[str, Callable[[str], Session]]]:
    """Run both and give the address of the edition, and what reads a session."""
    monkeypatch.setenv("CLIENT_SECRET", SECRET)
    port = free_port()
    back = f"http://127.0.0.1:{port}{EDITION}/sign-in/oidc/local/callback"
    with certified(installed, back, secret, way) as issuer:
        season = sign_in_season(folder, live(issuer, "CLIENT_SECRET" if secret else ""), guests="false")
        make_keys(season.folder)
        sessions = Sessions(session_key(season.folder), season.edition, 60)

        def read(text: str) -> Session:
            session = sessions.read(text, int(time.time()))
            expected = {pseudonym(f"oidc {issuer} {name}", voter_key(season.folder)): name for name in ("ann", "bob")}
            assert session.voter in expected
            return session

        with running_desk(season, port=port) as desk:
            yield desk, read


def arrived(browser: Browser, desk: str, name: str) -> tuple[httpx.Response, str]:
    """Sign in and give the desk's last answer, and the address it was asked at."""
    back = browser.follow(f"{desk}/sign-in/oidc/local", name, f"{desk}/sign-in/oidc/local/callback")
    address = back.headers["location"]
    return browser.get(address), address


@needs_npm
@pytest.mark.parametrize(
    ("secret", "way"), [(SECRET, "client_secret_basic"), (SECRET, "client_secret_post"), ("", "none")]
)
def test_a_voter_signs_in_with_a_certified_provider(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str, way: str
) -> None:
    with (
        desk_with_certified(installed, tmp_path / "season", monkeypatch, secret, way) as (desk, read),
        Browser() as browser,
    ):
        answer, _ = arrived(browser, desk, "ann")
        session = read(browser.cookies[COOKIE])
        told = browser.get(f"{desk}/session").json()

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert session.way == told["voter_kind"] == "local"
    assert TRIP not in browser.cookies


@needs_npm
def test_a_person_is_one_voter_on_every_browser(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voters = []
    with desk_with_certified(installed, tmp_path / "season", monkeypatch) as (desk, read):
        for name in ("ann", "ann", "bob"):
            with Browser() as browser:
                arrived(browser, desk, name)
                voters.append(read(browser.cookies[COOKIE]).voter)

    assert voters[0] == voters[1] != voters[2]


@needs_npm
def test_a_replayed_code_signs_nobody_in(installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with desk_with_certified(installed, tmp_path / "season", monkeypatch) as (desk, _), Browser() as browser:
        back = browser.follow(f"{desk}/sign-in/oidc/local", "ann", f"{desk}/sign-in/oidc/local/callback")
        trip = browser.cookies[TRIP]
        first = browser.get(back.headers["location"])
        browser.cookies.clear()
        again = httpx.get(back.headers["location"], cookies={TRIP: trip})

    assert first.status_code == 303
    assert (again.status_code, COOKIE in again.cookies) == (401, False)
    assert "ended already" in again.json()["detail"]


@needs_npm
def test_a_code_of_another_browser_signs_nobody_in(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with (
        desk_with_certified(installed, tmp_path / "season", monkeypatch) as (desk, _),
        Browser() as attacker,
        Browser() as victim,
    ):
        back = attacker.follow(f"{desk}/sign-in/oidc/local", "bob", f"{desk}/sign-in/oidc/local/callback")
        victim.get(f"{desk}/sign-in/oidc/local")
        answer = victim.get(back.headers["location"])

    assert (answer.status_code, COOKIE in answer.cookies) == (401, False)


@needs_npm
def test_a_provider_that_refuses_the_secret_is_the_organisers_matter(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk_with_certified(installed, tmp_path / "season", monkeypatch) as (desk, _), Browser() as browser:
        monkeypatch.setenv("CLIENT_SECRET", "another")
        answer, _ = arrived(browser, desk, "ann")

    assert answer.status_code == 503
    assert "invalid_client" in answer.json()["detail"]


@pytest.fixture
def provider() -> Iterator[FalseProvider]:
    with running_provider() as found:
        yield found


@pytest.fixture
def desk(provider: FalseProvider, tmp_path: Path) -> Iterator[str]:
    season = sign_in_season(tmp_path / "season", live(provider.issuer))
    with running_desk(season) as address:
        yield address


def left(browser: httpx.Client, desk: str, provider: FalseProvider) -> dict[str, str]:
    """Go to the provider and give what it was asked."""
    answer = browser.get(f"{desk}/sign-in/oidc/local")
    assert answer.status_code == 302, answer.text
    asked = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    provider.nonce = asked["nonce"]
    return asked


def come_back(desk: str, provider: FalseProvider, **query: str) -> httpx.Response:
    with httpx.Client() as browser:
        state = left(browser, desk, provider)["state"]
        return browser.get(f"{desk}/sign-in/oidc/local/callback", params={"state": state, "code": "c"} | query)


def test_the_provider_is_asked_for_as_little_as_there_is(desk: str, provider: FalseProvider) -> None:
    with httpx.Client() as browser:
        asked = left(browser, desk, provider)
        answer = browser.get(f"{desk}/sign-in/oidc/local/callback", params={"state": asked["state"], "code": "c"})

    assert answer.status_code == 303
    assert asked["scope"] == "openid"
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == f"{desk}/sign-in/oidc/local/callback"
    assert asked["code_challenge_method"] == "S256"
    digest = hashlib.sha256(provider.token_asked["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert "/me" not in provider.asked


def test_state_nonce_and_verifier_are_new_each_time(desk: str, provider: FalseProvider) -> None:
    with httpx.Client() as browser:
        asked = [left(browser, desk, provider) for _ in range(3)]

    for name in ("state", "nonce", "code_challenge"):
        assert len({one[name] for one in asked}) == 3
        assert all(len(one[name]) == 43 for one in asked)


NOW = int(time.time())
LIES: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "another audience": {"aud": "another"},
    "another audience for our party": {"aud": "another", "azp": CLIENT},
    "no audience": {"aud": None},
    "two audiences and no party": {"aud": [CLIENT, "another"]},
    "another party": {"azp": "another"},
    "another issuer": {"iss": "https://another.example"},
    "no issuer": {"iss": None},
    "an end in the past": {"exp": NOW - 60},
    "no end": {"exp": None},
    "an end that is no number": {"exp": "never"},
    "made in the future": {"iat": NOW + 3600},
    "another access token": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"},
    "no subject": {"sub": None},
    "an empty subject": {"sub": ""},
    "a subject that is no text": {"sub": 7},
}


@pytest.mark.parametrize("lie", LIES)
def test_an_id_token_with_a_false_claim_signs_nobody_in(desk: str, provider: FalseProvider, lie: str) -> None:
    provider.claims = LIES[lie]
    answer = come_back(desk, provider)

    assert (answer.status_code, COOKIE in answer.cookies) == (401, False)
    assert "ID token does not hold" in answer.json()["detail"]
    assert answer.json()["rule"] == "season.toml [[vote.live.provider]] local"


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "kid": "one"}, claims)
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts) + "."


@pytest.mark.parametrize(
    "lie", ["none", "shared secret", "public key as secret", "another key", "cut", "changed", "no token"]
)
def test_an_id_token_that_the_provider_did_not_sign_signs_nobody_in(
    desk: str, provider: FalseProvider, lie: str
) -> None:
    other = RSAKey.generate_key(2048, {"kid": "one"})
    public = provider.key.as_pem(private=False)
    provider.sign = {
        "none": unsigned,
        "shared secret": lambda claims: encoded(OctKey.import_key(CLIENT.encode() * 8), claims, "HS256"),
        "public key as secret": lambda claims: encoded(OctKey.import_key(urlsafe_b64encode(public)), claims, "HS256"),
        "another key": lambda claims: encoded(other, claims),
        "cut": lambda claims: encoded(provider.key, claims)[:-8],
        "changed": lambda claims: (
            encoded(provider.key, claims).split(".")[0] + "." + encoded(other, claims | {"sub": "x"}).split(".", 1)[1]
        ),
        "no token": lambda _claims: "",
    }[lie]
    answer = come_back(desk, provider)

    assert (answer.status_code, COOKIE in answer.cookies) == (401, False)


@pytest.mark.parametrize(
    "change", ["no cookie", "no state", "forged state", "forged cookie", "longer cookie", "nonsense"]
)
def test_a_forged_state_signs_nobody_in(desk: str, provider: FalseProvider, change: str) -> None:
    with httpx.Client() as browser:
        asked = left(browser, desk, provider)
        trip = browser.cookies[TRIP]
        query = {"state": asked["state"], "code": "c"}
    state, ends_at, mac = trip.split(".")
    cookies = {
        "no cookie": {},
        "forged cookie": {TRIP: f"{'A' * 43}.{ends_at}.{mac}"},
        "longer cookie": {TRIP: f"{state}.{int(ends_at) + 600}.{mac}"},
        "nonsense": {TRIP: "..."},
    }.get(change, {TRIP: trip})
    query |= {"no state": {"state": ""}, "forged state": {"state": "B" * 43}, "forged cookie": {"state": "A" * 43}}.get(
        change, {}
    )
    with httpx.Client(cookies=cookies) as browser:
        answer = browser.get(f"{desk}/sign-in/oidc/local/callback", params=query)

    assert (answer.status_code, COOKIE in answer.cookies) == (401, False)
    assert "not begun in this browser" in answer.json()["detail"]
    assert provider.token_asked == {}


def test_another_issuers_answer_signs_nobody_in(desk: str, provider: FalseProvider) -> None:
    answer = come_back(desk, provider, iss="https://another.example")

    assert (answer.status_code, COOKIE in answer.cookies) == (401, False)
    assert provider.token_asked == {}


def test_a_voter_who_says_no_is_told_so(desk: str, provider: FalseProvider) -> None:
    with httpx.Client() as browser:
        state = left(browser, desk, provider)["state"]
        answer = browser.get(f"{desk}/sign-in/oidc/local/callback", params={"state": state, "error": "access_denied"})

    assert answer.status_code == 401
    assert "access_denied" in answer.json()["detail"]


def test_a_provider_that_names_itself_must_do_so(desk: str, provider: FalseProvider) -> None:
    provider.described = {"authorization_response_iss_parameter_supported": True}

    assert come_back(desk, provider).status_code == 401
    assert come_back(desk, provider, iss=provider.issuer).status_code == 303


@pytest.mark.parametrize("name", ["next", "return_to", "redirect_uri", "url"])
def test_nothing_that_is_asked_decides_where_a_voter_goes(desk: str, provider: FalseProvider, name: str) -> None:
    with httpx.Client() as browser:
        went = browser.get(f"{desk}/sign-in/oidc/local", params={name: "https://evil.example/"})
    answer = come_back(desk, provider, **{name: "https://evil.example/"})

    assert went.headers["location"].startswith(f"{provider.issuer}/auth?")
    assert "evil" not in went.headers["location"]
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        ("/token", (500, "")),
        ("/token", (200, "<html>")),
        ("/token", (200, "[]")),
        ("/token", (401, '{"error": "invalid_client"}')),
        ("/jwks", (500, "")),
        ("/jwks", (200, "{}")),
    ],
)
def test_a_provider_in_trouble_is_told_clearly(
    desk: str, provider: FalseProvider, path: str, answer: tuple[int, str]
) -> None:
    provider.answers[path] = answer
    found = come_back(desk, provider)

    assert (found.status_code, COOKIE in found.cookies) == (503, False)
    assert found.json()["title"] == "VoteUnavailable"
    assert "retry-after" in found.headers


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://another.example"},
        {"token_endpoint": "http://192.0.2.1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": 7},
        {"jwks_uri": "http://127.0.0.1:1/jwks"},
    ],
)
def test_a_provider_that_describes_itself_falsely_is_not_used(
    desk: str, provider: FalseProvider, described: dict[str, object]
) -> None:
    provider.described = described
    answer = httpx.get(f"{desk}/sign-in/oidc/local")

    assert answer.status_code == 503


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/jwks", "/token"])
def test_an_answer_without_end_is_not_read(desk: str, provider: FalseProvider, path: str) -> None:
    whole = {"/jwks": provider.keys, "/token": provider.token}.get(path, provider.description)()[1]
    provider.answers[path] = (200, whole + " " * ANSWER_BYTES_MOST)
    found = come_back(desk, provider) if path != "/.well-known/openid-configuration" else None
    answer = found or httpx.get(f"{desk}/sign-in/oidc/local")

    assert answer.status_code == 503


def test_a_provider_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oidc_module, "_SECONDS", 0.5)

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        with suppress(ConnectionError):
            for _ in range(60):
                writer.write(b" ")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()

    async def leave() -> float:
        async with await asyncio.start_server(drip, "127.0.0.1", 0) as server:
            issuer = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            way = OidcSignIn(Provider("local", "The provider", issuer, CLIENT), "https://vote.example/")
            began = time.monotonic()
            with pytest.raises(VoteUnavailable, match="within"):
                await way.leave(NOW)
            took = time.monotonic() - began
            await asyncio.sleep(0.3)  # until the server hears that nobody listens
            return took

    assert asyncio.run(leave()) < 2


def test_a_round_trip_is_good_once(provider: FalseProvider) -> None:
    now = int(time.time())
    way = OidcSignIn(Provider("local", "The provider", provider.issuer, CLIENT), "https://vote.example/back")

    async def twice() -> str:
        address, cookie = await way.leave(now)
        asked = parse_qs(urlsplit(address).query)
        provider.nonce = asked["nonce"][0]
        found = await way.arrive({"state": asked["state"][0], "code": "c"}, cookie, now)
        with pytest.raises(SignInNeeded, match="ended already"):
            await way.arrive({"state": asked["state"][0], "code": "another"}, cookie, now + 1)
        return found

    assert asyncio.run(twice()) == f"oidc {provider.issuer} fan-1"


def test_a_provider_that_is_down_is_told_and_comes_back(tmp_path: Path) -> None:
    with running_provider() as provider:
        season = sign_in_season(tmp_path / "season", live(provider.issuer))
        provider.answers["/.well-known/openid-configuration"] = (503, "")
        with running_desk(season) as desk:
            down = httpx.get(f"{desk}/sign-in/oidc/local")
            del provider.answers["/.well-known/openid-configuration"]
            up = httpx.get(f"{desk}/sign-in/oidc/local")

    assert (down.status_code, up.status_code) == (503, 302)


def test_a_provider_that_is_gone_is_told() -> None:
    way = OidcSignIn(
        Provider("local", "The provider", f"http://127.0.0.1:{free_port()}", CLIENT), "https://vote.example/"
    )

    with pytest.raises(VoteUnavailable, match="ConnectError"):
        asyncio.run(way.leave(NOW))


def test_a_round_trip_ends(provider: FalseProvider) -> None:
    now = int(time.time())
    way = OidcSignIn(Provider("local", "The provider", provider.issuer, CLIENT), "https://vote.example/back")

    async def trip(took: int) -> str:
        address, cookie = await way.leave(now)
        asked = parse_qs(urlsplit(address).query)
        provider.nonce = asked["nonce"][0]
        return await way.arrive({"state": asked["state"][0], "code": "c"}, cookie, now + took)

    assert asyncio.run(trip(1)) == f"oidc {provider.issuer} fan-1"
    with pytest.raises(SignInNeeded, match="longer than 10 minutes"):
        asyncio.run(trip(TRIP_SECONDS))


def test_a_new_key_of_the_provider_is_read_and_not_at_every_forged_token(provider: FalseProvider) -> None:
    began = int(time.time())
    way = OidcSignIn(Provider("local", "The provider", provider.issuer, CLIENT), "https://vote.example/back")

    async def arrive(now: int) -> str:
        address, cookie = await way.leave(now)
        asked = parse_qs(urlsplit(address).query)
        provider.nonce = asked["nonce"][0]
        return await way.arrive({"state": asked["state"][0], "code": "c"}, cookie, now)

    asyncio.run(arrive(began))
    provider.key = RSAKey.generate_key(2048, {"kid": "two"})
    provider.sign = lambda claims: encoded(provider.key, claims, kid="two")
    for _ in range(3):
        with pytest.raises(SignInNeeded):
            asyncio.run(arrive(began + 5))
    assert provider.asked.count("/jwks") == 1
    asyncio.run(arrive(began + 61))

    assert provider.asked.count("/jwks") == 2


def test_the_cookie_of_the_trip_is_out_of_reach(desk: str) -> None:
    cookie = httpx.get(f"{desk}/sign-in/oidc/local").headers["set-cookie"].lower()

    assert {"httponly", "samesite=lax", "path=/", "max-age=600"} <= set(cookie.split("; "))


def test_a_missing_secret_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLIENT_SECRET", raising=False)
    provider = Provider("local", "The provider", "https://one.example", CLIENT, "CLIENT_SECRET")

    with pytest.raises(RuleInvalid, match="CLIENT_SECRET"):
        OidcSignIn(provider, "https://vote.example/back")
