"""Who would be nominated under the version that the season's nomination rule replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.errors import TieUnresolved
from plaudit.nominate.nominate import in_period, named_nominees, nominate

if TYPE_CHECKING:
    from plaudit.rulebook.nomination_rule import NominationRule
    from plaudit.site.site_data import Row, SiteData

__all__ = ["nominee_moves"]


def nominee_moves(site_data: SiteData, old: NominationRule) -> Row | None:
    """Give who is a nominee under one version alone, or on another ground.

    Returns
    -------
    moved : nominee, and the ground under either version, '' where not nominated; None where the last place of
        the older one would be tied and that rule calls it an error
    nominees : how many, by `old` and `new`

    None where the season lacks what the older rule asks for: a chart, or a list short enough.
    """
    season = site_data.season
    wanted = season.nomination
    if wanted is None or (old.chart is not None and not wanted.chart):
        return None
    named = named_nominees(season.folder, wanted)
    if old.named is not None and len(named) > old.named.places:
        return None
    tables = site_data.tables
    entries = tables.to_rows(in_period(tables.read("entries"), wanted)) if wanted.chart else []
    try:
        before = nominate(entries, named, old)
    except TieUnresolved:
        return {"moved": None, "nominees": {}}
    grounds = {row["nominee"]: row["ground"] for row in before}
    now = {row["nominee"]: row["ground"] for row in site_data.statement["nominees"]}
    moved = [
        {"nominee": nominee, "old": grounds.get(nominee, ""), "new": now.get(nominee, "")}
        for nominee in sorted({*grounds, *now})
        if grounds.get(nominee) != now.get(nominee)
    ]
    return {"moved": moved, "nominees": {"old": len(grounds), "new": len(now)}}
