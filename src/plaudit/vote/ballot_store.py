"""The ballot box: where a ballot is durable before its voter hears so.

One process writes. Everything a ballot changes, its record, its key, its
allowance and the standings, changes in one transaction, so that no kill, retry
or interleaving can show one without the others.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final, Protocol, TypeVar
from urllib.parse import quote

from msgspec import Struct

from plaudit.vote.admission import Allowance

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plaudit.vote.admission import Slot

__all__ = ["BallotStore", "Batch", "SqliteBallotStore", "box_path"]

# What is known of one voter lies side by side, so that a ballot changes one page and not two: a fact is
# "asked KEY", whose value is a leaf, or "spent CHANNEL PERIOD NOMINEE", whose value is votes.
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS state(name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ballots(leaf INTEGER PRIMARY KEY, record BLOB NOT NULL, post TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS commits(first INTEGER PRIMARY KEY, ballots INTEGER NOT NULL, at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS voters(voter INTEGER, fact TEXT, value INTEGER NOT NULL, PRIMARY KEY(voter, fact))
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS standings(nominee TEXT, channel TEXT, ballots INTEGER NOT NULL, votes INTEGER NOT NULL,
    PRIMARY KEY(nominee, channel)) WITHOUT ROWID;
"""
_ASKED: Final = "asked "
_TOGETHER: Final = 128
"""Rows in one statement."""
_STATEMENTS: Final = 4 * _TOGETHER + 16
"""Statements kept ready: four kinds of many rows, each with as many rows as come."""
_THE_LAST_HOLDS: Final = "ON CONFLICT DO UPDATE SET value = excluded.value"
_SUMS_ARE_ADDED: Final = (
    "ON CONFLICT DO UPDATE SET ballots = ballots + excluded.ballots, votes = votes + excluded.votes"
)
_Row = TypeVar("_Row", bound=tuple[object, ...])
_WAL_KEPT_BYTES: Final = 32 << 20
"""A write-ahead log that begins anew is cut down to so many bytes."""
_WAL_PAGES: Final = 20_000
"""After so many pages a commit moves the write-ahead log into the database itself, if nobody did before."""


def box_path(season: Path) -> Path:
    """Give where a season's box lies."""
    return season / "vote" / "ballots.sqlite"


class Batch(Struct):
    """What one transaction adds.

    ballots : (leaf, record, post)
    asked : (voter, idempotency key, leaf)
    spent : allowance to votes spent in all
    standings : (nominee, channel) to [ballots, votes] added
    """

    first: int
    at: int
    ballots: list[tuple[int, bytes, str]]
    asked: dict[tuple[int, str], int]
    spent: dict[Allowance, int]
    standings: dict[tuple[str, str], list[int]]


class BallotStore(Protocol):
    """What a store of ballots must do; another database can stand here."""

    def known(
        self, asked: Sequence[tuple[int, str]], allowances: Sequence[Allowance]
    ) -> tuple[dict[tuple[int, str], int], dict[Allowance, int]]:
        """Give the leaf that each voter's idempotency key stands for, and the votes spent of each allowance.

        A key that was not sent before lacks, and so does an allowance nothing was spent of.
        """

    def add(self, batch: Batch) -> None:
        """Add ballots; they are not there until `commit`."""

    def commit(self) -> None:
        """Make what was added durable; called from another thread while nothing else is."""

    def rollback(self) -> None:
        """Forget what was added and not committed."""

    def record(self, leaf: int) -> bytes | None:
        """Give a ballot's record."""

    def records(self, first: int, most: int) -> list[bytes]:
        """Give records from a leaf on, in order."""

    def commit_of(self, leaf: int) -> tuple[int, list[bytes]]:
        """Give the first leaf and the records of the commit that took a leaf."""

    def last(self) -> tuple[int, int]:
        """Give the last leaf, 0 with none, and the instant of its commit."""

    def standings(self) -> Iterator[tuple[str, str, int, int]]:
        """Give nominee, channel, ballots and votes."""

    def state(self, name: str) -> int | str | None:
        """Give a fact about the vote, or None."""

    def set_state(self, name: str, value: int | str) -> None:
        """Make a fact about the vote durable."""

    def tidy(self) -> None:
        """Give back room that is not needed; what cannot be done now is done later."""


