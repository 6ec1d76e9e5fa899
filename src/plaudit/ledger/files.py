"""Where a log's files are: in a folder, or on any web server.

    FolderFiles(folder).read("tile/0/273.p/112")
    UrlFiles("https://vote.example.org/log").read("checkpoint")

Reading gives the bytes of a path, or None where there is no such file.
"""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Protocol

from plaudit.base.disk import sync
from plaudit.base.errors import SourceUnavailable
from plaudit.ledger.tiles import ENTRY_BYTES_MAX, WIDTH
from plaudit.ledger.web import exchange, refuse_no_address

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["FILE_BYTES_MAX", "PART", "Files", "FolderFiles", "UrlFiles"]

PART: Final = ".part"
FILE_BYTES_MAX: Final = WIDTH * (2 + ENTRY_BYTES_MAX)
"""No file of a log is longer than a bundle of the longest entries."""

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_SYNCED_ONE_BY_ONE: Final = 16
_OK: Final = 200
_MISSING: Final = frozenset({404, 410})
_FORBIDDEN: Final = 403


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
            sync(os.path.dirname(target))  # noqa: PTH120
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
        if len(self._loose) > _SYNCED_ONE_BY_ONE and hasattr(os, "sync"):
            os.sync()
        else:
            for path in (*sorted(self._loose), *sorted(self._changed)):
                sync(path)
        self._loose.clear()
        self._changed.clear()

    def paths(self) -> Iterator[str]:
        """Give the path of every file below `tile/`, in no order."""
        for folder, _, names in os.walk(f"{self._root}/tile"):
            below = folder[len(self._root) + 1 :].replace(os.sep, "/")
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
    timeout_seconds : for one whole file: connections, redirects, headers, body

    Raises
    ------
    SourceUnavailable : the address is none of http or https.
    """

    def __init__(self, url: str, *, timeout_seconds: float = 30) -> None:
        refuse_no_address(url)
        self._url = url.rstrip("/")
        self._timeout_seconds = timeout_seconds
        self._context: ssl.SSLContext | None = None

    def read(self, path: str) -> bytes | None:
        """Give a file's bytes; None if the server says there is no such file.

        For a partial file, 403 says so too: an object store whose folders may not be listed answers it for what is
        not there, and the full file is looked for next.

        Raises
        ------
        SourceUnavailable : the server is late, answers with an error, redirects elsewhere, or sends more than a log
            can hold.
        """
        url = f"{self._url}/{path}"
        self._context = self._context or ssl.create_default_context()
        found = exchange(url, timeout_seconds=self._timeout_seconds, most_bytes=FILE_BYTES_MAX, context=self._context)
        if found.status == _OK:
            return found.data
        if found.status in _MISSING or (found.status == _FORBIDDEN and ".p/" in path):
            return None
        raise SourceUnavailable(f"{url} answers {found.status} {found.reason}", "try later", url=url)


def _write_all(file: IO[bytes], data: bytes) -> None:
    """Write all of it: the system may take a part, as when a disk is nearly full."""
    rest = memoryview(data)
    while rest:
        rest = rest[file.write(rest) :]
