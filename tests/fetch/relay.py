"""A relay and a directory on this machine, which serve what a real PDS and PLC said, and a season that follows them."""

from __future__ import annotations

import asyncio
import json
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import libipld
from websockets.exceptions import ConnectionClosed
from websockets.sync.server import serve

from plaudit.fetch.fetch import Fetcher
from plaudit.platforms.atproto_frames import decoded
from plaudit.rulebook.season import read_season
from tests.fetch.fetching import FakeClock
from tests.platforms.pds.recorded import recorded, recorded_frames

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from websockets.sync.server import ServerConnection

DIDS: dict[str, str] = recorded()["facts"]["dids"]
POSTS: dict[str, str] = recorded()["facts"]["posts"]
TUESDAY = 1_796_083_200_000_000
"""2026-12-01T00:00Z, after the day that was recorded."""

_SEASON = """\
title = "A hashtag vote"
about = "For tests."
award = "hashtags"
edition = "2026"
origin = "tests.example/hashtags"

[nomination]
rule = "named-list@1"
named = [{ nominee = "ann", source = "tests" }, { nominee = "bob", source = "tests" }]

[vote]
rule = "by-tag@1"

[[vote.window]]
id = "vote"
from = 2026-12-01T00:00:00Z
to = 2026-12-02T00:00:00Z

[[source]]
id = "hashtags"
kind = "ballots"
title = "Posts with an official tag"
platform = "atproto"
coverage = { from = 2026-12-01, to = 2026-12-02, sampling = "what the relay sent", synthetic = true }
fetch = { what = ["frames"], server = "RELAY", directory = "DIRECTORY" }
constants = { channel = "post" }
"""
_RULE = """\
kind = "counting"
id = "by-tag"
version = 1
title = "Votes by tag"
because = "Posts, reposts and quotes count alike."

[day]
zone = "UTC"

[[channel]]
id = "post"
name = "posts with a nominee's tag"
gestures = { vote = "void", post = "counts", repost = "counts", quote = "void" }
cap = { votes = 5, per = "day", scope = "award" }
tags_most = 1
deleted = "void"

[ties]
then = "share"
"""
_ARTISTS = """\
[[artist]]
id = "ann"
names = { en = "Ann" }
kind = "person"
tags = ["annfortheaward", "앤에게투표"]

[[artist]]
id = "bob"
names = { en = "Bob" }
kind = "person"
tags = ["TopSocial"]
"""


def documents() -> dict[str, Any]:
    """Give the documents that the directory gave, by account."""
    return {one["did"]: one["document"] for one in recorded()["proofs"]} | {
        json.loads(one["body"])["id"]: json.loads(one["body"])
        for one in recorded()["answers"]
        if "/did:plc:" in one["url"] and one["status"] == 200
    }


@contextmanager
def relay(frames: Sequence[bytes] | None = None, first: Sequence[bytes] = ()) -> Iterator[str]:
    """Serve frames from a cursor on, as a relay does; `first` comes before all of them."""
    sent = recorded_frames() if frames is None else frames

    def follow(stream: ServerConnection) -> None:
        assert stream.request is not None
        cursor = int(parse_qs(urlsplit(stream.request.path).query).get("cursor", ["0"])[0])
        for frame in first:
            stream.send(frame)
        for frame in sent:
            message: Any = decoded(frame)
            if message["seq"] > cursor:
                stream.send(frame)
        with suppress(ConnectionClosed):
            stream.recv()

    with serve(follow, "127.0.0.1", 0, compression=None) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{server.socket.getsockname()[1]}"
        server.shutdown()
        thread.join()


@contextmanager
def directory(held: Mapping[str, Any] | None = None) -> Iterator[str]:
    """Serve accounts' documents."""
    said = documents() if held is None else held

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            document = said.get(self.path.removeprefix("/"))
            body = json.dumps(document or {"message": "DID not registered"}).encode()
            self.send_response(200 if document else 404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_season(folder: Path, stream: str, said_at: str, **changed: str) -> Path:
    """Make a season that follows a relay."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    text = _SEASON.replace("RELAY", stream).replace("DIRECTORY", said_at)
    for old, new in changed.items():
        assert old in text
        text = text.replace(old, new)
    (folder / "season.toml").write_text(text, "utf-8")
    (folder / "rules" / "by-tag@1.toml").write_text(_RULE, "utf-8")
    (folder / "artists.toml").write_text(_ARTISTS, "utf-8")
    return folder


def follow_once(season: Path, clock: FakeClock | None = None) -> Fetcher:
    """Take what the stream holds ready."""
    fetcher = Fetcher(read_season(season), {}, clock or FakeClock(TUESDAY + 1_000_000), deadline_seconds=0.5)
    try:
        asyncio.run(fetcher.once())
    finally:
        fetcher.close()
    return fetcher


def frame(kind: str, **message: Any) -> bytes:
    """Make a frame."""
    return bytes(libipld.encode_dag_cbor({"op": 1, "t": kind}) + libipld.encode_dag_cbor(message))
