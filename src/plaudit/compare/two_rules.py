"""Who stands elsewhere in a season under either of two rules, neither of which it has to cite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import UnknownName
from plaudit.compare.charts import chart_standings
from plaudit.compare.nominees import nominee_standings
from plaudit.compare.standings import moves
from plaudit.compare.votes import count
from plaudit.compare.what_if import what_if
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.nomination_rule import NominationRule

if TYPE_CHECKING:
    from plaudit.compare.standings import Move, Standings
    from plaudit.rulebook.library import CitedRule
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["compared"]


def compared(season: Season, tables: Evidence, old: CitedRule, new: CitedRule) -> list[Move]:
    """Compute the season under both rules, and give whoever stands elsewhere; nothing is written.

    Of a nomination rule that is whoever has other points, of a vote whoever has
    another position; a value that changes and moves nobody is left out.

    Raises
    ------
    UnknownName : the rules are of two kinds.
    OutOfTurn : the season has no step for a rule of this kind.
    """
    if old.kind != new.kind:
        raise UnknownName(f"{old.name} is a {old.kind} rule, {new.name} a {new.kind} rule", "compare rules of one kind")
    found = moves(_standings(season, tables, old), _standings(season, tables, new))
    by_points = isinstance(new.rule, NominationRule)
    return [
        move
        for move in found
        if (move.old.value != move.new.value if by_points else move.old.position != move.new.position)
    ]


def _standings(season: Season, tables: Evidence, cited: CitedRule) -> Standings:
    under = what_if(season, cited)
    if isinstance(cited.rule, ChartRule):
        return chart_standings(under, tables, cited.name)
    if isinstance(cited.rule, NominationRule):
        return nominee_standings(under, tables)
    return count(under, tables).standings()
