# ruff: noqa: A002, ARG002, D102
"""Asking a platform: processor time per answer, archived and synced, and what a year of answers takes.

    python benchmarks/fetch.py [ANSWERS]

A made-up platform on this machine answers with 2 KB of JSON; its server is a process of its own. One source asks for
so many answers, one after another, each on the disk before the next is asked for. The processor time is that of the
process that asks. Then the archive alone takes as many answers.
"""

from __future__ import annotations

import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit.archive.archive import Archive
from plaudit.archive.reader import archive_folder, records
from plaudit.fetch.clock import MachineClock
from plaudit.fetch.fetch import Fetcher
from plaudit.ledger.note import Signer
from plaudit.platforms import registry
from plaudit.platforms.contract import Answer, Ask, Limit, Outcome, Said
from plaudit.rulebook.season import read_season

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Wish

SEASON = """
title = "A benchmark"
about = "Made up."
award = "benchmark"
edition = "1"
origin = "bench.example/fetch"

[[source]]
id = "bench-live"
kind = "live"
title = "Made up"
platform = "bench"
coverage = { from = 2026-01-01, to = 2099-12-31, sampling = "all", synthetic = true }
fetch = { what = ["followers"], every = "7d", server = "SERVER" }
"""
ARTISTS = (
    '[[artist]]\nid = "a"\nnames = { en = "A" }\nkind = "person"\naccounts = [{ platform = "bench", account = "a" }]\n'
)
SAID = {"followers": 123_456, "about": [{"number": number, "text": "x" * 20} for number in range(40)]}


class Bench:
    """A platform that is asked the same so many times."""

    id = "bench"
    offers: Mapping[str, frozenset[str]] = {"followers": frozenset({"followers"})}
    keys: tuple[str, ...] = ()
    headers: frozenset[str] = frozenset({"content-type"})
    limits: tuple[Limit, ...] = (Limit("asks", 10_000_000, 3_600),)

    def __init__(self, answers: int) -> None:
        self._answers = answers

    def begin(self, wish: Wish) -> Sequence[Ask]:
        return [
            Ask("bench", "followers", f"{wish.server}/{number}", ("a",), pool="asks") for number in range(self._answers)
        ]

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:
        return ()

    def outcome(self, answer: Answer) -> Outcome:
        return Outcome("answered" if answer.status == 200 else "failed")

    def rows(self, answer: Answer) -> Iterator[Said]:
        yield Said("readings", {"account": "a", "metric": "followers", "value": json.loads(answer.body)["followers"]})

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        return ask


class Handler(BaseHTTPRequestHandler):
    """Says the same to whoever asks."""

    protocol_version = "HTTP/1.1"
    body = json.dumps(SAID).encode()

    def do_GET(self) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(self.body)
        self.wfile.write(head + self.body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


def serve() -> None:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_port, flush=True)
    server.serve_forever()


def asked(folder: Path, answers: int) -> None:
    command = [sys.executable, __file__, "--serve"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        port = server.stdout.readline().strip()
        (folder / "season.toml").write_text(SEASON.replace("SERVER", f"http://127.0.0.1:{port}"), "utf-8")
        (folder / "artists.toml").write_text(ARTISTS, "utf-8")
        registry.platforms = lambda: {"bench": Bench(answers)}  # type: ignore[assignment, dict-item]
        fetcher = Fetcher(read_season(folder), {}, MachineClock())
        since, spent = time.monotonic(), cpu_seconds()
        asyncio.run(fetcher.once())
        fetcher.close()
        took, spent = time.monotonic() - since, cpu_seconds() - spent
        server.kill()
    told("asked, archived, synced", answers, took, spent)


def kept(folder: Path, answers: int) -> None:
    signer = Signer("bench.example/fetch/archive", Ed25519PrivateKey.from_private_bytes(bytes(32)))
    at, body = time.time_ns() // 1_000, json.dumps(SAID).encode()
    with Archive(archive_folder(folder), signer) as archive:
        since, spent = time.monotonic(), cpu_seconds()
        for number in range(answers):
            ask = Ask("bench", "followers", f"http://127.0.0.1/{number}", ("a",), pool="asks")
            archive.append("bench-live", [(Answer(ask, at + number, at + number + 1, 200, {}, body), 0)])
        archive.publish()
        told("archived, synced", answers, time.monotonic() - since, cpu_seconds() - spent)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    print(f"{size / answers:8,.0f} bytes an answer on the disk, log and all; {len(body):,} in its body")
    since, spent = time.monotonic(), cpu_seconds()
    read = sum(1 for _ in records(archive_folder(folder), "bench-live"))
    told("read again, checked", read, time.monotonic() - since, cpu_seconds() - spent)


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def told(what: str, answers: int, took: float, spent: float) -> None:
    print(f"{spent / answers * 1_000:8.3f} ms of processor time an answer, {answers / took:8,.0f} a second: {what}")


def main(answers: int) -> None:
    with tempfile.TemporaryDirectory(prefix="plaudit-bench-") as first, tempfile.TemporaryDirectory() as second:
        asked(Path(first), answers)
        kept(Path(second), answers)


if __name__ == "__main__":
    if "--serve" in sys.argv:
        serve()
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000)
