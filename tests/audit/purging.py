"""The purge methods on ballots alone, beside their oracle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures
from plaudit.rulebook.windows import VotingWindow
from tests.audit.seeing import Found, found
from tests.oracles.purge_oracle import matched
from tests.tally.cases import ballot

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.rulebook.purge_rule import Method
    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

__all__ = ["DAY", "HOUR", "MINUTE", "OPENS", "SECOND", "at", "cast", "judged"]

SECOND = 1_000_000
MINUTE, HOUR, DAY = 60 * SECOND, 3600 * SECOND, 86_400 * SECOND
OPENS = 1_526_256_000_000_000
"""2018-05-14T00:00Z."""
_EVERY = Gestures("counts", "counts", "counts", "counts")
COUNTING = CountingRule(
    "two",
    1,
    "Two channels",
    "for tests",
    Day("UTC"),
    tuple(Channel(name, name, gestures=_EVERY, cap=Cap(100, "day")) for name in ("web", "post")),
)
WINDOWS = [VotingWindow("vote", OPENS, OPENS + 7 * DAY)]


def at(seconds: float) -> int:
    """Give the instant so many seconds after the vote opened."""
    return OPENS + round(seconds * SECOND)


def cast(voter: int, instants: Iterable[int], **more: object) -> list[Ballot]:
    """Give a voter's ballots, not yet numbered."""
    return [ballot(0, instant, **{"voter": voter, **more}) for instant in instants]


def judged(engine: Evidence, method: Method, ballots: Sequence[Ballot]) -> Found:
    """Give what a method matches, once its oracle has said the same."""
    numbered = [{**one, "ballot": number} for number, one in enumerate(ballots)]

    told = found(engine, method, numbered, counting=COUNTING, windows=WINDOWS)

    expected = matched(method, numbered, OPENS)
    assert told.evidence == {voter: suspect.evidence for voter, suspect in expected.items()}
    groups: dict[str, set[int]] = {}
    for voter, suspect in expected.items():
        groups.setdefault(suspect.grouped, set()).add(voter)
    assert told.cases == {frozenset(voters) for voters in groups.values()}
    assert told.taken == {one["ballot"] for one in numbered if one["voter"] in expected}
    return told
