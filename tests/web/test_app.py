from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import threading
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from plaudit.base.errors import OutOfTurn
from plaudit.rulebook.season import read_season
from plaudit.vote.keys import session_key
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.web.app import App
from plaudit.web.sessions import Sessions
from tests.cli.commands import Plaudit
from tests.test_docs import script
from tests.vote.seasons import NOMINEES, open_now
from tests.web.serving import EDITION, Running, cast, guest, published, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "DENY",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("served") / "live"
    open_now(folder)
    with running_server(folder) as running:
        yield running


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    """The application on a real vote, without a server around it."""
    season = open_now(tmp_path / "live")
    open_vote(season, NOMINEES)
    with LiveVote(season) as vote:
        yield App(vote, Sessions(session_key(season.folder), season.edition, 60), public_url="http://vote.test")


def asked(app: App, method: str, path: str, **sent: Any) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://vote.test") as client:
            return await client.request(method, path, **sent)

    return asyncio.run(ask())


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200),
        ("GET", "/docs", 200),
        ("GET", "/docs/openapi.json", 200),
        ("GET", "/static/vote.css", 200),
        ("GET", EDITION, 200),
        ("GET", f"{EDITION}/standings", 200),
        ("GET", f"{EDITION}/log/checkpoint", 200),
        ("GET", "/nowhere", 404),
        ("PUT", f"{EDITION}/ballots", 405),
        ("POST", f"{EDITION}/ballots", 401),
        ("POST", f"{EDITION}/sign-in/guest", 200),
    ],
)
def test_every_answer_has_the_security_headers(server: Running, method: str, path: str, status: int) -> None:
    answer = httpx.request(method, server.url + path)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in SECURITY} == SECURITY
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "strict-transport-security" not in answer.headers
    assert len(answer.headers.get_list("content-type")) == 1


