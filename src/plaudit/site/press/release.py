"""The short release: which claims it tells, in paragraphs, and under which headline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.site.press.claims import Before, CountedFirst, First, Gain, No1, Post, Titles, Won, headline
from plaudit.words.awards import has_name
from plaudit.words.message import Named, say
from plaudit.words.names import evidence_note, known

if TYPE_CHECKING:
    from plaudit.site.press.kit import Kit, Section
    from plaudit.words.message import Said, Value

__all__ = ["Noted", "label_of", "paragraphs", "title_of_section", "told_headline"]

Noted = tuple["Said", list[int]]
"""Sentences and the numbers of their footnotes."""

_PARAGRAPHS: Final = ((Won, Titles), (First, Before), (CountedFirst,), (No1, Gain), (Post,))
_SECTIONS: Final = {
    "record": say("The record"),
    "count": say("This season's count"),
    "week": say("The latest week"),
    "post": say("The post with the biggest response"),
}


def told_headline(kit: Kit) -> Noted:
    """Give the release's headline: of the record where it names a winner, else the season's title."""
    record, season = kit.claims_of("record"), Named(kit.season)
    is_named = has_name(kit.award) or not kit.is_season
    line = headline(record, None if is_named else season)
    if line is None:
        return season, []
    return line, sorted({note for claim in record if isinstance(claim, (Won, Titles, First)) for note in claim.notes})


def paragraphs(kit: Kit) -> list[list[Noted]]:
    """Give the release's paragraphs; the count is told only where its ballots are real, and one first."""
    told = [claim for one in kit.sections if one.id != "count" or one.label == "real" for claim in one.claims]
    once = next((claim for claim in told if isinstance(claim, First)), None)
    told = [claim for claim in told if not isinstance(claim, First) or claim is once]
    found = [[(one.said(), one.notes) for one in told if isinstance(one, kinds)] for kinds in _PARAGRAPHS]
    return [paragraph for paragraph in found if paragraph]


def title_of_section(section: Section) -> Value:
    """Give a section's heading; where its figures are made up, the heading says so."""
    title = _SECTIONS[section.id.partition("-")[0]]
    if section.label in {"record", "real"}:
        return title
    return say("%(title)s (%(kind)s)", title=title, kind=known("evidence", section.label))


def label_of(section: Section) -> tuple[Value, Value]:
    """Give what a section's figures are, and the sentence that says what this means."""
    if section.label == "record":
        return (
            say("Real: the record of titles, by the sources it names"),
            say("Nothing counted in this season adds to it unless its ballots are real."),
        )
    return known("evidence", section.label), evidence_note(section.label)
