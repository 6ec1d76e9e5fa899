"""The table ballots of a live vote, written from its closed log."""

from __future__ import annotations

import hashlib
import itertools
from datetime import date, timedelta
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from plaudit.base.errors import DigestMismatch
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.store.tables import table
from plaudit.vote.ballot_store import SqliteBallotStore
from plaudit.vote.log import read_closing
from plaudit.vote.statements import refuse_other_opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence
    from plaudit.vote.statements import Opening

__all__ = ["write_ballots"]

BOX: Final = "vote/ballots.sqlite"
_BATCH_ROWS: Final = 65_536
_DAY_MICROSECONDS: Final = 86_400_000_000


def write_ballots(season: Season, tables: Evidence, opened: Opening) -> int:
    """Write the table ballots from the log of a closed vote and give the number of its rows.

    Rows stay in the order of the log. A ballot lies in the folder of its day, or of
    the latest day cast before it, where posts were imported later than they were made.

    Parameters
    ----------
    opened : what the log's opening must state, by rules, nominees and windows as they are now

    Raises
    ------
    OutOfTurn : the vote is not closed.
    ProofInvalid : the opening states something else, or a leaf is no ballot.
    DigestMismatch : the address of a post is not at hand, or not the one the leaf commits to.
    """
    ballots = read_closing(season).ballots
    log = LogReader(FolderFiles(season.log))
    refuse_other_opening(log.entry(0), opened)
    with tables.replacing(("ballots",)) as fresh:
        for day, rows in itertools.groupby(_by_day(_rows(season.folder, log, opened, ballots)), itemgetter(0)):
            name = (date(1970, 1, 1) + timedelta(days=day)).isoformat()
            fresh.write_stream("ballots", name, _batches(row for _, row in rows))
    return ballots


def _rows(folder: Path, log: LogReader, opened: Opening, ballots: int) -> Iterator[dict[str, Any]]:
    posts = _Posts(folder / BOX)
    for number, record in enumerate(log.entries(1, ballots + 1)):
        row = opened.names.unpack(record)
        yield {"ballot": number, **row, "post": row["post"] and posts.address(number + 1, row["post"])}


def _by_day(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
    latest = 0
    for row in rows:
        latest = max(latest, row["cast_at"] // _DAY_MICROSECONDS)
        yield latest, row


def _batches(rows: Iterable[dict[str, Any]]) -> Iterator[pa.RecordBatch]:
    rows = iter(rows)
    while some := list(itertools.islice(rows, _BATCH_ROWS)):
        yield pa.RecordBatch.from_pylist(some, schema=table("ballots").schema)


class _Posts:
    """The addresses of posts; a leaf holds but the digest, and the ballot store what it is of."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._ballot_store: SqliteBallotStore | None = None

    def address(self, leaf: int, digest: str) -> str:
        """Give the address that a leaf commits to."""
        if self._ballot_store is None and self._path.is_file():
            self._ballot_store = SqliteBallotStore(self._path, is_view=True)
        query = "SELECT post FROM ballots WHERE leaf = ?"
        found = self._ballot_store.connection.execute(query, (leaf,)).fetchone() if self._ballot_store else None
        if found is None or hashlib.sha256(found[0].encode()).hexdigest()[: len(digest)] != digest:
            told = "is not there" if found is None else f"is {found[0]!r}"
            raise DigestMismatch(
                f"leaf {leaf} commits to a post of digest {digest}; its address {told} in {BOX}",
                "restore the ballot store as it was when the vote was closed",
                leaf=leaf,
            )
        return str(found[0])
