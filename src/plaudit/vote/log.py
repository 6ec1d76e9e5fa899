"""The log of a vote: its checkpoint as cited, and the log that ballots from files become.

evidence/log/
├── checkpoint       origin, size and root, signed by the log's key
├── opened           where witnesses are named: the same, of the first leaf alone
├── verifier.key     the key that verifies it
└── tile/            hashes and entries
"""

from __future__ import annotations

import base64
import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import DigestMismatch, OutOfTurn, PlauditError, ProofInvalid, SignatureInvalid
from plaudit.base.weeks import instant_text, to_instant
from plaudit.ledger.build import build
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import Verifier, join_signatures
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.season import LOG
from plaudit.vote.statements import CLOSING_TYPE, bound_names, is_statement, read_opening, refuse_other_opening
from plaudit.vote.witnesses import (
    OPENED,
    Times,
    opened_checkpoint,
    read_policy,
    refuse_too_few,
    witnessed_stated,
)

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.ledger.note import Signer
    from plaudit.rulebook.season import Season
    from plaudit.vote.leaves import Leaves

__all__ = [
    "CHECKPOINT",
    "LOG_KEY",
    "Closing",
    "cited_log",
    "discard_log",
    "first_open",
    "has_log",
    "last_close",
    "logged_ballots",
    "read_checkpoint",
    "read_closing",
    "read_log_key",
    "workers_for",
    "write_log",
]

CHECKPOINT: Final = "checkpoint"
LOG_KEY: Final = "verifier.key"
_LARGE: Final = 1 << 20
"""From so many leaves on, starting a second process costs less than it saves."""


@dataclass(frozen=True)
class Closing:
    """What the last leaf states: how many ballots there are, when the vote was closed, and why so early, if it was."""

    ballots: int
    closed_at: int
    because: str


def has_log(season: Season) -> bool:
    """Say whether a season's ballots are in a log: those it takes itself, and those that come from files one by one."""
    return season.live is not None or (
        season.vote is not None and any(source.kind == "ballots" for source in season.sources)
    )


def last_close(season: Season) -> int:
    """Give the instant at which the last voting window ends."""
    return max(window.closes_at for window in season.windows())


def first_open(season: Season) -> int:
    """Give the instant at which the first voting window opens."""
    return min(window.opens_at for window in season.windows())


def workers_for(size: int) -> int:
    """Give the number of processes that walk a log of that size."""
    return 2 if size >= _LARGE else 1


def write_log(season: Season, leaves: Leaves, signer: Signer) -> None:
    """Put the log of ballots from files in place of an earlier one; it appears whole or not at all.

    What witnesses signed of its opening stays, and of its last checkpoint, where that is still the same.

    Raises
    ------
    OutOfTurn : the season took ballots itself, and a log made of files would replace theirs.
    ProofInvalid : the vote was opened with another opening; it says what differs.
    """
    if _is_taken_live(season):
        raise OutOfTurn(
            f"{season.folder.name}/vote holds ballots that this season took itself, and season.toml has no [vote.live]",
            "put [vote.live] back, or move the folder vote away",
        )
    place = season.files.apart / LOG
    fresh = place.with_name(".log")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    root = build(fresh, leaves.size, leaves, workers=workers_for(leaves.size))
    (fresh / LOG_KEY).write_bytes(f"{signer.verifier}\n".encode())
    checkpoint = Checkpoint(signer.verifier.name, leaves.size, root)
    note = _cosigned(season, CHECKPOINT, sign_checkpoint(checkpoint, signer))
    (fresh / CHECKPOINT).write_bytes(note.encode())
    if (season.log / OPENED).is_file():
        _refuse_opened_otherwise(season, leaves)
        opened = sign_checkpoint(opened_checkpoint(signer.verifier.name, leaves.opening.leaf), signer)
        (fresh / OPENED).write_bytes(_cosigned(season, OPENED, opened).encode())
    season.files.remove(LOG)
    place.parent.mkdir(parents=True, exist_ok=True)  # the log may have been all that was in it
    fresh.rename(place)


def discard_log(season: Season) -> None:
    """Remove a log that was made of files, where one is there."""
    if not _is_taken_live(season):
        season.files.remove(LOG)


def _cosigned(season: Season, name: str, note: str) -> str:
    """Give a note with the lines that the one in its place has under the same text."""
    held = _text(season.log / name) if (season.log / name).is_file() else ""
    try:
        return join_signatures(note, held)
    except (SignatureInvalid, ValueError):  # damaged, or of another tree
        return note


