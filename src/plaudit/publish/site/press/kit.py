"""The press kit of one edition: sections of claims with their footnotes, as plain values."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from plaudit.publish.site.press.figures import count_claims, post_claims, week_claims
from plaudit.publish.site.press.notes import Notes, Published
from plaudit.publish.site.press.record import editions_told, record_claims

if TYPE_CHECKING:
    from plaudit.publish.site.material import Material

__all__ = ["kits"]


@lru_cache(1)  # the pages, the files, the cards and the feeds tell of the same kits
def kits(material: Material) -> dict[str, dict[str, Any]]:
    """Give each edition's kit by the name of its page: the season's own, and those the record tells of."""
    published = Published(material)
    season = material.season
    told = editions_told(material)
    names = {edition: _page_name(edition, place) for place, edition in enumerate(reversed(told))}
    found = {"press": _kit(material, published, season.edition)}
    for edition in told:
        if edition != season.edition:
            found[f"press/{names[edition]}"] = _kit(material, published, edition)
    others = [{"edition": edition, "page": f"press/{names[edition]}"} for edition in told if edition != season.edition]
    for kit in found.values():
        kit["others"] = [other for other in others if other["edition"] != kit["edition"]]
    return found


def _kit(material: Material, published: Published, edition: str) -> dict[str, Any]:
    notes = Notes(published)
    is_season = edition == material.season.edition
    record = record_claims(material, edition, notes)
    sections = [{"id": "record", "label": "record", "claims": record}]
    if is_season:
        sections.append({"id": "count", "label": material.evidence_kind, "claims": count_claims(material, notes)})
        sections += [
            {"id": f"week-{place}", "label": material.readings_kind, "claims": week_claims(material, chart, notes)}
            for place, chart in enumerate(material.charts, 1)
        ]
        sections.append({"id": "post", "label": material.readings_kind, "claims": post_claims(material, notes)})
    return {
        "award": material.season.award,
        "edition": edition,
        "is_season": is_season,
        "evidence": material.evidence_kind,
        "sections": [section for section in sections if section["claims"]],
        "notes": notes.all,
    }


def _page_name(edition: str, place: int) -> str:
    """Give an edition as the name of a page; one with other letters by its place in the record."""
    return edition if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", edition) else f"edition-{place + 1}"
