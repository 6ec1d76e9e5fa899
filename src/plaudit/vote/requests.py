"""What another process asks of the one that serves a vote, through files in the vote's folder.

    SEASON/vote/close-request     why the vote is closed; gone once it is closed
    SEASON/vote/import-request    the source to import; gone once it is taken up
    SEASON/vote/import-answer     what became of it

A request that cannot be read is kept as `….refused` and named, so that it is met once.

Whoever may write there may close the vote anyway; the folder is its owner's alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.base import errors
from plaudit.base.errors import OutOfTurn, PlauditError, ProofInvalid, VoteUnavailable
from plaudit.vote.imports import Imported, ballot_source, import_while_serving
from plaudit.vote.lock import why
from plaudit.vote.request_files import CLOSE_REQUEST, IMPORT_REQUEST, asked, refuse_name, refuse_reason

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
_log = logging.getLogger("plaudit.vote")


def request_closing(folder: Path, because: str) -> None:
    """Ask the serving process to close the vote.

    Raises
    ------
    OutOfTurn : the last leaf could not hold the reason.
    """
    refuse_reason(because)
    _put(folder / "vote" / CLOSE_REQUEST, because)


def request_import(folder: Path, source: str) -> None:
    """Ask the serving process to import a source.

    Raises
    ------
    OutOfTurn : an earlier request is not taken up yet.
    """
    request = folder / "vote" / IMPORT_REQUEST
    (folder / "vote" / "import-answer").unlink(missing_ok=True)
    fresh = request.with_name(f".{request.name}-{os.getpid()}")
    fresh.write_bytes(source.encode())
    try:
        os.link(fresh, request)  # unlike a rename, it replaces nothing
    except FileExistsError:
        raise OutOfTurn(
            f"{request.name} already exists",
            "wait for the earlier import; if no server runs any more, remove the file",
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
        raise ProofInvalid(f"{path.name} names an error {answer['title']!r}", "see the server's own log")
    raise kind(answer["detail"], answer["remedy"])


def withdraw_import(folder: Path) -> bool:
    """Take a request back, and say whether nobody had taken it up."""
    try:
        (folder / "vote" / IMPORT_REQUEST).unlink()
    except FileNotFoundError:
        return False
    return True


async def keep_importing(vote: LiveVote) -> None:
    """Import what is asked for, while the vote is served; whatever becomes of it, the vote goes on."""
    told = ""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            await import_requested(vote)
        except (OSError, PlauditError) as error:  # the folder cannot be written: the request is met again
            if told != (told := str(error)):
                _log.error("an import that was asked for: %s", error)


async def import_requested(vote: LiveVote) -> None:
    """Import what is asked for now, if anything is."""
    request = vote.season.folder / "vote" / IMPORT_REQUEST
    answer: Any
    try:
        name = asked(request, refuse_name)
        if not name:
            return
        request.unlink()
        answer = msgspec.to_builtins(await import_while_serving(vote, ballot_source(vote.season, name)))
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001 - whoever asked is told; the traceback of a defect is logged
        answer = _told(error).problem()
    _put(request.with_name("import-answer"), json.dumps(answer, ensure_ascii=False))


def _told(error: Exception) -> PlauditError:
    if isinstance(error, PlauditError):
        _log.warning("an import that was asked for: %s", error)
        return error
    _log.error("a defect", exc_info=error)
    return VoteUnavailable(f"the import failed: {why(error)}", "the server's messages say more; the vote goes on")


def _put(path: Path, text: str) -> None:
    """Write a file that is there whole or not at all."""
    fresh = path.with_name(f".{path.name}-{os.getpid()}")
    fresh.write_bytes(text.encode())
    fresh.replace(path)
