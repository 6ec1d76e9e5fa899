"""What changed between each rule of a season and the version before it, and with what effect."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import UnknownName
from plaudit.compare.effects import effect
from plaudit.rulebook.differences import differences
from plaudit.rulebook.library import RuleLibrary

if TYPE_CHECKING:
    from plaudit.compare.effects import Effect
    from plaudit.rulebook.differences import Difference
    from plaudit.rulebook.library import CitedRule
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["RuleChange", "rule_changes"]

_WORDY: Final = frozenset({"because", "title", "told", "sources", "not_found", "id", "version", "supersedes"})
"""Keys that say why in words, not what."""


@dataclass(frozen=True)
class RuleChange:
    """A rule of the season that replaced another.

    old : the rule it replaced, by id@version
    keys : what changed, without the words that only explain it
    is_known : whether the older rule is among the season's rules or the shipped ones
    effect : None where nothing can be compared
    """

    cited: CitedRule
    old: str
    keys: list[Difference]
    is_known: bool
    effect: Effect | None


def rule_changes(season: Season, tables: Evidence, *, has_result: bool) -> list[RuleChange]:
    """Give every rule of the season that replaced another, by name.

    Parameters
    ----------
    has_result : whether the count may be told; before that, rules of the vote have no effect
    """
    cited = [rule for _, rule in sorted(season.rules.items())]
    return [_change(season, tables, rule, has_result=has_result) for rule in cited if rule.rule.supersedes]


def _change(season: Season, tables: Evidence, cited: CitedRule, *, has_result: bool) -> RuleChange:
    old_name = cited.rule.supersedes
    try:
        old = RuleLibrary(season.folder / "rules").cited(old_name)
    except UnknownName:
        return RuleChange(cited, old_name, [], is_known=False, effect=None)
    keys = [one for one in differences(old.rule, cited.rule) if not _WORDY & set(_words_of(one.key))]
    found = effect(season, tables, cited, old, has_result=has_result)
    return RuleChange(cited, old_name, keys, is_known=True, effect=found)


def _words_of(key: str) -> list[str]:
    return key.replace("[", ".").replace("]", "").split(".")
