"""A ballot as a leaf: 54 bytes, so that with RFC 6962's prefix a leaf is one block of SHA-256.

    01 00 0002 00000001 0006… …      version, channel, nominee, votes, cast_at, voter, …

References
----------
docs/spec/ballot-leaf.md
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from plaudit.base.errors import ProofInvalid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["GESTURES", "RECORD_BYTES", "Ballot", "Names", "packed"]

GESTURES: Final = ("vote", "post", "repost", "quote")
RECORD_BYTES: Final = 54
NO_CHANNEL: Final = 0xFF
NO_NOMINEE: Final = 0xFFFF
"""Stand for a name that the opening does not declare: such a ballot counts for nobody."""
_VERSION: Final = 1
_DELETED, _PRIVATE, _HAS_AGE = 1, 2, 4
_LAYOUT: Final = struct.Struct(">BBHIqQBBHHq16s")
_INSTANTS: Final = range(-62_135_596_800_000_000, 253_402_300_800_000_000)
"""The years 1 to 9999."""
_ROOM: Final = {
    "votes": (1, 2**32 - 1),
    "cast_at": (_INSTANTS[0], _INSTANTS[-1]),
    "voter": (0, 2**63 - 1),
    "tags": (1, 2**16 - 1),
}
"""What a record has room for."""
_COLUMNS: Final = np.dtype(
    [
        ("version", ">u1"),
        ("channel", ">u1"),
        ("nominee", ">u2"),
        ("votes", ">u4"),
        ("cast_at", ">i8"),
        ("voter", ">u8"),
        ("gesture", ">u1"),
        ("flags", ">u1"),
        ("tags", ">u2"),
        ("source", ">u2"),
        ("account_created_at", ">i8"),
        ("post", "V16"),
    ]
)


class Ballot(Struct, frozen=True):
    """One ballot, in the words of the table ballots; `post` is the post's address."""

    channel: str
    nominee: str
    votes: int
    cast_at: int
    voter: int
    source: str
    gesture: str = "vote"
    tags: int = 1
    is_deleted: bool = False
    is_private: bool = False
    account_created_at: int | None = None
    post: str = ""


@dataclass(frozen=True)
class Names:
    """The names an opening declares; a record holds their positions.

    Examples
    --------
    >>> names = Names(("web",), ("bts", "drake"), ("guest",))
    >>> record = names.pack(Ballot("web", "drake", 3, 1526313600000000, 7, "guest"))
    >>> record[:8].hex(" ", 2), len(record)
    ('0100 0001 0000 0003', 54)
    >>> names.unpack(record)["nominee"]
    'drake'
    """

    channels: tuple[str, ...]
    nominees: tuple[str, ...]
    sources: tuple[str, ...]
    _channel: dict[str, int] = field(init=False, repr=False, compare=False)
    _nominee: dict[str, int] = field(init=False, repr=False, compare=False)
    _source: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for place, names in (("_channel", self.channels), ("_nominee", self.nominees), ("_source", self.sources)):
            object.__setattr__(self, place, {name: position for position, name in enumerate(names)})

    def pack(self, ballot: Ballot) -> bytes:
        """Give a ballot's record."""
        flags = _DELETED * ballot.is_deleted | _PRIVATE * ballot.is_private
        if ballot.account_created_at is not None:
            flags |= _HAS_AGE
        return _LAYOUT.pack(
            _VERSION,
            self._channel.get(ballot.channel, NO_CHANNEL),
            self._nominee.get(ballot.nominee, NO_NOMINEE),
            ballot.votes,
            ballot.cast_at,
            ballot.voter,
            GESTURES.index(ballot.gesture),
            flags,
            ballot.tags,
            self._source[ballot.source],
            ballot.account_created_at or 0,
            _post_digest(ballot.post),
        )

    def unpack(self, record: bytes) -> dict[str, Any]:
        """Give a record's values; `post` is the first half of the address's SHA-256, in hexadecimal, or empty.

        Raises
        ------
        ProofInvalid : it is no record, or names what the opening does not declare.
        """
        if len(record) != RECORD_BYTES or record[0] != _VERSION:
            raise ProofInvalid(f"{len(record)} bytes are not a ballot record", "the leaf is a statement, or damaged")
        _, channel, nominee, votes, cast_at, voter, gesture, flags, tags, source, created_at, post = _LAYOUT.unpack(
            record
        )
        if flags > _DELETED + _PRIVATE + _HAS_AGE or (created_at and not flags & _HAS_AGE):
            raise ProofInvalid(f"flags {flags} of the record mean nothing", "the leaf is damaged")
        if not (votes and tags) or voter >> 63 or not all(at in _INSTANTS for at in (cast_at, created_at)):
            raise ProofInvalid(
                f"a record with votes {votes}, tags {tags}, voter {voter} and instants {cast_at} and {created_at}"
                " is no ballot's",
                "the leaf is damaged, or whoever signed it made it up",
            )
        try:
            return {
                "channel": None if channel == NO_CHANNEL else self.channels[channel],
                "nominee": None if nominee == NO_NOMINEE else self.nominees[nominee],
                "votes": votes,
                "cast_at": cast_at,
                "voter": voter,
                "gesture": GESTURES[gesture],
                "tags": tags,
                "is_deleted": bool(flags & _DELETED),
                "is_private": bool(flags & _PRIVATE),
                "account_created_at": created_at if flags & _HAS_AGE else None,
                "post": post.hex() if any(post) else "",
                "source": self.sources[source],
            }
        except IndexError:
            raise ProofInvalid(
                "the record names something that its opening does not declare", "check that both belong to one log"
            ) from None


