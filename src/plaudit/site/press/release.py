"""The short release: which claims it tells, in paragraphs, and under which headline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.site.press.sentences import headline, sentence
from plaudit.words.awards import has_name
from plaudit.words.names import evidence_note, known
from plaudit.words.texts import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from markupsafe import Markup

    from plaudit.site.press.voice import Voice

__all__ = ["Said", "label_of", "paragraphs", "title_of_section", "told_headline"]

Said = tuple["Markup", list[int]]
"""A sentence and the numbers of its footnotes."""

_PARAGRAPHS: Final = (("won", "titles"), ("first", "before"), ("counted_first",), ("no_1", "gain"), ("post",))
_ONCE: Final = frozenset({"first"})
_SECTIONS: Final = {
    "record": N_("The record"),
    "count": N_("This season's count"),
    "week": N_("The latest week"),
    "post": N_("The most responded post"),
}
_RECORD_LABEL: Final = N_("Real: the record of titles, by the sources it names")
_RECORD_NOTE: Final = N_("Nothing counted in this season adds to it unless its ballots are real.")


def told_headline(facts: dict[str, Any], season: Mapping[str, str], voice: Voice) -> Said:
    """Give the release's headline: of the record where it names a winner, else the season's title.

    Parameters
    ----------
    season : its title by language
    """
    record: list[dict[str, Any]] = next(
        (section["claims"] for section in facts["sections"] if section["id"] == "record"), []
    )
    is_named = has_name(facts["award"]) or not facts["is_season"]
    line = headline(record, facts["award"], voice, None if is_named else voice.own(season))
    if line is None:
        return voice.own(season), []
    called = [number for claim in record if claim["says"] in {"won", "titles", "first"} for number in claim["notes"]]
    return line, sorted(set(called))


def paragraphs(facts: dict[str, Any], voice: Voice) -> list[list[Said]]:
    """Give the release's paragraphs; the count is told only where its ballots are real."""
    found = []
    for kinds in _PARAGRAPHS:
        told: list[Said] = []
        seen: set[str] = set()
        for section in facts["sections"]:
            if section["id"] == "count" and section["label"] != "real":
                continue
            for claim in section["claims"]:
                if claim["says"] in kinds and not (claim["says"] in _ONCE and claim["says"] in seen):
                    seen.add(claim["says"])
                    told.append((sentence(claim, facts["award"], voice), claim["notes"]))
        if told:
            found.append(told)
    return found


def title_of_section(section: dict[str, Any], voice: Voice) -> Markup:
    """Give a section's heading; where its figures are made up, the heading says so."""
    title = voice.say(_SECTIONS[section["id"].partition("-")[0]])
    if section["label"] in {"record", "real"}:
        return title
    return voice.say(N_("%(title)s (%(kind)s)"), title=title, kind=known(voice.words, "evidence", section["label"]))


def label_of(section: dict[str, Any], voice: Voice) -> tuple[Markup | str, Markup | str]:
    """Give what a section's figures are, and the sentence that says what this means."""
    if section["label"] == "record":
        return voice.say(_RECORD_LABEL), voice.say(_RECORD_NOTE)
    return known(voice.words, "evidence", section["label"]), evidence_note(voice.words, section["label"])
