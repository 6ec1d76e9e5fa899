"""What another process asks of the one that serves a vote, through files in the vote's folder.

    SEASON/vote/close-request     why the vote is closed; gone once it is closed
    SEASON/vote/import-request    the source to import; gone once it is taken up
    SEASON/vote/import-answer     what became of it

Whoever may write there may close the vote anyway; the folder is its owner's alone.
"""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.base import errors
from plaudit.base.errors import OutOfTurn, PlauditError, ProofInvalid
from plaudit.vote.imports import Imported, ballot_source, import_while_serving

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.vote.live import LiveVote

__all__ = [
    "import_requested",
    "keep_importing",
    "request_closing",
    "request_import",
    "requested_import",
    "withdraw_import",
]

LOOK_SECONDS: Final = 0.5


def request_closing(folder: Path, because: str) -> None:
    """Ask the serving process to close the vote."""
    _put(folder / "vote" / "close-request", because)


def request_import(folder: Path, source: str) -> None:
    """Ask the serving process to import a source.

    Raises
    ------
    OutOfTurn : an earlier request is not taken up yet.
    """
    request = folder / "vote" / "import-request"
    (folder / "vote" / "import-answer").unlink(missing_ok=True)
    fresh = request.with_name(f".{request.name}-{os.getpid()}")
    fresh.write_text(source, "utf-8")
    try:
        os.link(fresh, request)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise OutOfTurn(
            f"{request.name} is there already",
            "wait for the import before; if no server runs any more, remove the file",
        ) from None
    finally:
        fresh.unlink()


def requested_import(folder: Path) -> Imported | None:
    """Give what became of the requested import, or None while nothing has.

    Raises
    ------
    PlauditError : what the import raised in the serving process.
    """
    path = folder / "vote" / "import-answer"
    if not path.is_file():
        return None
    answer: dict[str, Any] = json.loads(path.read_bytes())
    path.unlink()
    if "title" not in answer:
        return msgspec.convert(answer, Imported)
    kind = getattr(errors, answer["title"], None)
    if not (isinstance(kind, type) and issubclass(kind, PlauditError)):
        raise ProofInvalid(f"{path.name} names an error {answer['title']!r}", "look into the server's own log")
    raise kind(answer["detail"], answer["remedy"])


def withdraw_import(folder: Path) -> bool:
    """Take a request back, and say whether nobody had taken it up."""
    try:
        (folder / "vote" / "import-request").unlink()
    except FileNotFoundError:
        return False
    return True


async def keep_importing(vote: LiveVote) -> None:
    """Import what is asked for, while the vote is served."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        await import_requested(vote)


async def import_requested(vote: LiveVote) -> None:
    """Import what is asked for now, if anything is."""
    request = vote.season.folder / "vote" / "import-request"
    if not request.is_file():
        return
    name = request.read_text("utf-8")
    request.unlink()
    answer: Any
    try:
        answer = msgspec.to_builtins(await import_while_serving(vote, ballot_source(vote.season, name)))
    except PlauditError as error:
        answer = error.problem()
    _put(request.with_name("import-answer"), json.dumps(answer, ensure_ascii=False))


def _put(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all."""
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    fresh.write_text(text, "utf-8")
    fresh.replace(path)
