"""Rulings and cases, from what every rule matched.

A ballot is set aside by the first rule of the season's order that takes it; later
ones are noted as `also`. A late rule's rulings stand apart and count for nothing.
What an appeal gives back is `reinstated` under every rule.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import ibis
from ibis import _

from plaudit.store.joins import left_join_unique
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.audit.matched import Matched

__all__ = ["cases_of", "rulings_of", "together"]


def together(parts: Sequence[ibis.Table], name: str, ballots: ibis.Table) -> ibis.Table:
    """Give the rows of several expressions as one of a declared table; without any, one of no rows."""
    declared = table(name).ibis_schema
    if not parts:
        nothing = {column: ibis.null(kind) for column, kind in declared.items()}
        return ballots.limit(0).select(**nothing)
    return reduce(lambda one, other: one.union(other), [part.select(list(declared)).cast(declared) for part in parts])


def cases_of(matched: Sequence[Matched], ballots: ibis.Table) -> ibis.Table:
    """Give the table cases: who was matched together, and the ballots the rule takes of them.

    The evidence is that of the voter with the lowest number; every voter's own is in the table suspects.
    """
    voters = _placed(matched, "suspects", "voter", "evidence")
    taken = _placed(matched, "taken", "ballot")
    people = voters.group_by("place", "case").agg(voters=_.count(), evidence=_.evidence.argmin(_.voter))
    acts = (
        taken.inner_join(ballots.select("ballot", "votes", "cast_at"), "ballot")
        .group_by("place", "case")
        .agg(
            ballots=_.count(),
            votes=_.votes.sum(),  # of an int32: fewer than 2**31 ballots cannot pass 2**62
            first_ballot=_.ballot.min(),
            last_ballot=_.ballot.max(),
            first_at=_.cast_at.min(),
            last_at=_.cast_at.max(),
        )
    )
    cases = left_join_unique(people, acts, ["place", "case"])
    outcomes = {one.place: _outcome(one) for one in matched}
    return cases.mutate(
        rule=_named(cases.place, matched),
        outcome=_chosen(cases.place, outcomes),
        ballots=cases.ballots.fill_null(0),
        votes=cases.votes.fill_null(0),
    ).drop("place")


def rulings_of(
    matched: Sequence[Matched], reinstated: ibis.Table | None, materialize: Callable[[ibis.Table], ibis.Table]
) -> ibis.Table:
    """Give the table rulings.

    Parameters
    ----------
    matched : the rules that set ballots aside
    reinstated : the ballots that appeals give back; none where there are no appeals
    """
    declared = [one for one in matched if not one.is_late]
    late = [one for one in matched if one.is_late]
    parts = []
    if declared:
        taken = _placed(declared, "taken", "ballot")
        turn = ibis.row_number().over(group_by=taken.ballot, order_by=taken.place) if len(declared) > 1 else 0
        parts.append(taken.mutate(outcome=ibis.ifelse(turn == 0, "set aside", "also")))
    if late:
        parts.append(_placed(late, "taken", "ballot").mutate(outcome=ibis.literal("late")))
    found = reduce(lambda one, other: one.union(other), parts)
    if reinstated is not None:
        given_back = reinstated.select("ballot", is_back=ibis.literal(True))  # noqa: FBT003
        found = left_join_unique(found, given_back, ["ballot"])
        found = found.mutate(outcome=ibis.ifelse(found.is_back.notnull(), "reinstated", found.outcome))
    return materialize(found.select("ballot", "case", "outcome", rule=_named(found.place, matched)))


def _outcome(one: Matched) -> str:
    return "flagged" if not one.sets_aside else "late" if one.is_late else "set aside"


def _placed(matched: Sequence[Matched], what: str, *columns: str) -> ibis.Table:
    """Give what several rules matched, each row with its rule's place."""
    parts = [getattr(one, what).select("case", *columns, place=ibis.literal(one.place, "int16")) for one in matched]
    return reduce(lambda one, other: one.union(other), parts)


def _named(place: Any, matched: Sequence[Matched]) -> Any:
    return _chosen(place, {one.place: one.rule.name for one in matched})


def _chosen(place: Any, texts: dict[int, str]) -> Any:
    return ibis.cases(*((place == number, text) for number, text in texts.items()))
