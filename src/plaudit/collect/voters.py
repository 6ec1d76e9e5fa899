"""Facts about voters: the state of their account, whose it is, and the network they voted from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis import _

from plaudit.collect.ballots import pseudonym
from plaudit.collect.raw import as_header
from plaudit.collect.read import file_format, source_files
from plaudit.collect.staging import IDS, Rows, SetAside, source_rows
from plaudit.collect.values import Unusable
from plaudit.rulebook.sources import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from plaudit.collect.staging import SourceRow
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["collect_voters"]

FACTS: Final = tuple(sorted(COLUMNS["voters"][1]))
OPEN: Final = "open"
"""The state of most accounts: it makes no row, but contradicts the others."""
STATES: Final = (OPEN, "closed", "suspended")
_ONE_VALUE: Final = ("state", "linked")
"""An account has one state and one owner; networks it may have several."""
_TEXTS: Final = ("fact", "value", "source", "file")
_STAGED: Final = pa.schema(
    [("voter", pa.int64()), *((name, pa.string()) for name in _TEXTS), ("row", pa.int64())],
)


def collect_voters(
    folder: Path,
    sources: Iterable[Source],
    evidence: Evidence,
    set_aside: SetAside,
    voter_key: bytes,
    on_progress: Callable[[str, int], None],
) -> int:
    """Write the table voter_facts and give the number of its rows.

    Names become the pseudonyms that ballots have. A file of Parquet whose voter is
    a 64-bit integer holds pseudonyms already.
    """
    staged = Rows(_STAGED)
    for source in sources:
        typed = {
            path.relative_to(folder).as_posix() for path in source_files(folder, source) if _is_typed(path, source)
        }
        for row in source_rows(folder, source, set_aside, on_progress):
            try:
                _take(row, None if row.file in typed else voter_key, staged)
            except Unusable as unusable:
                set_aside.add(source.id, row.file, row.row, unusable.reason, unusable.detail)
    once = _once(evidence.staged(staged.table()), evidence, set_aside)
    return int(evidence.write("voter_facts", once).num_rows)


def _is_typed(path: Path, source: Source) -> bool:
    if file_format(path, source) != "parquet":
        return False
    try:
        schema = pq.read_schema(path)
    except (pa.ArrowException, OSError):  # reading it says what is wrong
        return False
    voter = source.columns.get("voter")
    if not isinstance(voter, str):
        return False
    kinds = [field.type for field in schema if as_header(field.name) == as_header(voter)]
    return kinds == [pa.int64()]


def _take(row: SourceRow, voter_key: bytes | None, staged: Rows) -> None:
    """Take all facts of a row, or none: one that cannot be used spoils it."""
    voter = _numbered(row) if voter_key is None else pseudonym(row.id("voter"), voter_key)
    facts = {fact: row.id(fact) if fact in IDS else row.text(fact) for fact in FACTS if row.is_given(fact)}
    if facts.get("state", OPEN) not in STATES:
        raise Unusable("unknown state", f"{facts['state']!r}; use {', '.join(STATES)}")
    if not facts:
        raise Unusable("missing value", f"none of {', '.join(FACTS)}")
    for fact, value in facts.items():
        staged.append(voter, fact, value, row.source.id, row.file, row.row)


def _numbered(row: SourceRow) -> int:
    voter = row.value("voter")
    if voter is None:
        raise Unusable("missing value", "voter")
    return int(voter)


def _once(stated: ibis.Table, evidence: Evidence, set_aside: SetAside) -> ibis.Table:
    """Keep one row per voter, fact and value; where a voter has one value and two are given, set aside both."""
    of_voter = ibis.window(group_by=["voter", "fact"])
    judged = stated.mutate(least=stated.value.min().over(of_voter), most=stated.value.max().over(of_voter))
    contradicted = judged.fact.isin(_ONE_VALUE) & (judged.least != judged.most)
    for found in evidence.to_rows(judged.filter(contradicted).order_by("source", "file", "row", "fact")):
        what = "duplicate key with different values"
        set_aside.add(found["source"], found["file"], found["row"], what, f"{found['fact']} is {found['value']}")
    believed = judged.filter(~contradicted, ~((judged.fact == "state") & (judged.value == OPEN)))
    key = ["voter", "fact", "value"]
    first = ibis.window(group_by=key, order_by=["source", "file", "row"])
    once = believed.mutate(copy=ibis.row_number().over(first)).filter(_.copy == 0)
    return once.select(*key, "source", "row")