def test_https_is_kept_to_where_the_public_address_has_it(tmp_path: Path) -> None:
    open_now(tmp_path / "live")
    with running_server(tmp_path / "live", "--public-url", "https://vote.example.org/") as running:
        # the address that is printed is the public one, so the port comes from the sockets
        port = _listening(running.process.pid)
        answer = httpx.get(f"http://127.0.0.1:{port}/")

    assert running.url == "https://vote.example.org"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "title"),
    [
        ("GET", "/v1/1999", b"", 404, "Not Found"),
        ("GET", f"{EDITION}/receipts/999", b"", 404, "UnknownName"),
        ("GET", f"{EDITION}/receipts/{10**30}", b"", 404, "UnknownName"),
        ("GET", f"{EDITION}/receipts/-1", b"", 404, "UnknownName"),
        ("DELETE", EDITION, b"", 405, "Method Not Allowed"),
        ("POST", f"{EDITION}/ballots", b"{}", 401, "SignInNeeded"),
        ("POST", f"{EDITION}/ballots", b" " * 4_097, 413, "Request Entity Too Large"),
        ("POST", f"{EDITION}/sign-in/guest", b" " * 70_000, 413, "Request Entity Too Large"),
        ("GET", f"{EDITION}/session", b"", 401, "SignInNeeded"),
    ],
)
def test_every_refusal_is_a_problem(
    server: Running, method: str, path: str, body: bytes, status: int, title: str
) -> None:
    answer = httpx.request(method, server.url + path, content=body, headers={"content-type": "application/json"})
    problem = answer.json()

    assert (answer.status_code, problem["title"], problem["status"]) == (status, title, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["detail"]
    assert problem["remedy"]


def test_a_wrong_method_is_told_the_right_ones(server: Running) -> None:
    answer = httpx.request("DELETE", f"{server.url}{EDITION}/standings")

    assert "GET" in answer.headers["allow"]


def test_a_browser_gets_a_refusal_as_a_page(server: Running) -> None:
    answer = httpx.get(f"{server.url}/<script>", headers={"accept": "text/html,*/*;q=0.8"})

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "<script>" not in answer.text


def test_a_defect_is_a_500_that_says_nothing_of_itself(
    app: App, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(LiveVote, "standings", lambda _self: 1 // 0)
    answer = asked(app, "GET", f"{EDITION}/standings")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "zero" not in answer.text.lower()
    assert "ZeroDivisionError" in caplog.text


def test_an_error_that_is_the_organisers_is_not_told_to_voters(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_self: LiveVote) -> None:
        from plaudit.base.errors import DigestMismatch

        raise DigestMismatch("/srv/secret differs", "restore it")

    monkeypatch.setattr(LiveVote, "standings", refuse)
    answer = asked(app, "GET", f"{EDITION}/standings")

    assert answer.status_code == 500
    assert "secret" not in answer.text


@pytest.mark.parametrize(("options", "second"), [(("--trusted-proxy", "127.0.0.1"), 200), ((), 429)])
def test_networks_are_told_apart_by_a_trusted_proxy_alone(
    tmp_path: Path, options: tuple[str, ...], second: int
) -> None:
    folder = tmp_path / "live"
    open_now(folder)
    toml = folder / "season.toml"
    toml.write_text(toml.read_text("utf-8").replace("sign_ins_per_minute = 0", "sign_ins_per_minute = 1"), "utf-8")
    with running_server(folder, *options) as running:
        statuses = [
            httpx.post(f"{running.api}/sign-in/guest", headers={"x-forwarded-for": told}).status_code
            for told in ("203.0.113.7:51034", "1.1.1.1, 198.51.100.9:443", '"203.0.113.8"')
        ]

    # the third is of the first one's network; what stands left of the last address anybody may have written
    assert statuses == [200, second, 429]


def test_sigterm_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    open_now(tmp_path / "live", votes=1_000_000)  # type: ignore[arg-type]
    leaves: list[int] = []
    with running_server(tmp_path / "live") as running:
        voters = [threading.Thread(target=_vote_on, args=(running.url, leaves, n)) for n in range(8)]
        for voter in voters:
            voter.start()
        for _ in range(3_000):
            if len(leaves) >= 100:
                break
            time.sleep(0.01)
        running.process.send_signal(signal.SIGTERM)
        code = running.process.wait(30)
        for voter in voters:
            voter.join()

    season = read_season(tmp_path / "live")
    with LiveVote(season) as vote:
        assert code == 0
        assert len(set(leaves)) == len(leaves) >= 100
        assert vote.log.size == vote.ballot_store.last()[0] + 1
        assert vote.log.size > max(leaves)
    assert "leaked" not in (tmp_path / "serve.err").read_text()


def test_a_killed_server_leaves_nothing_that_stands_in_the_way(tmp_path: Path) -> None:
    open_now(tmp_path / "live")
    with running_server(tmp_path / "live") as running, guest(running.url) as voter:
        cast(voter, "before-the-kill")
        port = running.url.rpartition(":")[2]
        running.process.kill()
        running.process.wait()
    with running_server(tmp_path / "live", "--port", port) as again, guest(again.url) as voter:
        left = cast(voter, "after-the-kill")["leaf"]

        assert again.url == running.url
        assert left == 2
        assert published(voter, 1)


def test_the_lines_that_are_printed_vote(tmp_path: Path) -> None:
    open_now(tmp_path / "live")
    with running_server(tmp_path / "live", "--demo") as running:
        assert running.process.stdout is not None
        lines = [running.process.stdout.readline() for _ in range(3)]
        script = f"set -e; {lines[0]}{lines[1]}sleep 2; {lines[2]}"
        said = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60).stdout
        about = httpx.get(f"{running.url}/v1/2026-demo").json()

    assert '"is_replay":false' in said
    assert "\nplaudit.example/live/demo/log\n" in said
    assert about["evidence"] == "guest ballots: a demonstration"


@pytest.mark.parametrize("words", [[], ["one", "--season", "two"]])
def test_serve_wants_one_season(
    words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Plaudit(capsys, monkeypatch)("serve", *words)

    assert said.code == 2
    assert "name one season" in said.err


def test_a_season_without_a_live_vote_is_out_of_turn(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    open_now(tmp_path / "live")
    toml = tmp_path / "live" / "season.toml"
    toml.write_text(toml.read_text("utf-8").partition("[vote.live]")[0], "utf-8")
    said = Plaudit(capsys, monkeypatch)("serve", "--season", tmp_path / "live")

    assert said.code == 2
    assert "--demo" in said.err


def test_a_port_is_not_shared(server: Running, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    open_now(tmp_path / "live")

    with (
        pytest.raises(AssertionError, match=f"cannot listen on .* port {port}"),
        running_server(tmp_path / "live", "--port", port),
    ):
        pass


def test_one_folder_has_one_server(tmp_path: Path) -> None:
    season = open_now(tmp_path / "live")
    open_vote(season, NOMINEES)

    with (
        LiveVote(season),
        pytest.raises(AssertionError, match="another process takes this vote's ballots"),
        running_server(tmp_path / "live"),
    ):
        pass
    with pytest.raises(OutOfTurn, match="another process"), LiveVote(season), LiveVote(season):
        pass


def test_the_document_has_every_endpoint(app: App) -> None:
    document = asked(app, "GET", "/docs/openapi.json").json()
    routed = {
        (method.lower(), route.path_format)
        for route in app.litestar.routes
        for method in getattr(route, "methods", ())
        if method != "OPTIONS" and not route.path.startswith("/docs")
    }
    described = {(method, path) for path, held in document["paths"].items() for method in held}

    assert described == routed
    assert ("post", f"{EDITION}/ballots") in described


def test_the_reference_page_is_what_the_server_publishes() -> None:
    written = script("write_http_reference")

    assert written.PAGE.read_text("utf-8") == written.page()


def test_the_page_of_the_document_asks_for_nothing_from_elsewhere(server: Running) -> None:
    page = httpx.get(f"{server.url}/docs").text

    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
    assert f"POST {EDITION}/ballots" in page
    assert "BallotAnswer" in page


def _vote_on(url: str, leaves: list[int], number: int) -> None:
    """Vote until the server goes away."""
    with guest(url) as voter, contextlib.suppress(httpx.TransportError):
        leaves.extend(cast(voter, f"key-{number}-{turn:06d}")["leaf"] for turn in range(10_000))


def _listening(process: int) -> int:
    """Give the port that a process of ours listens on."""
    import psutil

    [port] = {held.laddr.port for held in psutil.Process(process).net_connections() if held.status == "LISTEN"}
    assert isinstance(port, int)
    with socket.create_connection(("127.0.0.1", port)):
        return port
