"""The step audit: ballots and declared purge rules → suspects, trials, cases, rulings.

A rule sets ballots aside only if it was declared before the vote; one that came
late is applied beside the result. Nothing is deleted: a ruling names the ballot,
the rule and the case, and the tally moves the ballot into its own column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

import plaudit.audit.methods  # noqa: F401 - registers every method
from plaudit.audit.appeals import given_back, refuse_baseless
from plaudit.audit.matched import match, seen_by
from plaudit.audit.rulings import cases_of, rulings_of, together
from plaudit.audit.trials import trial

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.audit.appeals import Appeal
    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["Audited", "audit"]


@dataclass(frozen=True)
class Audited:
    """The tables of those names, as expressions."""

    suspects: ibis.Table
    trials: ibis.Table
    cases: ibis.Table
    rulings: ibis.Table


def audit(
    ballots: ibis.Table,
    facts: ibis.Table,
    declared: Sequence[PurgeRule],
    late: Sequence[PurgeRule],
    appeals: Sequence[Appeal],
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    *,
    materialize: Callable[[ibis.Table], ibis.Table],
) -> Audited:
    """Apply purge rules to ballots.

    Parameters
    ----------
    ballots, facts : the tables ballots and voter_facts
    declared : the rules declared before the vote, in their order: the first that takes a ballot sets it aside
    late : the rules that came later
    materialize : computes an expression and gives its rows as a table of the same engine

    Raises
    ------
    RuleInvalid : an appeal is about a ballot that no rule touched, or two appeals contradict each other.

    References
    ----------
    docs/explanation/how-purges-work.md
    """
    matched = [
        match(
            rule, seen_by(rule, ballots, facts, counting, windows, materialize), place, is_late=place >= len(declared)
        )
        for place, rule in enumerate([*declared, *late])
    ]
    ruling = [one for one in matched if one.sets_aside]
    rulings = together([], "rulings", ballots)
    if ruling:
        reinstated = given_back(appeals, ballots) if appeals else None
        rulings = rulings_of(ruling, reinstated, materialize)
    refuse_baseless(appeals, rulings, ballots)
    named = [one.suspects.mutate(rule=ibis.literal(one.rule.name)) for one in matched]
    return Audited(
        together(named, "suspects", ballots),
        together([part for one in matched for part in trial(one)], "trials", ballots),
        together([cases_of(matched, ballots)] if matched else [], "cases", ballots),
        rulings,
    )
