"""Posts and reposts of a stream that was followed: who signed each, whom its tags name, and when we had it.

A post counts by the instant at which this machine received it; what its author says of the time is a claim.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from plaudit.archive.reader import archive_folder, records
from plaudit.base.errors import EvidenceError
from plaudit.platforms.answers import dug
from plaudit.platforms.atproto_frames import decoded, operations
from plaudit.platforms.atproto_records import tagged
from plaudit.platforms.contract import Unread
from plaudit.platforms.post_proof import proved, signing_key
from plaudit.rulebook.artists import tag_key
from plaudit.rulebook.live_source import FRAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from plaudit.archive.reader import Placed
    from plaudit.platforms.contract import Said
    from plaudit.platforms.post_proof import Proved
    from plaudit.rulebook.artists import Artists
    from plaudit.rulebook.sources import Source

__all__ = ["DOCUMENTS", "NO_BODY", "NO_DOCUMENT", "Witnessed", "nominees_of", "server_of", "witnessed"]

DOCUMENTS: Final = "identities"
NO_BODY: Final = "body deleted"
NO_DOCUMENT: Final = "no document of its account"
_NO_PROOF: Final = "no proof"
_OK: Final = 200
_EDIT: Final = "edit of a post"


class Witnessed(Struct, frozen=True):
    """One act that a frame of the stream tells of.

    nominee : empty for a repost whose post is not known, or names several
    post : its own address; of a repost, that of the post it passes on
    at : when this machine received it, in microseconds UTC
    server : of its author, as the document says
    reason, detail : why nothing of it can be counted; nothing if its signature and path hold
    """

    segment: str
    row: int
    at: int
    author: str = ""
    nominee: str = ""
    gesture: str = ""
    post: str = ""
    tags: int = 1
    is_deleted: bool = False
    server: str = ""
    reason: str = ""
    detail: str = ""


def nominees_of(said: Said, tags: Mapping[str, str]) -> tuple[str, ...]:
    """Give whom the tags of a post name, each once, by name.

    Parameters
    ----------
    tags : whose each official tag is
    """
    named = {tags.get(tag_key(tag), "") for tag in str(said.values.get("tags", "")).split()}
    return tuple(sorted(named - {""}))


def witnessed(folder: Path, source: Source, artists: Artists, size: int) -> Iterator[Witnessed]:
    """Give what a stream's frames tell, in the order of the archive; what comes again is told once.

    A frame that names no nominee and no known post gives nothing. One that cannot be proved is given with its reason.

    Parameters
    ----------
    size : so many records of the archive are read

    Raises
    ------
    DigestMismatch : a record is damaged.
    """
    known = _Known(folder, source, artists, size)
    told: set[str] = set()
    for placed in _frames(folder, source, size):
        answer = placed.record.answer
        if answer is None:
            yield _nothing(placed, NO_BODY, "its digest is in the record")
            continue
        message = decoded(answer.body)
        for said in operations(message):
            if isinstance(said, Unread):
                yield _nothing(placed, said.reason, said.detail)
            elif said.kind == "tagged" and (address := str(said.values["post"])) not in told:
                found = list(known.acts(placed, message, said))
                told |= {address} if found else set()
                yield from found


class _Known:
    """What all frames say together: documents by account, whom each post names, what is gone."""

    def __init__(self, folder: Path, source: Source, artists: Artists, size: int) -> None:
        self._tags = artists.tags()
        self._documents: dict[str, list[tuple[int, Any]]] = defaultdict(list)
        self._named: dict[str, tuple[str, ...]] = {}
        self._gone: set[str] = set()
        for placed in records(archive_folder(folder), source.id, size):
            answer = placed.record.answer
            if answer is None:
                continue
            if answer.ask.what == DOCUMENTS and answer.status == _OK and answer.ask.accounts:
                self._documents[answer.ask.accounts[0]].append((placed.record.leaf, _json(answer.body)))
            elif answer.ask.what == FRAMES:
                self._take(answer.body)

    def _take(self, frame: bytes) -> None:
        for said in operations(decoded(frame)):
            if isinstance(said, Unread):
                continue
            if said.kind == "deletions":
                self._gone.add(str(said.values["post"]))
            elif said.kind == "tagged" and not said.values["is_edit"] and (named := nominees_of(said, self._tags)):
                self._named.setdefault(str(said.values["post"]), named)

    def acts(self, placed: Placed, message: Any, said: Said) -> Iterator[Witnessed]:
        """Give what one operation of a frame amounts to: an act for each nominee, or the reason why none."""
        address, of = str(said.values["post"]), str(said.values.get("of", ""))
        is_repost = said.values["gesture"] == "repost"
        if not (of in self._named if is_repost else nominees_of(said, self._tags)):
            return
        author, path = address.removeprefix("at://").split("/", 1)
        if said.values["is_edit"]:
            yield _nothing(placed, _EDIT, address)
            return
        document, found = self._proved(placed.record.leaf, message, author, path)
        if found is None:
            yield _nothing(placed, *document)
            return
        (signed,) = tagged(author, path, "create", found.record, found.cid)
        named = self._named[of] if is_repost else nominees_of(signed, self._tags)
        if is_repost and len(named) > 1:
            named = ("",)
        for nominee in named:
            yield Witnessed(
                placed.segment,
                placed.row,
                placed.record.answered_at,
                author,
                nominee,
                str(signed.values["gesture"]),
                of if is_repost else address,
                1 if is_repost else len(named),
                address in self._gone,
                server_of(document),
            )

    def _proved(self, leaf: int, message: Any, author: str, path: str) -> tuple[Any, Proved | None]:
        """Give the document whose key signed, and what it proves; or a reason and a detail, and nothing.

        Keys are changed now and then, so that the last document before the frame and the first one after it are tried.
        """
        held = self._documents.get(author, [])
        place = bisect_left(held, leaf, key=lambda pair: pair[0])
        why = (NO_DOCUMENT, author)
        for _, document in held[max(0, place - 1) : place + 1]:
            try:
                return document, proved(message["blocks"], author, path, signing_key(document, author))
            except EvidenceError as error:
                why = (_NO_PROOF, f"at://{author}/{path}: {error.what}")
        return why, None


def server_of(document: Any) -> str:
    """Give the host of the server that a document names; nothing where it names none.

    Examples
    --------
    >>> server_of({"service": [{"id": "#atproto_pds", "serviceEndpoint": "https://pds.example"}]})
    'pds.example'
    """
    listed = dug(document, "service")
    for one in listed if isinstance(listed, list) else []:
        at = dug(one, "serviceEndpoint")
        if str(dug(one, "id")).endswith("#atproto_pds") and isinstance(at, str):
            return at.partition("://")[2].partition("/")[0].lower()
    return ""


def _frames(folder: Path, source: Source, size: int) -> Iterator[Placed]:
    for placed in records(archive_folder(folder), source.id, size):
        if placed.record.ask.what == FRAMES:
            yield placed


def _json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


def _nothing(placed: Placed, reason: str, detail: str) -> Witnessed:
    return Witnessed(placed.segment, placed.row, placed.record.answered_at, reason=reason, detail=detail)
