"""What a purge method is tried on: ballots and facts as rows, and what it says of them, run twice over.

Every trial asks the engine step by step, and then asks the one query that repeats
the rule; the two must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from plaudit.audit.grounds import told_ground
from plaudit.audit.matched import match, seen_by
from plaudit.audit.repeat import query
from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures
from plaudit.rulebook.purge_rule import Method, PurgeRule
from plaudit.rulebook.windows import VotingWindow
from plaudit.store.tables import table
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

__all__ = ["EVERY", "WINDOW", "Found", "fact", "found", "rule_of"]

EVERY = CountingRule(
    "every",
    1,
    "Everything counts",
    "for tests",
    Day("UTC"),
    (Channel("web", "Web", gestures=Gestures("counts", "counts", "counts", "counts"), cap=Cap(100, "day")),),
)
WINDOW = VotingWindow("vote", 0, 2**40)


@dataclass(frozen=True)
class Found:
    """What English says of each voter, the voters of each case, and the ballots taken."""

    evidence: dict[int, str]
    cases: set[frozenset[int]]
    taken: set[int]

    @property
    def voters(self) -> set[int]:
        """Whom the rule matched."""
        return set(self.evidence)


def fact(voter: int, kind: str, value: str, row: int = 1) -> dict[str, object]:
    """Give a row of voter_facts."""
    return {"voter": voter, "fact": kind, "value": value, "source": "made", "row": row}


def rule_of(method: Method, channels: tuple[str, ...] = ()) -> PurgeRule:
    """Give a rule of one method that sets ballots aside."""
    return PurgeRule("tried", 1, "Tried", "for tests", "set aside", "You were tried.", method, channels)


def found(
    engine: Evidence,
    method: Method,
    ballots: Sequence[Ballot],
    facts: Iterable[dict[str, object]] = (),
    counting: CountingRule = EVERY,
    windows: Sequence[VotingWindow] = (WINDOW,),
) -> Found:
    """Give what a method matches, once the query that repeats it has said the same."""
    rule, stated = rule_of(method), list(facts)
    tables = {"ballots": ballots, "voter_facts": stated}
    rows = {name: pa.Table.from_pylist(list(of), schema=table(name).schema) for name, of in tables.items()}
    as_tables = [engine.rows(name, list(of)) for name, of in tables.items()]
    matched = match(rule, seen_by(rule, as_tables[0], as_tables[1], counting, windows, engine.materialize))
    named = ["case", "voter", "evidence", "ballot"]
    stepwise = [tuple(row[name] for name in named) for row in engine.to_rows(matched.matches)]
    with duckdb.connect() as connection:
        for name, of in rows.items():
            connection.register(name, of)
        repeated = connection.sql(query(rule, counting, windows)).fetchall()

    assert sorted(repeated, key=str) == sorted(stepwise, key=str)
    cases: dict[int, set[int]] = {}
    for case, voter, _evidence, _ballot in stepwise:
        cases.setdefault(case, set()).add(voter)
    return Found(
        {voter: words_of("en").plain(told_ground(evidence)) for _case, voter, evidence, _ballot in stepwise},
        {frozenset(voters) for voters in cases.values()},
        {ballot for *_others, ballot in stepwise if ballot is not None},
    )
