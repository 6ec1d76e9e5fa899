"""Logs written by another implementation, and real web servers that serve them, well or badly."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tlog_scales.signing import PlainEd25519Signer
from tlog_scales.writer import TilesWriter

from plaudit.ledger.note import Signer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAME = "log.example/vote"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = Signer(NAME, KEY)
VERIFIER = SIGNER.verifier


def entries(size: int, story: str = "ballot") -> list[bytes]:
    """Give the entries of a story, each of another length."""
    return [b"%s %d" % (story.encode(), number) + b"." * (number % 7) for number in range(size)]


def write_log(folder: Path, leaves: list[bytes]) -> Path:
    """Write a log of these entries, or let the one in the folder grow to them."""
    writer = TilesWriter.from_path(folder) if folder.exists() else TilesWriter.create(folder, NAME)
    for leaf in leaves[writer.size :]:
        writer.add_leaf(leaf)
    writer.commit([PlainEd25519Signer(NAME, KEY)])
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    """Give every file by its path below the folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as any static host does."""
    with serving(partial(Quiet, directory=str(folder))) as url:
        yield url


@contextmanager
def serving(answer: Any) -> Iterator[str]:
    """Let a handler answer on a free port of this machine."""
    with ThreadingHTTPServer(("127.0.0.1", 0), answer) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class Endless(BaseHTTPRequestHandler):
    """Sends bytes as long as somebody reads."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(bytes(1 << 16))
        except OSError:
            return

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the parent's name
        pass


class Drips(Endless):
    """Sends a byte now and then."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            for _ in range(400):
                self.wfile.write(b"x")
                self.wfile.flush()
                threading.Event().wait(0.05)
        except OSError:
            return


class Redirects(Endless):
    """Sends everybody round in circles, or to a local file."""

    to = "/again"

    def do_GET(self) -> None:
        self.send_response(302)
        self.send_header("Location", self.to)
        self.send_header("Content-Length", "0")
        self.end_headers()


class ToFile(Redirects):
    """Sends everybody to a file of their own."""

    to = "file:///etc/hostname"
