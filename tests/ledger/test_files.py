"""Files of a log in a folder and on a real web server, which may be slow, wrong or hostile."""

from __future__ import annotations

import gzip
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import SourceUnavailable
from plaudit.ledger import files as ledger_files
from plaudit.ledger.files import FolderFiles, UrlFiles
from plaudit.ledger.web import exchange

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


REDIRECTS = {
    "moved": "checkpoint",
    "to-file": "file:///etc/hostname",
    "to-ftp": "ftp://127.0.0.1/x",
    "to-other-host": "http://localhost:%(port)d/log/checkpoint",
    "to-other-port": "http://127.0.0.1:1/log/checkpoint",
}


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
DRIPS = {
    "slow": (b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", b"."),
    "slow-status": (b"HTTP/1.1 ", b"2"),
    "slow-head": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "slow-head-line": (b"HTTP/1.1 200 OK\r\nX: ", b"y"),
    "continue": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "chunks": (CHUNKED, b"1\r\n.\r\n"),
    "chunk-extension": (CHUNKED + b"1;", b"x"),
    "trailer": (CHUNKED + b"0\r\n", b"X: y\r\n"),
    "silent": (b"", b""),
}
"""What a server sends first, and then for ever."""


class Answers(BaseHTTPRequestHandler):
    """Answers each path in its own way."""

    def do_GET(self) -> None:
        name = self.path.rsplit("/", 1)[-1]
        zipped = gzip.compress(b"the checkpoint" * 100)
        plain = {"checkpoint": b"the checkpoint", "long": bytes(1001), "full": bytes(1000)}
        zips = {"zipped": zipped, "cut": zipped[:-1], "bomb": gzip.compress(bytes(10_000)), "unzipped": b"no gzip"}
        if name in plain:
            self.answer(200, plain[name])
        elif name in zips:
            self.answer(200, zips[name], ("Content-Encoding", "gzip"))
        elif name in {"404", "410", "500", "403"}:
            self.answer(int(name), b"")
        elif name in REDIRECTS:
            self.answer(302, b"", ("Location", REDIRECTS[name] % {"port": self.connection.getsockname()[1]}))
        elif "403.p/" in self.path:
            self.answer(403, b"")
        elif name == "early-end":
            self.answer(200, b"half", ("Content-Length", "100"))
        elif name in DRIPS:
            self.drip(*DRIPS[name])
        elif name == "slow-404":
            self.wfile.write(b"HTTP/1.1 404 No\r\nContent-Length: 9\r\n")
            self.drip(b"", b"X: y\r\n")

    do_POST = do_GET  # noqa: N815 - the parent's name

    def drip(self, first: bytes, then: bytes) -> None:
        """Send a little now and then, for as long as somebody waits, or five seconds."""
        self.wfile.write(first)
        for _ in range(250):
            self.wfile.write(then)
            time.sleep(0.02)

    def answer(self, status: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(status)
        for header, value in headers:
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients leave early here, on purpose."""


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Server(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/log"
        server.shutdown()
        thread.join()


@pytest.fixture
def small_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_files, "FILE_BYTES_MAX", 1000)


def test_a_file_comes_from_the_web_whatever_its_encoding(url: str) -> None:
    files = UrlFiles(f"{url}/")

    assert files.read("checkpoint") == files.read("moved") == b"the checkpoint"
    assert files.read("zipped") == b"the checkpoint" * 100


@pytest.mark.parametrize("path", ["404", "410", "tile/0/403.p/7"])
def test_what_the_server_does_not_have_is_none(url: str, path: str) -> None:
    assert UrlFiles(url).read(path) is None


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("500", "answers 500"),
        ("403", "answers 403"),
        ("long", "more than 1000 bytes"),
        ("bomb", "gzip stream is cut off, or too long"),
        ("cut", "gzip stream is cut off"),
        ("unzipped", "cannot be read"),
        ("early-end", "cut off after 4 bytes"),
        ("to-file", "answers 302"),
        ("to-ftp", "is not a web address"),
        ("to-other-host", "redirects to another host, http://localhost"),
        ("to-other-port", "redirects to another host, http://127.0.0.1:1/"),
        ("nothing", "cannot be read"),
    ],
)
@pytest.mark.usefixtures("small_logs")
def test_a_wrong_answer_makes_the_source_unavailable(url: str, path: str, message: str) -> None:
    with pytest.raises(SourceUnavailable, match=message):
        UrlFiles(url).read(path)


@pytest.mark.usefixtures("small_logs")
def test_a_file_of_exactly_the_most_bytes_is_read(url: str) -> None:
    assert UrlFiles(url).read("full") == bytes(1000)


@pytest.mark.parametrize("body", [None, b"posted"])
@pytest.mark.parametrize("path", [*DRIPS, "slow-404"])
def test_a_server_that_sends_a_little_for_ever_is_left(url: str, path: str, body: bytes | None) -> None:
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"too slow|timed out|got more than 100 headers"):
        exchange(f"{url}/{path}", timeout_seconds=0.3, most_bytes=1000, body=body)

    assert time.monotonic() - began < 2.5


def test_what_was_posted_is_not_sent_on_to_where_a_server_points(url: str) -> None:
    with pytest.raises(SourceUnavailable, match="redirects to"):
        exchange(f"{url}/moved", timeout_seconds=5, most_bytes=1000, body=b"posted")


@pytest.mark.parametrize(
    "address",
    [
        *("file:///etc", "ftp://example.org", "example.org/log", "", "/folder"),
        *("http://[::1", "http://[", "https://", "http://example.org:99999", "http://a:b"),
    ],
)
def test_only_web_addresses_are_taken(address: str) -> None:
    with pytest.raises(SourceUnavailable, match="is not a web address"):
        UrlFiles(address)


def test_nobody_listening_makes_the_source_unavailable() -> None:
    with pytest.raises(SourceUnavailable, match="cannot be read"):
        UrlFiles("http://127.0.0.1:1").read("checkpoint")


def test_a_folder_gives_its_files_and_none_for_what_is_no_file(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "new" / "log")
    files.write("tile/0/000.p/1", b"one")
    files.write("tile/0/000.p/1", b"two")
    files.create("tile/entries/x001/000", b"three")
    files.settle()

    assert files.read("tile/0/000.p/1") == b"two"
    assert sorted(files.paths()) == ["tile/0/000.p/1", "tile/entries/x001/000"]
    for path in ("tile/0", "tile/0/000.p/1/2", "checkpoint"):
        assert files.read(path) is None


def test_a_file_that_is_there_is_not_created_again(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    files.create("checkpoint", b"one")

    with pytest.raises(FileExistsError):
        files.create("checkpoint", b"two")
    assert files.read("checkpoint") == b"one"