class SqliteBallotStore:
    """A box in one SQLite file, in WAL mode, with every commit synced.

    Parameters
    ----------
    path : the file, made where it lacks
    is_view : only look; a view sees what is committed, and never waits for the writer

    Raises
    ------
    sqlite3.Error : the file cannot be written, or is no box; callers say so in
        the voter's words.
    """

    def __init__(self, path: Path, *, is_view: bool = False) -> None:
        self.path = path
        where = f"file:{quote(str(path))}?mode={'ro' if is_view else 'rwc'}"
        self.connection = sqlite3.connect(
            where, uri=True, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
        )
        try:
            if not is_view:
                self._prepare()
        except sqlite3.Error:
            self.close()
            raise

    def _prepare(self) -> None:
        self._run("PRAGMA journal_mode = WAL")
        self._run("PRAGMA synchronous = FULL")
        self._run(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
        self._run(f"PRAGMA journal_size_limit = {_WAL_KEPT_BYTES}")
        self._run("PRAGMA cache_size = -65536")
        self.connection.executescript(_SCHEMA)

    def known(
        self, asked: Sequence[tuple[int, str]], allowances: Sequence[Allowance]
    ) -> tuple[dict[tuple[int, str], int], dict[Allowance, int]]:
        leaves: dict[tuple[int, str], int] = {}
        spent: dict[Allowance, int] = {}
        rows = [(voter, _ASKED + key) for voter, key in asked]
        rows += [(voter, _spent(slot)) for voter, slot in allowances]
        for some in _pieces(rows):
            for voter, fact, value in json.loads(self._run(_known_facts(len(some)), _flat(some)).fetchone()[0]):
                if fact.startswith(_ASKED):
                    leaves[voter, fact.removeprefix(_ASKED)] = value
                else:
                    spent[voter, _slot(fact)] = value
        return leaves, spent

    def add(self, batch: Batch) -> None:
        self._run("BEGIN IMMEDIATE")
        self._insert("ballots", batch.ballots)
        self._insert("commits", [(batch.first, len(batch.ballots), batch.at)])
        self._insert("voters", [(voter, _ASKED + key, leaf) for (voter, key), leaf in batch.asked.items()])
        self._insert(
            "voters", [(voter, _spent(slot), votes) for (voter, slot), votes in batch.spent.items()], _THE_LAST_HOLDS
        )
        self._insert("standings", [(*place, *sums) for place, sums in batch.standings.items()], _SUMS_ARE_ADDED)

    def commit(self) -> None:
        self._run("COMMIT")

    def rollback(self) -> None:
        if self.connection.in_transaction:
            self._run("ROLLBACK")

    def record(self, leaf: int) -> bytes | None:
        found = self._run("SELECT record FROM ballots WHERE leaf = ?", (leaf,)).fetchone()
        return found[0] if found else None

    def records(self, first: int, most: int) -> list[bytes]:
        rows = self._run("SELECT record FROM ballots WHERE leaf >= ? AND leaf < ? ORDER BY leaf", (first, first + most))
        return [record for (record,) in rows]

    def commit_of(self, leaf: int) -> tuple[int, list[bytes]]:
        first, ballots = self._run(
            "SELECT first, ballots FROM commits WHERE first <= ? ORDER BY first DESC LIMIT 1", (leaf,)
        ).fetchone()
        return first, self.records(first, ballots)

    def last(self) -> tuple[int, int]:
        found = self._run("SELECT first + ballots - 1, at FROM commits ORDER BY first DESC LIMIT 1").fetchone()
        return found or (0, 0)

    def standings(self) -> Iterator[tuple[str, str, int, int]]:
        yield from self._run("SELECT nominee, channel, ballots, votes FROM standings ORDER BY nominee, channel")

    def state(self, name: str) -> int | str | None:
        found = self._run("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def set_state(self, name: str, value: int | str) -> None:
        self._run("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, value))

    def tidy(self) -> None:
        """Move committed pages from the write-ahead log into the database, as far as nobody is held up.

        Once all are moved the write-ahead log begins anew, at its start. A full disk keeps pages where they are.
        """
        with suppress(sqlite3.Error):  # they stay committed; the next time moves them
            self._run("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def _insert(self, table: str, rows: Sequence[tuple[object, ...]], else_: str = "") -> None:
        for piece in _pieces(rows):
            self._run(_insertion(table, len(piece[0]), len(piece), else_), _flat(piece))

    def _run(self, statement: str, values: tuple[object, ...] = ()) -> sqlite3.Cursor:
        return self.connection.execute(statement, values)


# A statement is a moment in which other threads run Python, and this one waits for its turn again. So a batch
# is a few statements of many rows each, and not one for every row.


def _pieces(rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Cut rows into pieces of one statement each."""
    for start in range(0, len(rows), _TOGETHER):
        yield rows[start : start + _TOGETHER]


def _flat(rows: Sequence[tuple[object, ...]]) -> tuple[object, ...]:
    return tuple(chain.from_iterable(rows))


@lru_cache(_STATEMENTS)
def _insertion(table: str, width: int, length: int, else_: str) -> str:
    return f"INSERT OR FAIL INTO {table} VALUES {_marks(width, length)} {else_}"  # noqa: S608 - all of it is ours


@lru_cache(_TOGETHER)
def _known_facts(length: int) -> str:
    return (
        f"WITH wanted AS (VALUES {_marks(2, length)}) "  # noqa: S608 - nothing but question marks
        "SELECT json_group_array(json_array(voter, fact, value)) "
        "FROM wanted JOIN voters ON voter = column1 AND fact = column2"
    )


def _marks(width: int, length: int) -> str:
    return ", ".join([f"({', '.join('?' * width)})"] * length)


@lru_cache(4_096)
def _spent(slot: Slot) -> str:
    """Name the fact of how many votes were spent of an allowance."""
    return "spent {} {} {}".format(*slot)


@lru_cache(4_096)
def _slot(fact: str) -> Slot:
    """Give the allowance that a fact is of; what `_spent` named it."""
    _, channel, period, nominee = fact.split()
    return int(channel), int(period), int(nominee)
