r"""What a witness has seen: of each log the last checkpoint that it signed, in one file that never goes back.

    {"plaudit.example/my-award/log": "plaudit.example/my-award/log\n700\n…"}

Whoever signs holds the file's lock, finds there what was seen when the new checkpoint was
proven, writes the new one so that it outlives a power cut, and only then signs. So two
runs of one witness, however they overlap, never sign two histories.
"""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, SignatureInvalid
from plaudit.base.lock import hold
from plaudit.ledger.checkpoint import stated_checkpoint
from plaudit.ledger.files import FolderFiles

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["Memory"]

_POLL_SECONDS: Final = 0.02
_WAITS_SECONDS: Final = 10.0
_LOGS_MOST: Final = 1_000
"""A key may sign for any number of logs below its name, and each that is remembered is read with every request."""
_RESTORE: Final = "restore it: a witness that forgets can be made to sign two histories; else begin with another key"


class Memory:
    """A witness's memory in a file; each use reads it again, under its lock where something is signed.

    Parameters
    ----------
    path : of the file; its lock lies beside it
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def begin(self) -> None:
        """Make the file of a witness that has seen nothing yet, unless it is there."""
        if self.path.exists():
            return
        if not self.path.parent.is_dir():
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            FolderFiles(self.path.parent).write(".gitignore", b"*\n")
        self._write({})

    @property
    def is_empty(self) -> bool:
        """Whether nothing was ever signed."""
        return not self._read()

    def seen(self, origin: str) -> str:
        """Give the last note of a log that was signed; empty where none was.

        Raises
        ------
        SignatureInvalid : the file is missing or damaged.
        """
        return self._read().get(origin, "")

    def advance(self, origin: str, known: str, note: str, sign: Callable[[], str]) -> str | None:
        """Remember a note in place of the one it was proven to follow, then sign, and give what `sign` gives.

        Parameters
        ----------
        known : what `seen` gave when the new note was proven
        note : the new one, which is not of a smaller tree
        sign : called once the note is remembered; nobody else signs meanwhile

        Returns
        -------
        None if something else was remembered in the meantime: prove it again.

        Raises
        ------
        OutOfTurn : another process does not let go of the lock, or a thousand logs are remembered already.
        SignatureInvalid : as `seen`.
        """
        with self._held():
            memory = self._read()
            if memory.get(origin, "") != known:
                return None
            if origin not in memory and len(memory) >= _LOGS_MOST:
                raise OutOfTurn(
                    f"the witness remembers {len(memory):,} logs already", "begin another, with its own key"
                )
            if known and _size(known) > _size(note):
                raise ValueError("a witness does not go back")
            if known != note:
                self._write({**memory, origin: note})
            return sign()

    def _read(self) -> dict[str, str]:
        try:
            found = json.loads(self.path.read_bytes())
            is_memory = isinstance(found, dict) and all(isinstance(note, str) for note in found.values())
        except FileNotFoundError:
            raise SignatureInvalid(f"the witness's memory {self.path.name} is missing", _RESTORE) from None
        except (ValueError, RecursionError):
            is_memory = False
        if not is_memory:
            raise SignatureInvalid(f"the witness's memory {self.path.name} is damaged", _RESTORE)
        return dict(found)

    def _write(self, memory: dict[str, str]) -> None:
        data = json.dumps(memory, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
        FolderFiles(self.path.parent).write(self.path.name, data, durably=True)

    @contextmanager
    def _held(self) -> Iterator[None]:
        handle = os.open(self.path.with_name(f"{self.path.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            until = time.monotonic() + _WAITS_SECONDS
            while not hold(handle):
                if time.monotonic() > until:
                    raise OutOfTurn("another process signs as this witness", "wait for it to end, then ask again")
                time.sleep(_POLL_SECONDS)
            yield
        finally:
            os.close(handle)


def _size(note: str) -> int:
    return stated_checkpoint(note).size
