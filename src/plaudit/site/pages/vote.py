"""What the vote is, when and where it is held, and its rules in short."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.words.counted import allowance
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule
    from plaudit.site.site_data import SiteData
    from plaudit.words.words import Words

__all__ = ["PATH", "VOTE"]

PATH: Final = "vote.html"
"""Where the page lies."""
_GESTURES: Final = {"vote": N_("a vote"), "post": N_("a post"), "repost": N_("a repost"), "quote": N_("a quote")}


def _pages(site_data: SiteData) -> Iterator[Page]:
    season = site_data.season
    if season.vote is None:
        return
    rule = season.counting_rule()
    nominees = [row["nominee"] for row in site_data.statement.get("nominees", [])]
    yield Page(
        PATH,
        {
            "windows": [
                {"opens_at": window.opens_at, "closes_at": window.closes_at, "channels": list(window.channels)}
                for window in season.windows()
            ],
            "page": season.live.page if season.live else "",
            "is_live": season.live is not None,
            "sources": [source.title for source in season.sources if source.kind in {"ballots", "totals"}],
            "nominees": [
                {"nominee": nominee, "names": site_data.names(nominee), "has_page": nominee in site_data.artists}
                for nominee in nominees
            ],
            **_rule_facts(rule),
        },
    )


def _rule_facts(rule: CountingRule) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "channels": [_channel_facts(channel) for channel in rule.channel],
        "zone": rule.day.zone,
        "day_starts_at": rule.day.starts_at.strftime("%H:%M"),
        "keep": rule.keep,
        "has_shares": rule.combine.method == "shares",
        "times": sorted({multiplier.times for multiplier in rule.multiplier}),
        "standings": rule.intake.standings,
    }


def _channel_facts(channel: Channel) -> dict[str, Any]:
    return {
        "id": channel.id,
        "name": channel.name,
        "counts": channel.counts,
        "gestures": [name for name in _GESTURES if getattr(channel.gestures, name) == "counts"],
        "cap": _cap_facts(channel.cap) if channel.cap else None,
        "share_ppm": channel.share_ppm,
        "account_age_days": channel.account_age_days,
    }


def _cap_facts(cap: Cap) -> dict[str, Any]:
    return {"votes": cap.votes, "per": cap.per, "scope": cap.scope}


def _view(facts: Mapping[str, Any], words: Words) -> dict[str, object]:
    named = {channel["id"]: channel["name"] for channel in facts["channels"]}
    channels = [
        {
            **channel,
            "cap_words": words.html(allowance(**channel["cap"])) if channel["cap"] else "",
            "acts": [words.text(_GESTURES[gesture]) for gesture in channel["gestures"]],
        }
        for channel in facts["channels"]
    ]
    windows = [{**window, "names": [named[one] for one in window["channels"]]} for window in facts["windows"]]
    return {"channels": channels, "windows": windows}


def _menu(site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem(PATH, N_("Vote"))] if site_data.season.vote else []


VOTE: Final = PageKind("vote", "vote.html", _pages, _view, menu=_menu)
