"""A real server on a season's folder, as the command starts it, in a process of its own."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["EDITION", "Running", "cast", "guest", "published", "running_server"]

EDITION = "/v1/2026"
_COMMAND = "from plaudit.cli.main import main; main()"


class Running(NamedTuple):
    """A server that answers."""

    url: str
    process: subprocess.Popen[str]

    @property
    def api(self) -> str:
        return self.url + EDITION


@contextmanager
def running_server(season_folder: Path, *options: str) -> Iterator[Running]:
    """Run `plaudit serve SEASON --port 0 options…` and stop it by SIGTERM, if it still runs.

    What it says on stderr goes to `serve.err` beside the season.
    """
    with (season_folder.parent / "serve.err").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", _COMMAND, "serve", str(season_folder), "--open", "--port", "0", *options],
            stdout=subprocess.PIPE,
            stderr=said,
            text=True,
            env={**os.environ, "PYTHONWARNINGS": "error::ResourceWarning"},
        )
    assert process.stdout is not None
    try:
        yield Running(_url(process, season_folder), process)
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(30)
        finally:
            process.kill()
            process.stdout.close()


@contextmanager
def guest(url: str) -> Iterator[httpx.Client]:
    """Give a client that is signed in as a new guest, by its bearer's token."""
    with httpx.Client(base_url=url, verify=False) as client:  # making a TLS context takes longer than a vote
        session = client.post(f"{EDITION}/sign-in/guest").raise_for_status().json()["session"]
        client.cookies.clear()
        client.headers["authorization"] = f"Bearer {session}"
        yield client


def cast(client: httpx.Client, key: str, nominee: str = "bts", votes: int = 1) -> Any:
    """Cast a ballot and give the answer."""
    body = {"nominee": nominee, "votes": votes, "key": key}
    return client.post(f"{EDITION}/ballots", json=body).raise_for_status().json()


def published(client: httpx.Client, leaf: int) -> str:
    """Wait for a ballot's receipt under a published checkpoint, at most five seconds."""
    for _ in range(100):
        answer = client.get(f"{EDITION}/receipts/{leaf}")
        if answer.status_code == 200:
            return answer.text
        time.sleep(0.05)
    raise AssertionError(answer.text)


def _url(process: subprocess.Popen[str], season_folder: Path) -> str:
    """Read the address that the command prints once the server answers."""
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], 60)
    line = process.stdout.readline() if ready else ""
    if not line.startswith("http"):
        process.kill()
        process.wait()
        raise AssertionError((season_folder.parent / "serve.err").read_text("utf-8"))
    return line.strip().rstrip("/")
