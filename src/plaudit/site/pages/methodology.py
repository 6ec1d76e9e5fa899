"""How numbers come about: every step with the season's own rules and their digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.site.pages.rules import rule_facts, rule_said
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["METHODOLOGY"]


def _pages(site_data: SiteData) -> Iterator[Page]:
    season = site_data.season
    yield Page(
        "methodology.html",
        {
            "charts": [rule_facts(season.rules[use.rule]) for use in season.charts],
            "nomination": rule_facts(season.rules[season.nomination.rule]) if season.nomination else None,
            "vote": rule_facts(season.rules[season.vote.rule]) if season.vote else None,
            "purges": [
                {**rule_facts(season.rules[name]), "late": name in season.audit.late}
                for name in (*season.audit.purges, *season.audit.late)
            ],
            "supersedes": any(cited.rule.supersedes for cited in season.rules.values()),
            "has_edition": season.nomination is not None,
        },
    )


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    single = [rule for rule in (facts["nomination"], facts["vote"]) if rule]
    return {"said": {rule["name"]: rule_said(rule["rule"], words) for rule in (*facts["charts"], *single)}}


def _menu(_site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem("methodology.html", N_("Methodology"))]


METHODOLOGY: Final = PageKind("methodology", "methodology.html", _pages, _view, menu=_menu)
