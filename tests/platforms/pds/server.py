"""A real PDS and PLC for a test, and what they said once, kept as a recording.

Real are the server, its directory, its repositories and signatures, and the official client that
made the accounts and posts; made up are the people. `python -m tests.platforms.pds.server` records again.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from websockets.sync.client import connect

from plaudit.platforms.atproto import Atproto
from plaudit.platforms.contract import Answer, Ask, Wish
from tests.platforms.exam import ASKED_AT

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
KEPT = Path(os.environ.get("PLAUDIT_TEST_CACHE") or Path.home() / ".cache" / "plaudit-tests")
RECORDING = HERE / "recording.json"
PROVED = ("tag", "photos", "korean", "repost", "last")


@cache
def installed() -> Path:
    """Give the folder in which the packages of the lock file are installed; minutes, the first time."""
    npm = shutil.which("npm")
    if not shutil.which("node") or not npm:
        pytest.skip("Node or npm is not installed: a real PDS cannot be started")
    lock = (HERE / "package-lock.json").read_bytes()
    folder = KEPT / f"pds-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not (folder / "node_modules" / ".done").exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            (folder / name).write_bytes((HERE / name).read_bytes())
        subprocess.run(
            [npm, "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, timeout=1500, capture_output=True
        )
        native = folder / "node_modules" / "better-sqlite3" / "build" / "Release" / "better_sqlite3.node"
        if not native.exists():  # newer npm runs no install script that nobody approved
            subprocess.run([npm, "rebuild", "better-sqlite3"], cwd=folder, check=True, timeout=900, capture_output=True)
        (folder / "node_modules" / ".done").touch()
    return folder


@contextmanager
def lived() -> Iterator[dict[str, Any]]:
    """Start the server, let the story happen, give where it is and who did what; stop it at the end."""
    command = ["node", str(HERE / "story.cjs")]
    server = subprocess.Popen(command, cwd=installed(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin is not None
    assert server.stdout is not None
    try:
        line = next((line for line in server.stdout if line.startswith('{"pds"')), "")
        assert line, "the PDS did not start"
        yield json.loads(line)
    finally:
        server.stdin.close()
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            server.kill()
        server.stdout.close()


def asked(ask: Ask) -> Answer:
    """Ask the server itself."""
    try:
        with urlopen(ask.url, timeout=20) as response:  # the test's own server, on this machine
            return Answer(ask, ASKED_AT, ASKED_AT + 9, response.status, headers_of(response), response.read())
    except HTTPError as error:
        with error:
            return Answer(ask, ASKED_AT, ASKED_AT + 9, error.code, headers_of(error), error.read())


def headers_of(response: Any) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items() if name.lower() in Atproto.headers}


def frames(facts: dict[str, Any]) -> list[bytes]:
    """Give every frame that the server has sent so far, from its first on."""
    address = Atproto().tail(Wish((), ("frames",), 0, server=facts["pds"].replace("http", "ws", 1)), "0").url
    found: list[bytes] = []
    with connect(address, open_timeout=20, max_size=None) as stream:
        while True:
            try:
                message = stream.recv(timeout=1.5)
            except TimeoutError:
                return found
            assert isinstance(message, bytes)
            found.append(message)


def proofs(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Give, for some records, the proof that the server gives and the DID document of now."""
    found = []
    for name in PROVED:
        did, _, path = facts["posts"][name].removeprefix("at://").partition("/")
        collection, _, rkey = path.partition("/")
        query = urlencode({"did": did, "collection": collection, "rkey": rkey})
        with urlopen(f"{facts['pds']}/xrpc/com.atproto.sync.getRecord?{query}", timeout=20) as response:
            car = base64.b64encode(response.read()).decode()
        with urlopen(f"{facts['plc']}/{did}", timeout=20) as response:
            document = json.loads(response.read())
        found.append({"name": name, "did": did, "path": path, "car": car, "document": document})
    return found


def valid(answers: list[tuple[str, object]]) -> list[str]:
    """Give what the official lexicons find wrong with answers: a list of complaints."""
    command = ["node", str(HERE / "story.cjs"), "check"]
    done = subprocess.run(
        command, cwd=installed(), input=json.dumps(answers), capture_output=True, text=True, timeout=60, check=True
    )
    return list(json.loads(done.stdout))


def record() -> None:
    """Record what the server says, for the tests that start none."""
    with lived() as facts:
        said: dict[str, Any] = {"facts": facts, "proofs": proofs(facts), "answers": [], "frames": []}
        told = frames(facts)
        said["frames"] = [base64.b64encode(frame).decode() for frame in told if b"number " not in frame]
        for wish in wishes(facts):
            for ask in Atproto().begin(wish):
                answer = asked(ask)
                while True:
                    kept = {"url": answer.ask.url, "status": answer.status, "headers": answer.headers}
                    said["answers"].append({**kept, "body": answer.body.decode()})
                    further = list(Atproto().follow(wish, answer))
                    if not further:
                        break
                    answer = asked(further[0])
    RECORDING.write_text(json.dumps(said, indent=0) + "\n", "utf-8")


def wishes(facts: dict[str, Any]) -> list[Wish]:
    """Give the cycles that are asked of the server and of its directory."""
    dids = tuple(facts["dids"].values())
    return [
        Wish(dids, ("records",), 0, server=facts["pds"]),
        Wish((*dids, "did:plc:" + "a" * 24), ("identities",), 0, server=facts["plc"]),
    ]


if __name__ == "__main__":
    record()
