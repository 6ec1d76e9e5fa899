"""A served vote in a test's hands: voters by the dozen, and requests as a client library sends them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx

from plaudit.vote.keys import session_key
from plaudit.web.sessions import Sessions
from tests.vote.seasons import open_now
from tests.web.load import session
from tests.web.serving import EDITION, Running, running_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plaudit.rulebook.season import Season

__all__ = ["BALLOT", "BALLOTS", "FORM", "GUEST", "JSON", "Vote", "served_vote"]

BALLOTS = f"{EDITION}/ballots"
GUEST = f"{EDITION}/sign-in/guest"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BALLOT = {"nominee": "bts", "votes": 1, "key": "key-00000001"}


class Vote:
    """A served vote, and a new voter for each test."""

    def __init__(self, season: Season, running: Running) -> None:
        self.season = season
        self.running = running
        self._voters = 0
        self.client = httpx.Client(base_url=running.url, verify=False)  # plain HTTP; a TLS context takes long to make

    def voter(self, **how: Any) -> str:
        """Give a new voter's session."""
        self._voters += 1
        return session(self.season, self._voters, **how)

    def csrf(self, token: str) -> str:
        return Sessions(session_key(self.season.folder), self.season.edition, 60).csrf(token)

    def post(self, path: str, body: bytes, **headers: str) -> httpx.Response:
        return self.ask(
            "POST",
            path,
            content=body,
            headers={"content-type": JSON, **{n.replace("_", "-"): t for n, t in headers.items()}},
        )

    def ask(self, method: str, path: str, **sent: Any) -> httpx.Response:
        self.client.cookies.clear()
        return self.client.request(method, path, **sent)

    def cast(self, body: bytes, **headers: str) -> httpx.Response:
        return self.post(BALLOTS, body, authorization=f"Bearer {self.voter()}", **headers)

    def left(self, token: str) -> int:
        """Ask for the votes a voter has left."""
        left: int = self.ask("GET", f"{EDITION}/session", headers={"authorization": f"Bearer {token}"}).json()["left"]
        return left

    def refuse_harm(self) -> None:
        """Check that another voter can vote."""
        answer = self.cast(b'{"nominee": "bts", "key": "after-the-test"}')
        assert answer.status_code == 201, answer.text


@contextmanager
def served_vote(folder: Path, *, ballots_per_minute: int = 0) -> Iterator[Vote]:
    """Serve a new season; in the end, check that the server never stumbled."""
    season = open_now(folder)
    if ballots_per_minute:
        text = (folder / "season.toml").read_text("utf-8")
        limited = text.replace("ballots_per_minute = 0", f"ballots_per_minute = {ballots_per_minute}")
        (folder / "season.toml").write_text(limited, "utf-8")
    with running_server(folder) as running:
        served = Vote(season, running)
        yield served
        served.client.close()
    assert running.process.returncode == 0
    said = (folder.parent / "serve.err").read_text("utf-8")
    assert "defect" not in said
    assert "Traceback" not in said
