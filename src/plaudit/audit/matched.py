"""What one purge rule matches: its suspects in numbered cases, and the ballots it takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from plaudit.audit.matching import Seen, features, suspects, taken
from plaudit.store.joins import left_join_unique

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["Matched", "channels_of", "match", "seen_by"]


@dataclass(frozen=True)
class Matched:
    """One rule and what it matches.

    place : the rule's place in the season's order, late rules after the declared ones
    features : what its method counted
    suspects : case, voter, grouped and evidence, one row a voter
    taken : ballot, voter and case, one row a ballot
    """

    rule: PurgeRule
    place: int
    is_late: bool
    features: ibis.Table
    suspects: ibis.Table
    taken: ibis.Table

    @property
    def sets_aside(self) -> bool:
        """Whether it rules on ballots; else it shows voters and leaves their ballots alone."""
        return self.rule.does == "set aside"

    @property
    def matches(self) -> ibis.Table:
        """Case, voter, evidence and ballot: one row a suspect and ballot; null where no ballot is taken."""
        ballots = self.taken.select("ballot", voted="voter")
        joined = self.suspects.left_join(ballots, self.suspects.voter == ballots.voted)
        return joined.select("case", "voter", "evidence", "ballot")


def seen_by(
    rule: PurgeRule,
    ballots: ibis.Table,
    facts: ibis.Table,
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    materialize: Callable[[ibis.Table], ibis.Table],
) -> Seen:
    """Give what a rule looks at."""
    return Seen(
        ballots.filter(ballots.channel.isin(channels_of(rule, counting))), facts, counting, windows, materialize
    )


def channels_of(rule: PurgeRule, counting: CountingRule) -> tuple[str, ...]:
    """Give the channels that a rule looks at: its own, or all that count ballots."""
    return rule.channels or tuple(channel.id for channel in counting.channel if channel.counts == "ballots")


def match(rule: PurgeRule, seen: Seen, place: int = 0, *, is_late: bool = False) -> Matched:
    """Give what a rule matches among the ballots it looks at.

    Cases are numbered from 1, in the order of what groups them.
    """
    counted = seen.materialize(features(rule.method, seen))
    found = suspects(rule.method, counted)
    found = seen.materialize(
        found.select(
            "voter",
            "grouped",
            "evidence",
            case=(ibis.dense_rank().over(order_by=found.grouped) + 1).cast("int64"),
        )
    )
    took = taken(rule.method, seen, found).select("ballot", "voter")
    took = left_join_unique(took, found.select("voter", "case"), ["voter"]).select("ballot", "voter", "case")
    return Matched(rule, place, is_late, counted, found, seen.materialize(took))
