"""The log of a season's acts: each is written once, with who did it and why.

SEASON/acts/
├── checkpoint, verifier.key, tile/     a tile log, signed by the key of the vote's log as ORIGIN/acts
└── agreed/close-9f2c6f0b….note         what operators signed for an act that is not done yet, or is
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from plaudit.acts.act import Act, read_act
from plaudit.base.disk import refused, sync
from plaudit.base.errors import DigestMismatch, OutOfTurn, ProofInvalid
from plaudit.base.lock import hold
from plaudit.ledger.check import check as check_log
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log
from plaudit.ledger.note import Verifier
from plaudit.ledger.reader import LogReader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plaudit.ledger.note import Signer

__all__ = ["FOLDER", "acts_key", "acts_origin", "read_acts", "record"]

FOLDER: Final = "acts"
_KEY: Final = "verifier.key"


def acts_origin(origin: str) -> str:
    """Give the name of the log of a season's acts.

    Examples
    --------
    >>> acts_origin("plaudit.example/my-award")
    'plaudit.example/my-award/acts'
    """
    return f"{origin}/acts"


def record(season: Path, act: Act, signer: Signer) -> bool:
    """Write an act into the log, unless it is there; say whether it was written.

    An act is there if one of the same name on the same subject is: a verb that is repeated does nothing again.

    Raises
    ------
    OutOfTurn : another process writes to the log.
    DigestMismatch : the log is of another key.
    FileRefused : the folder cannot be written.
    """
    folder = season / FOLDER
    try:
        with _held(folder):
            _own(folder, signer.verifier)
            log, last = Log(folder), 0
            for number in range(log.size):
                held = read_act(log.entry(number), number)
                if (held.act, held.subject) == (act.act, act.subject):
                    return False
                last = held.at
            log.append([replace(act, at=max(act.at, last)).leaf])  # a clock set back makes no act earlier
            log.publish(signer)
    except OSError as error:
        raise refused(error, folder) from error
    return True


def read_acts(season: Path) -> tuple[Checkpoint, list[Act]] | None:
    """Give the acts of a season in their order, each file of the log checked; None where nothing was written.

    Raises
    ------
    SignatureInvalid, DigestMismatch : the log is not what the key beside it signed.
    ProofInvalid : a leaf is no act, or one is earlier than the one before.
    """
    folder = season / FOLDER
    files = FolderFiles(folder)
    if files.read("checkpoint") is None:
        if (folder / "tile").exists():
            raise DigestMismatch("acts/checkpoint is missing", "restore it from a copy", file="checkpoint")
        return None
    checkpoint = open_checkpoint((folder / "checkpoint").read_bytes().decode("utf-8", "replace"), acts_key(season))
    check_log(files, checkpoint)
    reader = LogReader(files)
    acts = [read_act(reader.entry(number), number) for number in range(checkpoint.size)]
    for number, (before, after) in enumerate(pairwise(acts), start=1):
        if after.at < before.at:
            raise ProofInvalid(f"act {number} is earlier than the one before it", "ask the signer", leaf=number)
    return checkpoint, acts


def acts_key(season: Path) -> Verifier:
    """Give the key beside the log of acts.

    Raises
    ------
    DigestMismatch : there is none.
    SignatureInvalid : it is no key.
    """
    path = season / FOLDER / _KEY
    if not path.is_file():
        raise DigestMismatch(f"{FOLDER}/{_KEY} is missing", "restore it from a copy", file=_KEY)
    return Verifier.parse(path.read_bytes().decode("utf-8", "replace"))


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    folder.mkdir(exist_ok=True)
    handle = os.open(folder / ".writer", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        if not hold(handle):
            raise OutOfTurn("another process writes down an act of this season", "repeat the command in a moment")
        yield
    finally:
        os.close(handle)


def _own(folder: Path, ours: Verifier) -> None:
    path = folder / _KEY
    if not path.exists():
        path.write_bytes(f"{ours}\n".encode())
        sync(path)
        sync(folder)
    elif path.read_bytes() != f"{ours}\n".encode():
        raise DigestMismatch(
            f"keys/log.pem is not the key that signed {FOLDER}/checkpoint",
            "restore keys/log.pem from your backup; an act is not written under another key",
            file="log.pem",
        )
