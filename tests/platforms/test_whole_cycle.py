"""Each platform's cycle goes through the fetcher, the archive and collect, and says what the exam says."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import pytest

from plaudit.archive.reader import archive_folder, records
from plaudit.collect.collect import collect
from plaudit.collect.live import said_by
from plaudit.fetch.keys import key_variable
from plaudit.platforms.contract import Ask
from plaudit.platforms.registry import platform
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.fetch.fetching import FakeClock
from tests.fetch.fetching import fetch_once as fetched
from tests.platforms import appview, test_lastfm, test_listenbrainz, test_mastodon, test_wikimedia, test_x, test_youtube
from tests.platforms.discovery import YouTubeServer
from tests.platforms.exam import ASKED_AT, answered, figures

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.platforms.contract import Answer

pytestmark = pytest.mark.slow
CANARY = "canary-that-must-not-be-kept"


class Case(NamedTuple):
    """What is asked of whom; `least` is how many readings come of it at least."""

    what: tuple[str, ...]
    accounts: tuple[str, ...]
    serve: Callable[[], Callable[[Ask], Answer]]
    least: int


CASES = {
    "atproto": Case(("followers", "posts"), (appview.ANN, "bob.test"), lambda: appview.appview, 20),
    "youtube": Case(
        ("followers", "posts"),
        (test_youtube.LABEL, "@TheBand"),
        lambda: YouTubeServer(test_youtube.CHANNELS, test_youtube.VIDEOS),
        15,
    ),
    "mastodon": Case(
        ("followers", "posts"),
        test_mastodon.ACCOUNTS[:1],
        lambda: test_mastodon.recorded("test_accounts.yaml", "test_fetch_next_previous.yaml"),
        10,
    ),
    "wikimedia": Case(("page_views",), test_wikimedia.ACCOUNTS[:2], lambda: test_wikimedia.serve, 8),
    "listenbrainz": Case(("plays",), (test_listenbrainz.PLAYED,), lambda: test_listenbrainz.serve, 2),
    "lastfm": Case(("plays",), ("Mr Sizef + Unquote",), lambda: test_lastfm.serve, 2),
    "x": Case(("followers", "posts"), ("Ann", "8"), lambda: test_x.serve, 10),
}


class Served:
    """A server on this machine that answers as a function does; `came` is what was sent to it, headers too."""

    def __init__(self, serve: Callable[[Ask], Answer]) -> None:
        self.came: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0))).decode()
                outer.came.append(f"{self.path} {self.headers}")
                path = self.path.partition("&api_key=")[0]
                ask = Ask("", "", f"http://localhost:3000{path}", body=body, accounts=())
                try:
                    answer = serve(ask)
                except KeyError:
                    answer = answered(ask, 404, {"error": "not recorded"})
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    if name.startswith(("x-", "link", "content-type")):
                        self.send_header(name, value)
                self.send_header("content-length", str(len(answer.body)))
                self.end_headers()
                self.wfile.write(answer.body)

            do_POST = do_GET  # noqa: N815 (the base's name)

            def log_message(self, format: str, *args: object) -> None: ...  # noqa: A002 (the base's name)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def __enter__(self) -> Served:
        self.thread = Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


def season(folder: Path, name: str, case: Case, server: str) -> Path:
    accounts = ", ".join(f'{{ platform = "{name}", account = {json.dumps(one)} }}' for one in case.accounts)
    folder.mkdir()
    (folder / "artists.toml").write_text(
        f'[[artist]]\nid = "ann"\nnames = {{ en = "Ann" }}\nkind = "person"\naccounts = [{accounts}]\n', "utf-8"
    )
    (folder / "season.toml").write_text(
        f"""
title = "Live"
about = "For tests."
award = "live"
edition = "2026"
origin = "tests.example/live"

[[source]]
id = "parrot-live"
kind = "live"
title = "What is answered"
platform = "{name}"
coverage = {{ from = 2026-09-01, to = 2026-12-31, sampling = "all accounts", synthetic = true }}
fetch = {{ what = {json.dumps(case.what)}, every = "1d", days = 60, server = "{server}" }}
""",
        "utf-8",
    )
    return folder


@pytest.mark.parametrize("name", CASES)
def test_a_cycle_is_fetched_archived_and_collected(tmp_path: Path, name: str) -> None:
    case, asked = CASES[name], platform(name)
    with Served(case.serve()) as served:
        folder = season(tmp_path / "s", name, case, served.url)
        host = urlsplit(served.url).hostname
        value = f"{host} {CANARY}" if name == "mastodon" else CANARY
        status = fetched(folder, FakeClock(ASKED_AT), {key_variable(name, key): value for key in asked.keys})
    kept = [placed.record for placed in records(archive_folder(folder), "parrot-live")]
    rows = [row for record in kept for row in said_by(record, asked)]
    tables = Evidence(folder / "evidence")
    collect(read_season(folder), tables, bytes(32), on_progress=lambda _name, _rows: None)

    assert status.gaps == 0
    assert len(kept) == len(served.came)
    assert figures(asked, rows)
    assert len(tables.to_rows(tables.read("readings"))) >= case.least
    assert all(CANARY in one for one in served.came) == bool(asked.keys)
    assert not any(CANARY.encode() in path.read_bytes() for path in folder.rglob("*") if path.is_file())