def packed(ballots: pa.Table, names: Names) -> NDArray[np.void]:
    """Give the records of rows of the table ballots, in their order; `.tobytes()` is record after record.

    Raises
    ------
    ProofInvalid : a value has no room in a record, or the opening does not declare the source; names ballot and value.
    """
    _refuse_what_does_not_fit(ballots)
    records = np.zeros(ballots.num_rows, _COLUMNS)
    records["version"] = _VERSION
    records["channel"] = _positions(ballots, "channel", names.channels, NO_CHANNEL)
    records["nominee"] = _positions(ballots, "nominee", names.nominees, NO_NOMINEE)
    records["gesture"] = _positions(ballots, "gesture", GESTURES)
    records["source"] = _positions(ballots, "source", names.sources)
    for column in ("votes", "cast_at", "voter", "tags"):
        records[column] = ballots[column].to_numpy()
    created_at = ballots["account_created_at"]
    records["account_created_at"] = created_at.fill_null(0).to_numpy()
    records["flags"] = (
        _DELETED * ballots["is_deleted"].to_numpy()
        + _PRIVATE * ballots["is_private"].to_numpy()
        + _HAS_AGE * created_at.is_valid().to_numpy()
    )
    posts = ballots["post"].combine_chunks().dictionary_encode()
    digests = np.array([_post_digest(post.as_py()) for post in posts.dictionary] or [b""], "V16")
    records["post"] = digests[posts.indices.to_numpy()]
    return records


def _refuse_what_does_not_fit(ballots: pa.Table) -> None:
    """Refuse what numpy would wrap, clamp or pass over without a word."""
    for column in ballots.schema.names:
        values = ballots[column]
        if values.null_count and column != "account_created_at":
            _refuse(ballots, column, pc.is_null(values))
        if column in _ROOM and len(values):
            least, most = _ROOM[column]
            bounds = pc.min_max(values)
            if bounds["min"].as_py() < least or bounds["max"].as_py() > most:
                _refuse(ballots, column, pc.or_(pc.less(values, least), pc.greater(values, most)))


def _refuse(ballots: pa.Table, column: str, wrong: pa.ChunkedArray) -> None:
    row = int(np.flatnonzero(wrong.to_numpy())[0])
    ballot, value = ballots["ballot"][row].as_py(), ballots[column][row].as_py()
    raise ProofInvalid(
        f"ballot {ballot} has {column} {value!r:.80}, which no record can hold",
        "the row is no ballot that the vote took; ask whoever signed it",
        ballot=ballot,
    )


def _positions(ballots: pa.Table, column: str, names: Sequence[str], unknown: int | None = None) -> NDArray[np.int64]:
    """Give each row's position among the names; without a number for what is unknown, that is refused."""
    known = {name: position for position, name in enumerate(names)}
    encoded = ballots[column].combine_chunks().dictionary_encode()
    places = np.array([known.get(word, -1) for word in encoded.dictionary.to_pylist()] or [-1], np.int64)
    found: NDArray[np.int64] = places[encoded.indices.to_numpy()]
    if (found < 0).any():
        if unknown is None:
            _refuse(ballots, column, pa.chunked_array([pa.array(found < 0)]))
        found = np.where(found < 0, np.int64(unknown or 0), found)
    return found


def _post_digest(post: str) -> bytes:
    return hashlib.sha256(post.encode()).digest()[:16] if post else bytes(16)
