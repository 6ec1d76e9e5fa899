"""The leaves of a vote as its table ballots gives them: the opening, a record a ballot, the closing.

Ballot number b is leaf b + 1. Rows of the table, in the order of its files, are in
the order of the log, so that the log is rebuilt from Parquet, a row group at a time.
"""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plaudit.base.errors import DigestMismatch, ProofInvalid
from plaudit.vote.record import RECORD_BYTES, packed
from plaudit.vote.statements import closing, read_opening

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plaudit.vote.record import Names
    from plaudit.vote.statements import Opening

__all__ = ["Leaves"]

_WORDS: Final = ["channel", "nominee", "gesture", "post", "source"]


@dataclass(frozen=True)
class _Group:
    """One row group: where it lies, and the number of its first ballot."""

    path: Path
    number: int
    first: int


@dataclass
class Leaves:
    """Every leaf of one vote, by its index; another process may take a copy.

    Parameters
    ----------
    opening : the first leaf, and the names that records refer to
    closed_at : what the last leaf states, microseconds, UTC
    files : of the table ballots, in order
    because : why it was closed before its last window ended, as the last leaf states
    """

    opening: Opening
    closed_at: int
    files: Sequence[Path]
    because: str = ""
    ballots: int = field(init=False, default=0)
    _groups: list[_Group] = field(init=False, default_factory=list, repr=False)
    _held: tuple[int, bytes] = field(init=False, default=(-1, b""), repr=False)

    def __post_init__(self) -> None:
        for path in self.files:
            with _readable(path):
                footer = pq.read_metadata(path)
            for number in range(footer.num_row_groups):
                self._groups.append(_Group(path, number, self.ballots))
                self.ballots += footer.row_group(number).num_rows

    def __reduce__(self) -> tuple[Any, ...]:
        return _in_worker, (self.opening.leaf, self.closed_at, tuple(self.files), self.because)

    @property
    def size(self) -> int:
        """Leaves, the two statements included."""
        return self.ballots + 2

    def __call__(self, first: int, last: int) -> list[bytes]:
        """Give the leaves from `first` up to `last`, which is left out.

        Raises
        ------
        ProofInvalid : the ballots of a file are not numbered as their rows are; names file and row.
        """
        records = self._records(max(first - 1, 0), min(last - 1, self.ballots))
        leaves = [records[at : at + RECORD_BYTES] for at in range(0, len(records), RECORD_BYTES)]
        if first == 0 < last:
            leaves.insert(0, self.opening.leaf)
        if first < last == self.size:
            leaves.append(closing(self.ballots, self.closed_at, self.because))
        return leaves

    def told(self, leaf: int) -> str:
        """Say in words what a leaf is: a statement, or which row of which file."""
        if not 0 < leaf <= self.ballots:
            return self(leaf, leaf + 1)[0].decode()
        group = self._groups[self._group_of(leaf - 1)]
        rows = pq.ParquetFile(group.path).read_row_group(group.number).slice(leaf - 1 - group.first, 1)
        return f"{rows.to_pylist()[0]} in {group.path.parent.name}/{group.path.name}"

    def _records(self, first: int, last: int) -> bytes:
        parts = []
        at = self._group_of(first)
        while first < last:
            data = self._group_records(at)
            start = self._groups[at].first
            part = data[(first - start) * RECORD_BYTES : (last - start) * RECORD_BYTES]
            parts.append(part)
            first += len(part) // RECORD_BYTES
            at += 1
        return b"".join(parts)

    def _group_of(self, ballot: int) -> int:
        return bisect_right(self._groups, ballot, key=lambda group: group.first) - 1

    def _group_records(self, at: int) -> bytes:
        """Read one row group; the last one read is held, since ranges of leaves are asked for in order."""
        if self._held[0] != at:
            self._held = (-1, b"")
            self._held = (at, _read(self._groups[at], self.opening.names))
        return self._held[1]


@lru_cache(maxsize=1)
def _in_worker(opening: bytes, closed_at: int, files: tuple[Path, ...], because: str) -> Leaves:
    """Give one copy to all the ranges that a process is asked for; it lives no longer than one walk over the log."""
    return Leaves(read_opening(opening), closed_at, files, because)


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        raise DigestMismatch(f"{path.name} cannot be read: {error}", "restore the file") from None


def _read(group: _Group, names: Names) -> bytes:
    with _readable(group.path):
        rows = pq.ParquetFile(group.path, read_dictionary=_WORDS).read_row_group(group.number, use_threads=False)
    numbers = rows["ballot"].to_numpy() - group.first
    wrong = np.flatnonzero(numbers != np.arange(rows.num_rows))
    if wrong.size:
        row = int(wrong[0])
        raise ProofInvalid(
            f"{group.path.parent.name}/{group.path.name}, row {row + 1} of row group {group.number + 1}: the ballot is"
            f" numbered {group.first + int(numbers[row])}, its place is {group.first + row}",
            "the rows were moved or taken out; restore the file",
        )
    return packed(rows, names).tobytes()
