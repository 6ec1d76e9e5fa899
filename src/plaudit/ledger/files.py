"""Where a log's files are: in a folder, or on any web server.

    FolderFiles(folder).read("tile/0/273.p/112")
    UrlFiles("https://vote.example.org/log").read("checkpoint")

Reading gives the bytes of a path, or None where there is no such file.
"""

from __future__ import annotations

import os
import time
import urllib.error
import urllib.request
import zlib
from http.client import HTTPException
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol
from urllib.parse import urlsplit

from plaudit.base.errors import SourceUnavailable
from plaudit.ledger.tiles import ENTRY_BYTES_MAX, WIDTH

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

__all__ = ["FILE_BYTES_MAX", "PART", "Files", "FolderFiles", "UrlFiles"]

PART: Final = ".part"
FILE_BYTES_MAX: Final = WIDTH * (2 + ENTRY_BYTES_MAX)
"""No file of a log is longer than a bundle of the longest entries."""

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_SYNCED_ONE_BY_ONE: Final = 16


class Files(Protocol):
    """The files of a log, to be read."""

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes; None if there is no such file."""


class FolderFiles:
    """The files of a log in a folder.

    A file appears whole or not at all, but it outlives a power cut only once `settle` has returned.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root = os.fspath(folder)
        self._loose: set[str] = set()
        self._changed: set[str] = set()

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes; None if there is no such file."""
        try:
            with open(f"{self._root}/{path}", "rb", buffering=0) as file:  # noqa: PTH123  a Path costs more than the read
                return file.read()
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None

    def write(self, path: str, data: bytes, *, durably: bool = False) -> None:
        """Write a file, which appears under its name once it is whole.

        Parameters
        ----------
        durably : it takes its name once it would outlive a power cut, and keeps it; nothing is left to `settle`
        """
        target = f"{self._root}/{path}"
        part = target + PART
        try:
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        except FileNotFoundError:
            self._make(os.path.dirname(part))  # noqa: PTH120
            handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        with open(handle, "wb", buffering=0) as file:  # noqa: PTH123
            _write_all(file, data)
            if durably:
                os.fsync(file)
        os.replace(part, target)  # noqa: PTH105
        if durably:
            _sync(os.path.dirname(target))  # noqa: PTH120
        elif len(self._loose) <= _SYNCED_ONE_BY_ONE:
            self._loose.add(target)
            self._changed.add(os.path.dirname(target))  # noqa: PTH120

    def create(self, path: str, data: bytes) -> None:
        """Write a file that is not there and that nobody reads yet; half of it may be seen, and `settle` skips it.

        This takes two thirds of the time of `write`.
        """
        target = f"{self._root}/{path}"
        try:
            handle = os.open(target, _NEW, 0o644)
        except FileNotFoundError:
            self._make(os.path.dirname(target))  # noqa: PTH120
            handle = os.open(target, _NEW, 0o644)
        with open(handle, "wb", buffering=0) as file:  # noqa: PTH123
            _write_all(file, data)

    def settle(self) -> None:
        """Return when everything written so far would outlive a power cut.

        Few files are synced one by one, and then the folders that name them; many with one sync of the whole system:
        5,000 new files took 70 ms that way, 200 took 40 ms one by one.
        """
        if len(self._loose) > _SYNCED_ONE_BY_ONE:
            os.sync()
        else:
            for path in (*sorted(self._loose), *sorted(self._changed)):
                _sync(path)
        self._loose.clear()
        self._changed.clear()

    def paths(self) -> Iterator[str]:
        """Give the path of every file below `tile/`, in no order."""
        for folder, _, names in os.walk(f"{self._root}/tile"):
            below = folder[len(self._root) + 1 :]
            for name in names:
                yield f"{below}/{name}"

    def _make(self, folder: str) -> None:
        """Make a folder; those that name a new one must be synced too."""
        missing = Path(folder)
        while not missing.exists():
            self._changed.add(os.fspath(missing.parent))
            missing = missing.parent
        Path(folder).mkdir(parents=True, exist_ok=True)


class UrlFiles:
    """The files of a log below an address, over HTTP or HTTPS.

    Parameters
    ----------
    url : the log's prefix
    timeout_seconds : for one whole file

    Raises
    ------
    SourceUnavailable : the address is none of http or https.
    """

    def __init__(self, url: str, *, timeout_seconds: float = 30) -> None:
        _refuse_scheme(url)
        self._url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._opener = urllib.request.build_opener(_WebOnly)

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes; None if the server says there is no such file.

        Raises
        ------
        SourceUnavailable : the server is late, answers with an error, or sends more than a log can hold.
        """
        url = f"{self._url}/{path}"
        asked = urllib.request.Request(url, headers={"Accept-Encoding": "gzip, identity", "User-Agent": "plaudit"})  # noqa: S310
        give_up_at = time.monotonic() + self._timeout_seconds
        try:
            with self._opener.open(asked, timeout=self._timeout_seconds) as answer:
                data = _bounded(answer, give_up_at)
                return _unzipped(data) if answer.headers.get("Content-Encoding") == "gzip" else data
        except urllib.error.HTTPError as refused:
            with refused:
                if refused.code in {404, 410}:
                    return None
            raise SourceUnavailable(f"{url} answers {refused.code} {refused.reason}", "try later", url=url) from None
        except (OSError, HTTPException, zlib.error, ValueError) as failed:
            raise SourceUnavailable(
                f"{url} cannot be read: {failed}", "check the address, or try later", url=url
            ) from None


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follow redirects, but not to files or other protocols."""

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Message, newurl: str
    ) -> urllib.request.Request | None:
        _refuse_scheme(newurl)
        return super().redirect_request(req, fp, code, msg, headers, newurl)  # type: ignore[arg-type]


def _refuse_scheme(url: str) -> None:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise SourceUnavailable(f"{url} is no web address", "it looks like: https://vote.example.org/log", url=url)


def _bounded(answer: IO[bytes], give_up_at: float) -> bytes:
    """Read an answer; a server that sends without end, or a byte at a time, is left."""
    data = bytearray()
    while piece := answer.read1(1 << 16):  # type: ignore[attr-defined]
        data += piece
        if len(data) > FILE_BYTES_MAX:
            raise ValueError(f"more than {FILE_BYTES_MAX} bytes")
        if time.monotonic() > give_up_at:
            raise ValueError("too slow")
    if getattr(answer, "length", None):  # what the server announced and did not send; `read1` says nothing
        raise ValueError(f"cut off after {len(data)} bytes")
    return bytes(data)


def _unzipped(data: bytes) -> bytes:
    opened = zlib.decompressobj(31)
    plain = opened.decompress(data, FILE_BYTES_MAX)
    if not opened.eof or opened.unused_data:
        raise ValueError("its gzip stream is cut off, or too long")
    return plain


def _write_all(file: IO[bytes], data: bytes) -> None:
    """Write all of it: the system may take a part, as when a disk is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]


def _sync(path: str) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
