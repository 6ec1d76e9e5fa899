"""The press kit of one edition: sections of claims with their footnotes, as plain values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from plaudit.site.press.figures import count_claims, post_claims, week_claims
from plaudit.site.press.notes import Notes, Published
from plaudit.site.press.record import editions_told, record_claims

if TYPE_CHECKING:
    from plaudit.site.site_data import SiteData

__all__ = ["kits"]


@lru_cache(1)  # the pages, the files, the cards and the feeds tell of the same kits
def kits(site_data: SiteData) -> dict[str, dict[str, Any]]:
    """Give each edition's kit by the name of its page: the season's own, and those the record tells of."""
    published = Published(site_data)
    season = site_data.season
    told = editions_told(site_data)
    names = {edition: _page_name(edition, place) for place, edition in enumerate(reversed(told))}
    found = {"press": _kit(site_data, published, season.edition)}
    for edition in told:
        if edition != season.edition:
            found[f"press/{names[edition]}"] = _kit(site_data, published, edition)
    others = [{"edition": edition, "page": f"press/{names[edition]}"} for edition in told if edition != season.edition]
    for kit in found.values():
        kit["others"] = [other for other in others if other["edition"] != kit["edition"]]
    return found


def _kit(site_data: SiteData, published: Published, edition: str) -> dict[str, Any]:
    notes = Notes(published)
    is_season = edition == site_data.season.edition
    record = record_claims(site_data, edition, notes)
    sections = [{"id": "record", "label": "record", "claims": record}]
    if is_season:
        sections.append({"id": "count", "label": site_data.evidence_kind, "claims": count_claims(site_data, notes)})
        sections += [
            {"id": f"week-{place}", "label": site_data.readings_kind, "claims": week_claims(site_data, chart, notes)}
            for place, chart in enumerate(site_data.charts, 1)
        ]
        sections.append({"id": "post", "label": site_data.readings_kind, "claims": post_claims(site_data, notes)})
    return {
        "award": site_data.season.award,
        "edition": edition,
        "is_season": is_season,
        "evidence": site_data.evidence_kind,
        "sections": [section for section in sections if section["claims"]],
        "notes": notes.all,
    }


def _page_name(edition: str, place: int) -> str:
    """Give an edition as the name of a page; one with other letters by its place in the record."""
    return edition if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", edition) else f"edition-{place + 1}"