def _refuse_opened_otherwise(season: Season, leaves: Leaves) -> None:
    """Refuse a season that no longer says what its log was opened with."""
    try:
        held = LogReader(FolderFiles(season.log)).entry(0)
    except PlauditError:
        return  # its leaves are damaged; the text of its opening's checkpoint tells nothing more
    refuse_other_opening(held, leaves.opening)


def cited_log(season: Season) -> dict[str, Any]:
    """Give what a certificate cites of the season's log.

    Raises
    ------
    OutOfTurn : there is no log, or its vote is not closed.
    SignatureInvalid : the key beside it did not sign the checkpoint, or too few witnesses did.
    """
    verifier = read_log_key(season.log)
    checkpoint = read_checkpoint(season, verifier)
    closed = read_closing(season)
    opened = read_opening(LogReader(FolderFiles(season.log)).entry(0)).stated
    witnesses = _witnesses(season, verifier, opened["witnesses"], closed) if "witnesses" in opened else None
    return {
        **({"keys": opened["keys"]} if opened.get("keys") else {}),
        **({"witnesses": witnesses} if witnesses else {}),
        **bound_names(opened),
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": base64.b64encode(checkpoint.root).decode(),
        "key": str(verifier),
        "closed_at": instant_text(closed.closed_at),
        "because": closed.because,
    }


def _witnesses(season: Season, log: Verifier, stated: object, closed: Closing) -> dict[str, Any]:
    """Give what witnesses say of the log, if enough of them do."""
    opened = _text(season.log / OPENED) if (season.log / OPENED).is_file() else None
    times = Times(first_open(season), closed.closed_at)
    found = witnessed_stated(read_policy(stated), log, times, opened, _text(season.log / CHECKPOINT))
    refuse_too_few(found)
    return found


def read_log_key(folder: Path) -> Verifier:
    """Read the key that lies in a log's folder.

    Raises
    ------
    SignatureInvalid : no such file, or it holds anything but one key and a newline.
    """
    text = _text(folder / LOG_KEY)
    try:
        verifier = Verifier.parse(text)
    except SignatureInvalid as error:
        raise SignatureInvalid(f"evidence/log/{LOG_KEY}: {error.what}", error.remedy, file=LOG_KEY) from None
    if text != f"{verifier}\n":
        raise SignatureInvalid(
            f"evidence/log/{LOG_KEY}: {text!r} is not one key and a newline", "get the whole file again"
        )
    return verifier


def logged_ballots(season: Season) -> int:
    """Give how many ballots a closed log's checkpoint covers: every leaf but the opening and the closing."""
    return read_checkpoint(season, read_log_key(season.log)).size - 2


def read_checkpoint(season: Season, verifier: Verifier) -> Checkpoint:
    """Read the log's checkpoint, signed by the key.

    Raises
    ------
    OutOfTurn : there is none.
    SignatureInvalid : the log did not sign it.
    ProofInvalid : it is of another log.
    """
    note = _text(season.log / CHECKPOINT)
    try:
        return open_checkpoint(note, verifier)
    except (SignatureInvalid, ProofInvalid) as error:
        raise type(error)(f"evidence/log/{CHECKPOINT}: {error.what}", error.remedy, file=CHECKPOINT) from None


def read_closing(season: Season) -> Closing:
    """Read the last leaf of the season's log.

    Raises
    ------
    OutOfTurn : it is no closing; the vote is open.
    ProofInvalid : it states another number of ballots than the log holds.
    """
    log = LogReader(FolderFiles(season.log))
    last = log.entry(log.size - 1) if log.size else b""
    stated = json.loads(last) if is_statement(last) else {}
    if stated.get("type") != CLOSING_TYPE:
        raise OutOfTurn(
            f"the vote is not closed; its last window ends at {instant_text(last_close(season))}",
            "close it first: plaudit vote close SEASON",
        )
    if stated["ballots"] != log.size - 2:
        raise ProofInvalid(
            f"the closing states {stated['ballots']} ballots, the log holds {log.size - 2}",
            "whoever closed the vote made a mistake or a forgery; ask them",
        )
    return Closing(log.size - 2, to_instant(datetime.fromisoformat(stated["closed_at"])), stated["because"])


def _is_taken_live(season: Season) -> bool:
    return (season.folder / "vote" / "ballots.sqlite").exists()


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise OutOfTurn(
            f"no file {path.name} in {path.parent.name}/", "run first: plaudit run SEASON, or plaudit vote open SEASON"
        ) from None
    except UnicodeDecodeError:
        raise DigestMismatch(
            f"evidence/log/{path.name} is not UTF-8", "get the whole file again", file=path.name
        ) from None
