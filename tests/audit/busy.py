"""A purge method for tests, plain enough for an oracle: voters with many ballots for one nominee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from plaudit.audit.matching import Seen, features, suspects
from plaudit.rulebook.purge_rule import PurgeRule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ibis

    from tests.oracles.tally_oracle import Ballot

__all__ = ["GROUPS", "Busy", "busy_rule", "matched_by"]

GROUPS = 3
"""Voters whose numbers leave the same rest by this are one case."""


class Busy(Struct, frozen=True):
    """Voters with at least so many ballots for one nominee."""

    threshold: ClassVar[str] = "ballots_least"
    nominee: str
    ballots_least: Annotated[int, Meta(ge=1, le=9)]


@features.register(Busy)
def _counted(method: Busy, seen: Seen) -> ibis.Table:
    chosen = seen.ballots.filter(seen.ballots.nominee == method.nominee)
    return chosen.group_by("voter").agg(ballots=chosen.count())


@suspects.register(Busy)
def _busy(method: Busy, features: ibis.Table) -> ibis.Table:
    busy = features.filter(features.ballots >= method.ballots_least)
    return busy.select(
        "voter",
        grouped=(busy.voter % GROUPS).cast("string"),
        evidence=busy.ballots.cast("string") + " ballots",
    )


def busy_rule(
    rule_id: str,
    nominee: str,
    least: int,
    *,
    does: Literal["set aside", "flag only"] = "set aside",
    channels: Sequence[str] = (),
) -> PurgeRule:
    """Give a purge rule with the method for tests."""
    method: object = Busy(nominee, least)
    return PurgeRule(rule_id, 1, "busy", "made", does, "you voted often", method, tuple(channels))  # type: ignore[arg-type]


def matched_by(rule: PurgeRule, ballots: Iterable[Ballot], counting: Iterable[str], least: int = 0) -> dict[int, int]:
    """Give, in plain Python, the voters a rule matches and how many ballots of each it counted."""
    method: Busy = rule.method  # type: ignore[assignment]
    channels = set(rule.channels or counting)
    counts: dict[int, int] = {}
    for ballot in ballots:
        if ballot["channel"] in channels and ballot["nominee"] == method.nominee:
            counts[ballot["voter"]] = counts.get(ballot["voter"], 0) + 1
    return {voter: count for voter, count in counts.items() if count >= (least or method.ballots_least)}
