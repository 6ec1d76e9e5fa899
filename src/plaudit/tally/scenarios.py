"""Other ways to purge than the season's: which ballots each would set aside."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

import plaudit.audit.methods  # noqa: F401 - registers every method
from plaudit.audit.matched import channels_of, seen_by
from plaudit.audit.matching import taken

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.rulebook.season import Season
    from plaudit.rulebook.windows import VotingWindow
    from plaudit.store.evidence import Evidence

__all__ = ["AS_CERTIFIED", "Purge", "Scenario", "marked", "purge_of", "scenarios"]

AS_CERTIFIED: Final = "as certified"
_THRESHOLDS: Final = ("half", "double")
_NEVER: Final = ibis.literal(False)  # noqa: FBT003


@dataclass(frozen=True)
class Scenario:
    """One way to purge.

    kind : certified, none, alone, late, appeals, half, double or flagged.
    sets_aside : of marked ballots, says of each whether it is set aside.
    """

    name: str
    kind: str
    sets_aside: Callable[[ibis.Table], Any]


@dataclass(frozen=True)
class Purge:
    """What the audit found, and the rules it found it by.

    rulings, suspects, trials, facts : the tables rulings, suspects, trials and voter_facts
    rules, late : purge rules in the season's order, declared before the vote and later
    """

    rulings: ibis.Table
    suspects: ibis.Table
    trials: ibis.Table
    facts: ibis.Table
    rules: Sequence[PurgeRule]
    late: Sequence[PurgeRule]

    @property
    def purging(self) -> list[PurgeRule]:
        """Those declared rules that set aside."""
        return [rule for rule in self.rules if rule.does == "set aside"]

    @property
    def flagging(self) -> list[PurgeRule]:
        """Those declared rules that only flag."""
        return [rule for rule in self.rules if rule.does == "flag only"]

    @property
    def tried(self) -> list[PurgeRule]:
        """Those declared rules that have a threshold to move."""
        return [rule for rule in self.rules if rule.method.threshold]


def purge_of(season: Season, tables: Evidence) -> Purge:
    """Give what the audit of a season found.

    Raises
    ------
    OutOfTurn : the ballots were not audited.
    """
    return Purge(
        rulings=tables.read("rulings"),
        suspects=tables.read("suspects"),
        trials=tables.read("trials"),
        facts=tables.read_or_empty("voter_facts"),
        rules=season.purge_rules(),
        late=season.late_rules(),
    )


def scenarios(purge: Purge) -> list[Scenario]:
    """Give every other way to purge, the certified one first.

    A ballot that an appeal reinstated stays reinstated, but in `without appeals`.
    A rule that only flags is tried beside the certified purge, as if it purged.
    """
    declared = [rule.name for rule in purge.purging]
    found = [Scenario(AS_CERTIFIED, "certified", lambda marks: marks.certified)]
    if declared:
        found.append(Scenario("no purge", "none", lambda _marks: _NEVER))
        found.append(Scenario("without appeals", "appeals", lambda marks: marks.declared))
    found += [Scenario(f"{name} alone", "alone", partial(_any, names=[name])) for name in declared]
    if late := [rule.name for rule in purge.late if rule.does == "set aside"]:
        found.append(Scenario("with the late rules", "late", lambda marks: marks.certified | _any(marks, late)))
    found += [
        Scenario(f"{rule.name} if it purged", "flagged", partial(_moved, mark=f"flag {rule.name}", others=declared))
        for rule in purge.flagging
    ]
    for rule in purge.tried:
        suffix = ", if it purged" if rule.does == "flag only" else ""
        others = [name for name in declared if name != rule.name]
        for threshold in _THRESHOLDS:
            moved = partial(_moved, mark=f"{threshold} {rule.name}", others=others)
            found.append(Scenario(f"{rule.name} at {threshold}{suffix}", threshold, moved))
    return found


def marked(
    ballots: ibis.Table,
    purge: Purge,
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    materialize: Callable[[ibis.Table], ibis.Table],
) -> ibis.Table:
    """Give the ballots of every voter whom any scenario touches, and what was matched of each.

    Parameters
    ----------
    ballots : the columns that the counting rule reads

    Returns
    -------
    The ballots with the booleans certified (set aside in the result), declared (a
    declared rule ruled on it), undone (reinstated), and per rule `held NAME`,
    `flag NAME`, `half NAME` and `double NAME`.
    """
    rules = [rule.name for rule in (*purge.purging, *purge.late)]
    flagging, tried = [rule.name for rule in purge.flagging], [rule.name for rule in purge.tried]
    suspected = purge.suspects.filter(_.rule.isin(flagging)).select("voter")
    of_trials = purge.trials.filter(_.rule.isin(tried)).select("voter")
    ruled_on = ballots.semi_join(purge.rulings, "ballot").select("voter")
    voters = materialize(ibis.union(ruled_on, of_trials, suspected).distinct())
    touched = materialize(ballots.semi_join(voters, "voter"))
    by_ballot = purge.rulings.group_by(on_ballot="ballot").agg(
        certified=(_.outcome == "set aside").any(),
        declared=_.rule.isin([rule.name for rule in purge.purging] or [""]).any(),  # of none, no engine has a sum
        undone=(_.outcome == "reinstated").any(),
        **{_held(name): ((_.rule == name) & (_.outcome != "reinstated")).any() for name in rules},
    )
    found = touched.left_join(by_ballot, touched.ballot == by_ballot.on_ballot)
    for rule in purge.flagging:
        seen = seen_by(rule, touched, purge.facts, counting, windows, materialize)
        suspects = purge.suspects.filter(_.rule == rule.name).mutate(grouped=_["case"].cast("string"))
        flagged = taken(rule.method, seen, suspects).select(flagged="ballot").mutate(is_flagged=True)
        found = found.left_join(flagged, found.ballot == flagged.flagged)
        found = found.mutate(**{f"flag {rule.name}": found.is_flagged}).drop("flagged", "is_flagged")
    by_voter = purge.trials.group_by(on_voter="voter").agg(
        **{
            f"{threshold} {name}": ((_.rule == name) & (_.threshold == threshold)).any()
            for name in tried
            for threshold in _THRESHOLDS
        },
        tried=_.count() > 0,
    )
    found = found.left_join(by_voter, found.voter == by_voter.on_voter)
    names = [name for name in found.columns if name in ("certified", "declared", "undone") or " " in name]
    filled = {name: found[name].fill_null(False) for name in names}  # noqa: FBT003
    for rule in purge.tried:
        takes = found.channel.isin(channels_of(rule, counting))
        filled |= {name: filled[name] & takes for name in (f"{threshold} {rule.name}" for threshold in _THRESHOLDS)}
    return found.mutate(**filled).select(*ballots.columns, *names)


def _held(name: str) -> str:
    return f"held {name}"


def _any(marks: ibis.Table, names: Sequence[str]) -> Any:
    return reduce(or_, [marks[_held(name)] for name in names], _NEVER)


def _moved(marks: ibis.Table, mark: str, others: Sequence[str]) -> Any:
    """Say whether a ballot is set aside by some rules, or by a mark that no appeal undid."""
    return (marks[mark] & ~marks.undone) | _any(marks, others)
