"""The press kit of one edition: sections of claims with their footnotes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from plaudit.site.press.claims import Claim
from plaudit.site.press.figures import count_claims, post_claims, week_claims
from plaudit.site.press.notes import Note, Notes, Published
from plaudit.site.press.record import editions_told, record_claims

if TYPE_CHECKING:
    from plaudit.site.site_data import SiteData

__all__ = ["Kit", "Section", "kits"]


class Section(msgspec.Struct, frozen=True):
    """A section: claims of one kind, and what they rest on; `record` is the record of titles."""

    id: str
    label: str
    claims: list[Claim]


class Other(msgspec.Struct, frozen=True):
    """Another edition that has a kit, and its page."""

    edition: str
    page: str


class Kit(msgspec.Struct, frozen=True):
    """The kit of one edition, and its page.

    season : the season's title by language
    is_season : the edition is the season's own
    evidence : what the season's evidence is
    """

    page: str
    award: str
    edition: str
    season: dict[str, str]
    is_season: bool
    evidence: str
    sections: list[Section]
    notes: list[Note]
    others: list[Other]

    def claims_of(self, section: str) -> list[Claim]:
        """Give the claims of a section, or none."""
        return next((one.claims for one in self.sections if one.id == section), [])


@lru_cache(1)  # the pages, the files, the cards and the feeds tell of the same kits
def kits(site_data: SiteData) -> dict[str, Kit]:
    """Give each edition's kit by the name of its page: the season's own, and those the record tells of."""
    published, own = Published(site_data), site_data.season.edition
    told = editions_told(site_data)
    pages = {edition: f"press/{_page_name(edition, place)}" for place, edition in enumerate(reversed(told))}
    others = [Other(edition, pages[edition]) for edition in told if edition != own]
    named = [(own, "press"), *((other.edition, other.page) for other in others)]
    return {page: _kit(site_data, published, edition, page, others) for edition, page in named}


def _kit(site_data: SiteData, published: Published, edition: str, page: str, others: list[Other]) -> Kit:
    notes = Notes(published)
    is_season = edition == site_data.season.edition
    sections = [Section("record", "record", record_claims(site_data, edition, notes))]
    if is_season:
        readings = site_data.readings_kind
        sections.append(Section("count", site_data.evidence_kind, count_claims(site_data, notes)))
        sections += [
            Section(f"week-{place}", readings, week_claims(site_data, chart, notes))
            for place, chart in enumerate(site_data.charts, 1)
        ]
        sections.append(Section("post", readings, post_claims(site_data, notes)))
    return Kit(
        page,
        site_data.season.award,
        edition,
        site_data.season.titles,
        is_season,
        site_data.evidence_kind,
        [section for section in sections if section.claims],
        notes.all,
        [other for other in others if other.edition != edition],
    )


def _page_name(edition: str, place: int) -> str:
    """Give an edition as the name of a page; one with other letters by its place in the record."""
    return edition if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", edition) else f"edition-{place + 1}"
