"""Posts and reposts on their way to the ballot store: read from a source, known by address, waiting for each other.

    SEASON/vote/posts.sqlite    which posts are known, which reposts wait, what was refused; private
    SEASON/vote/refused.csv     the same refusals, to read

Nothing here is a ballot. Every row has an idempotency key made of what it says,
so this file may lag behind the ballot store, or be lost, and nothing is cast twice.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import sqlite3
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

import msgspec
from msgspec import Struct

from plaudit.collect.ballots import pseudonym
from plaudit.collect.grains import Moment, span_of
from plaudit.collect.staging import SetAside
from plaudit.collect.tagged import ballot_rows
from plaudit.collect.values import Unusable, as_counter
from plaudit.vote.admission import TAGS_MOST, VOTES_MOST, BallotRequest
from plaudit.vote.record import GESTURES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from plaudit.collect.staging import SourceRow
    from plaudit.rulebook.sources import Source

__all__ = ["PostStore", "Refused", "for_nominee", "read_requests"]

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS posts(post TEXT PRIMARY KEY, nominee TEXT NOT NULL, tags INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS waiting(key TEXT PRIMARY KEY, post TEXT NOT NULL, since INTEGER NOT NULL,
    ask BLOB NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS waiting_for ON waiting(post);
CREATE TABLE IF NOT EXISTS refused(key TEXT PRIMARY KEY, source TEXT NOT NULL, gesture TEXT NOT NULL,
    post TEXT NOT NULL, nominee TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL) WITHOUT ROWID;
"""


class Refused(Struct, frozen=True):
    """One row that is no ballot, and why."""

    key: str
    source: str
    gesture: str
    post: str
    nominee: str
    reason: str
    detail: str

    @classmethod
    def of(cls, ask: BallotRequest, reason: str, detail: str) -> Refused:
        """Refuse an ask."""
        return cls(ask.key, ask.source, ask.gesture, ask.post, ask.nominee, reason, detail)


class PostStore:
    """What is known of posts.

    Parameters
    ----------
    is_view : only look; the file must be there
    """

    def __init__(self, path: Path, *, is_view: bool = False) -> None:
        where = f"file:{quote(str(path))}?mode={'ro' if is_view else 'rwc'}"
        self._connection = sqlite3.connect(where, uri=True, isolation_level=None, check_same_thread=False)
        if not is_view:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(_SCHEMA)

    def learn(self, asks: Iterable[BallotRequest]) -> None:
        """Know posts and quotes from now on; the first word on a post stands."""
        self._run_all(
            "INSERT OR IGNORE INTO posts VALUES (?, ?, ?)",
            ((ask.post, ask.nominee, ask.tags) for ask in asks if ask.post and ask.gesture in {"post", "quote"}),
        )

    def about(self, post: str) -> tuple[str, int] | None:
        """Give a post's nominee, and how many it names; None while it is not known."""
        found = self._connection.execute("SELECT nominee, tags FROM posts WHERE post = ?", (post,)).fetchone()
        return (found[0], found[1]) if found else None

    @property
    def waiting(self) -> int:
        """How many reposts wait."""
        return int(self._connection.execute("SELECT count(*) FROM waiting").fetchone()[0])

    def wait(self, asks: Iterable[BallotRequest], since: int) -> None:
        """Let reposts wait; one that waits already keeps its place."""
        self._run_all(
            "INSERT OR IGNORE INTO waiting VALUES (?, ?, ?, ?)",
            ((ask.key, ask.post, since, msgspec.msgpack.encode(ask)) for ask in asks),
        )

    def waits(self, key: str) -> bool:
        """Say whether a repost waits already."""
        return self._connection.execute("SELECT 1 FROM waiting WHERE key = ?", (key,)).fetchone() is not None

    def arrived(self) -> list[BallotRequest]:
        """Give the reposts that waited and whose post is known now; they wait until `decided`."""
        return self._requests("WHERE post IN (SELECT post FROM posts)", ())

    def older(self, instant: int) -> list[BallotRequest]:
        """Give the reposts that have waited since that instant or longer; they wait until `decided`."""
        return self._requests("WHERE since <= ?", (instant,))

    def decided(self, keys: Sequence[str], refused: Iterable[Refused] = ()) -> None:
        """Let rows wait no more, and keep the refused ones with their reason; an accepted one was never refused."""
        for name in ("waiting", "refused"):
            self._run_all(f"DELETE FROM {name} WHERE key = ?", ((key,) for key in keys))  # noqa: S608
        self._run_all(
            "INSERT OR REPLACE INTO refused VALUES (?, ?, ?, ?, ?, ?, ?)",
            (msgspec.structs.astuple(refusal) for refusal in refused),
        )

    def is_refused(self, key: str, reason: str) -> bool:
        """Say whether a row was refused for that reason."""
        found = self._connection.execute("SELECT 1 FROM refused WHERE key = ? AND reason = ?", (key, reason))
        return found.fetchone() is not None

    def refusals(self) -> dict[str, int]:
        """Give how many rows were refused, by reason."""
        return dict(self._connection.execute("SELECT reason, count(*) FROM refused GROUP BY reason ORDER BY reason"))

    def write_refused(self, path: Path) -> None:
        """Write every refusal as CSV."""
        columns = Refused.__struct_fields__
        text = io.StringIO(newline="")
        rows = csv.writer(text, lineterminator="\n")
        rows.writerow(columns)
        rows.writerows(self._connection.execute(f"SELECT {', '.join(columns)} FROM refused ORDER BY key"))  # noqa: S608
        fresh = path.with_name(f".{path.name}")
        fresh.write_bytes(text.getvalue().encode())
        fresh.replace(path)

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def _requests(self, where: str, values: tuple[object, ...]) -> list[BallotRequest]:
        rows = self._connection.execute(f"SELECT ask FROM waiting {where} ORDER BY key", values)  # noqa: S608
        return [msgspec.msgpack.decode(data, type=BallotRequest) for (data,) in rows]

    def _run_all(self, statement: str, rows: Iterable[tuple[object, ...]]) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.executemany(statement, rows)
        self._connection.execute("COMMIT")


