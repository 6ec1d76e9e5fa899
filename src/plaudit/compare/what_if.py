"""The season as it would be with one rule in the place of its own."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from msgspec.structs import replace

from plaudit.base.errors import OutOfTurn
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.library import CitedRule
    from plaudit.rulebook.season import Season

__all__ = ["what_if"]


def what_if(season: Season, cited: CitedRule, instead_of: str = "") -> Season:
    """Give the season under another rule: what that rule decides is decided by it, and all else as before.

    Nothing is computed, and no folder is touched.

    Parameters
    ----------
    instead_of : the rule whose place it takes, by id@version; without it, the season's other version of the
        rule, else the first chart's rule, or the place after all purge rules

    Raises
    ------
    OutOfTurn : the season has no step for a rule of this kind.
    """
    rules = {**season.rules, cited.name: cited}
    rule = cited.rule
    if isinstance(rule, ChartRule) and season.charts:
        charts = list(season.charts)
        at = _place([use.rule for use in charts], cited, instead_of) or 0
        charts[at] = replace(charts[at], rule=cited.name)
        return dataclasses.replace(season, charts=tuple(charts), rules=rules)
    if isinstance(rule, CountingRule) and season.vote:
        return dataclasses.replace(season, vote=replace(season.vote, rule=cited.name), rules=rules)
    if isinstance(rule, PurgeRule) and season.vote:
        purges = list(season.audit.purges)
        found = _place(purges, cited, instead_of)
        at = len(purges) if found is None else found
        purges[at : at + 1] = [cited.name]
        return dataclasses.replace(season, audit=replace(season.audit, purges=tuple(purges)), rules=rules)
    if isinstance(rule, NominationRule) and season.nomination:
        return dataclasses.replace(season, nomination=replace(season.nomination, rule=cited.name), rules=rules)
    what = "no chart" if isinstance(rule, ChartRule) else f"no step for a {cited.kind} rule"
    raise OutOfTurn(f"the season has {what}", "compare rules of another kind, or choose another season")


def _place(names: Sequence[str], cited: CitedRule, instead_of: str) -> int | None:
    """Give where the rule goes among others of its kind; None where none of them is it."""
    wanted = instead_of or f"{cited.rule.id}@"
    return next((at for at, name in enumerate(names) if name == instead_of or name.startswith(wanted)), None)
