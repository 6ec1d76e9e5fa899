"""What a rule's replacement did to a season: who would stand elsewhere under the version before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import OutOfTurn, RuleError, TieUnresolved
from plaudit.compare.charts import chart_as_made, chart_standings, charted_weeks
from plaudit.compare.nominees import nominee_standings, nominees_as_made
from plaudit.compare.purges import counts_of, is_as_made, matched_by, rulings_under
from plaudit.compare.standings import Pair, moves
from plaudit.compare.votes import count, result_as_made
from plaudit.compare.what_if import what_if
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule

if TYPE_CHECKING:
    from plaudit.compare.standings import Move
    from plaudit.rulebook.library import CitedRule
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["WEEKS_MOST", "ChartEffect", "CountingEffect", "Effect", "NominationEffect", "PurgeEffect", "effect"]

WEEKS_MOST: Final = 8
"""How many weeks of a chart, the newest, are computed again, so that a long season's pages stay quick to make."""


@dataclass(frozen=True)
class Effect:
    """Who stands elsewhere under the older rule; None where it leaves a tie and calls that an error."""

    moved: list[Move] | None


@dataclass(frozen=True)
class ChartEffect(Effect):
    """Of a chart rule.

    weeks : those that both rules chart, among the newest
    entries : of those weeks, under the newer rule
    """

    weeks: list[str]
    entries: int


@dataclass(frozen=True)
class NominationEffect(Effect):
    """Of a nomination rule: how many nominees there are; None where the last place is tied."""

    nominees: Pair | None


@dataclass(frozen=True)
class CountingEffect(Effect):
    """Of a counting rule."""


@dataclass(frozen=True)
class PurgeEffect(Effect):
    """Of a purge rule.

    voters, only : how many voters each version matches, and how many of them the other does not
    set_aside : votes, by all declared rules together
    is_late : the rule came after the vote, so neither version sets anything aside
    """

    voters: Pair
    only: Pair
    set_aside: Pair
    is_late: bool


def effect(
    season: Season, tables: Evidence, now: CitedRule, old: CitedRule, *, has_result: bool = True
) -> Effect | None:
    """Give the effect of a rule of the season that replaced another; None where nothing can be compared.

    Parameters
    ----------
    tables : those of the season, as they were made under the newer rule
    has_result : whether the count may be told
    """
    try:
        if isinstance(old.rule, ChartRule):
            return _of_chart(season, tables, now, old)
        if isinstance(old.rule, NominationRule):
            return _of_nomination(season, tables, old)
        if has_result and isinstance(old.rule, CountingRule):
            return _of_counting(season, tables, old)
        if has_result and isinstance(old.rule, PurgeRule):
            return _of_purge(season, tables, now, old)
    except (RuleError, OutOfTurn):
        return None  # the older rule does not fit the season as it is
    return None


def _of_chart(season: Season, tables: Evidence, now: CitedRule, old: CitedRule) -> ChartEffect | None:
    if now.name not in [use.rule for use in season.charts]:
        return None
    newest = charted_weeks(tables, now.name)[-WEEKS_MOST:]
    if not newest:
        return ChartEffect([], [], 0)
    before = chart_standings(what_if(season, old, now.name), tables, old.name, newest[0])
    after = chart_as_made(tables, now.name, newest)
    both = {week for week, _ in before} & {week for week, _ in after}
    moved = [move for move in moves(before, after) if move.week in both]
    return ChartEffect(moved, sorted(both), sum(week in both for week, _ in after))


def _of_nomination(season: Season, tables: Evidence, old: CitedRule) -> NominationEffect:
    try:
        before = nominee_standings(what_if(season, old), tables)
    except TieUnresolved:
        return NominationEffect(None, None)
    after = nominees_as_made(tables)
    moved = [move for move in moves(before, after) if move.old.ground != move.new.ground]
    return NominationEffect(moved, Pair(len(before), len(after)))


def _of_counting(season: Season, tables: Evidence, old: CitedRule) -> CountingEffect:
    counted = count(what_if(season, old), tables)
    try:
        return CountingEffect(moves(counted.standings(), result_as_made(tables)))
    except TieUnresolved:
        return CountingEffect(None)


def _of_purge(season: Season, tables: Evidence, now: CitedRule, old: CitedRule) -> PurgeEffect:
    """Apply the older rule alone, since the rulings of the others stand, and count the whole vote again."""
    assert isinstance(now.rule, PurgeRule)
    assert isinstance(old.rule, PurgeRule)
    matched = matched_by(season, tables, old.rule)
    suspects = tables.read("suspects")
    after = suspects.filter(suspects.rule == now.name).select("voter").distinct()
    before = matched.suspects.select("voter").distinct()
    voters = counts_of(
        tables,
        old=before,
        new=after,
        only_old=before.anti_join(after, "voter"),
        only_new=after.anti_join(before, "voter"),
    )
    matches = Pair(voters["old"], voters["new"]), Pair(voters["only_old"], voters["only_new"])
    totals = tables.read("totals")
    votes = int(tables.to_arrow(totals.aggregate(votes=totals.votes_set_aside.sum()))["votes"][0].as_py() or 0)
    is_late = now.name in season.audit.late
    if is_late or "set aside" not in {now.rule.does, old.rule.does}:
        return PurgeEffect([], *matches, Pair(votes, votes), is_late)
    under = what_if(season, old, now.name)
    others = [name for name in season.audit.purges if name != now.name]
    rulings = rulings_under(under, tables, known=[matched], stand=others)
    if is_as_made(tables, rulings):
        return PurgeEffect([], *matches, Pair(votes, votes), is_late)
    counted = count(under, tables, rulings)
    set_aside = Pair(counted.votes_set_aside, votes)
    try:
        return PurgeEffect(moves(counted.standings(), result_as_made(tables)), *matches, set_aside, is_late)
    except TieUnresolved:
        return PurgeEffect(None, *matches, set_aside, is_late)
