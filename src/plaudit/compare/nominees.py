"""Who is nominated under the season's nomination rule, and on what ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.base.errors import OutOfTurn
from plaudit.compare.standings import Standing
from plaudit.nominate.nominate import in_period, named_nominees, nominate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.compare.standings import Standings
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["nominee_standings", "nominees_as_made"]


def nominee_standings(season: Season, tables: Evidence) -> Standings:
    """Nominate again, by the charts as they were made; give each nominee's ground and points.

    Raises
    ------
    OutOfTurn : the season nominates nobody, or its rule asks for a chart that it does not name.
    RuleInvalid : the season names more nominees than the rule has places.
    TieUnresolved : the last place is tied, and the rule calls that an error.
    """
    wanted = season.nomination
    if wanted is None:
        raise OutOfTurn("the season nominates nobody", "add [nomination] to season.toml")
    rule = season.nomination_rule()
    if rule.chart is not None and not wanted.chart:
        raise OutOfTurn(f"{rule.name} nominates by a chart, and the season names none", "add chart to [nomination]")
    entries = tables.to_rows(in_period(tables.read("entries"), wanted)) if wanted.chart else []
    return _standings(nominate(entries, named_nominees(season.folder, wanted), rule))


def nominees_as_made(tables: Evidence) -> Standings:
    """Give what the table nominees has."""
    return _standings(tables.to_rows(tables.read("nominees")))


def _standings(rows: Iterable[dict[str, Any]]) -> Standings:
    return {("", row["nominee"]): Standing(value=row["points"], ground=row["ground"]) for row in rows}