def read_requests(
    folder: Path,
    source: Source,
    voter_key: bytes,
    on_progress: Callable[[str, int], None],
    moments: list[Moment] | None = None,
) -> Iterator[tuple[str, BallotRequest | Refused]]:
    """Give where each row of a source of ballots lies, and what it asks for or why it cannot be used.

    A repost may name no nominee; then its nominee is empty.

    Parameters
    ----------
    moments : grows with the ballots as they lie in time

    Raises
    ------
    SourceUnavailable, SourceChanged : as for `plaudit collect`.
    """
    unreadable = SetAside()
    for row in ballot_rows(folder, source, unreadable, on_progress):
        try:
            ask = _ask(row, voter_key)
            if moments is not None:
                moments.append(_moment(row, ask))
            yield f"{row.file}:{row.row}", ask
        except Unusable as unusable:
            place = f"{row.file}:{row.row}"
            yield place, Refused(place, source.id, "", "", "", unusable.reason, unusable.detail)
    for (_, file, number, reason), details in unreadable.rows.items():
        place = f"{file}:{number}"
        yield place, Refused(place, source.id, "", "", "", reason, "; ".join(details))


def for_nominee(ask: BallotRequest, nominee: str) -> BallotRequest:
    """Give an ask for a nominee, with the idempotency key that stands for it.

    An act on a post is its channel, voter, gesture, post and nominee; one without a
    post is told from another by the id that its source gives it, or else by all that it says.

    Examples
    --------
    >>> ask = BallotRequest(7, "", 1, "", "social", "post", gesture="repost", post="https://s.example/1", cast_at=0)
    >>> for_nominee(ask, "bts").key
    'import-04a550b20b0e1b6dfbb495b2f24117481870a290'
    """
    said = [ask.channel, ask.voter, ask.gesture, ask.post or ask.cast_at, nominee]
    if ask.ballot and not ask.post:
        said = [ask.source, ask.ballot]
    elif not ask.post:  # nothing but what it says tells it from another of that instant
        said += [ask.votes, ask.tags, ask.is_deleted, ask.is_private, ask.account_created_at]
    key = f"import-{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:40]}"
    return msgspec.structs.replace(ask, nominee=nominee, key=key)


def _ask(row: SourceRow, voter_key: bytes) -> BallotRequest:
    gesture = row.text("gesture", "vote")
    if gesture not in GESTURES:
        raise Unusable("unknown gesture", gesture)
    post, channel = row.id("post"), row.id("channel")
    if gesture != "vote" and not post:
        raise Unusable("missing value", f"post, the address that a {gesture} needs")
    is_bare = gesture == "repost" and row.value("nominee") in (None, "")
    nominee = "" if is_bare else row.id("nominee")
    ask = BallotRequest(
        voter=pseudonym(row.id("voter"), voter_key),
        nominee=nominee,
        votes=_count(row, "votes", VOTES_MOST),
        key="",
        source=row.source.id,
        channel=channel,
        gesture=gesture,
        tags=_count(row, "tags", TAGS_MOST),
        is_deleted=row.flag("is_deleted"),
        is_private=row.flag("is_private"),
        account_created_at=row.instant("account_created_at") if row.is_given("account_created_at") else None,
        post=post,
        cast_at=row.instant("cast_at"),
        ballot=row.id("ballot"),
    )
    return for_nominee(ask, nominee)


def _moment(row: SourceRow, ask: BallotRequest) -> Moment:
    at, grain = ask.cast_at or 0, row.grain("cast_at")
    first, last = span_of(at, grain, row.source.zone)
    return Moment(
        ask.voter, ask.channel, ask.nominee, ask.votes, at, first, last, grain, row.source.id, row.file, row.row
    )


def _count(row: SourceRow, column: str, most: int) -> int:
    found = as_counter(row.text(column, "1"), column)
    if not 1 <= found <= most:
        raise Unusable("out of range", f"{column} is {found}")
    return found
