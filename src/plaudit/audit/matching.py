"""What a purge method is given and what it gives: ballots in, features per voter, suspects out.

A method has two halves. Features are what it counts, without its threshold, and
cost a walk over the ballots. Suspects are the features beyond the threshold, and
cost nothing, so that half and double the threshold can be tried. A method's
module registers both under the name of its struct in `rulebook.purge_rule`.

    features(method, seen)      → one row a voter, or a voter and group
    suspects(method, features)  → voter, grouped, evidence
    taken(method, seen, suspects) → ballot, voter: what the rule sets aside
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import singledispatch
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import ibis

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["Seen", "features", "suspects", "taken"]


@dataclass(frozen=True)
class Seen:
    """What a purge rule looks at.

    ballots : the table ballots, those of the rule's channels
    facts : the table voter_facts
    counting : the counting rule of the vote
    windows : the voting windows
    materialize : computes an expression and gives its rows as a table of the same engine;
        gives the expression as it is where only the query is wanted
    """

    ballots: ibis.Table
    facts: ibis.Table
    counting: CountingRule
    windows: Sequence[VotingWindow]
    materialize: Callable[[ibis.Table], ibis.Table]


@singledispatch
def features(method: Any, seen: Seen) -> ibis.Table:  # noqa: ARG001 - the registered methods use it
    """Give what a method counts, whatever its threshold."""
    raise TypeError(f"no features for {type(method).__name__}")


@singledispatch
def suspects(method: Any, features: ibis.Table) -> ibis.Table:  # noqa: ARG001 - the registered methods use it
    """Give the voters beyond a method's threshold.

    Returns
    -------
    voter (int64), grouped (a text: voters with the same one are one case) and
    evidence (a text: the numbers they were matched on), one row a voter.
    """
    raise TypeError(f"no suspects for {type(method).__name__}")


@singledispatch
def taken(method: Any, seen: Seen, suspects: ibis.Table) -> ibis.Table:  # noqa: ARG001 - the registered methods use it
    """Give the ballots that a method sets aside: every one of its suspects, unless it says otherwise.

    Returns
    -------
    ballot and voter (int64), one row a ballot.
    """
    return seen.ballots.semi_join(suspects, "voter").select("ballot", "voter")
