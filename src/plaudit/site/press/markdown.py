"""The press kit as Markdown: a fact sheet and a short release, with footnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plaudit.frame.addresses import absolute
from plaudit.site.press.kit import Kit
from plaudit.site.press.release import label_of, paragraphs, title_of_section, told_headline
from plaudit.words.awards import prize
from plaudit.words.message import Address, Listed, Named, Several, say
from plaudit.words.names import evidence_note, grade, known
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.site.press.notes import Note
    from plaudit.words.message import Value
    from plaudit.words.words import Words

__all__ = ["Facts", "fact_sheet", "release"]


class Facts(msgspec.Struct, frozen=True):
    """A kit, the language to tell it in, and the site's address."""

    kit: Kit
    language: str
    address: str


def fact_sheet(facts: Facts) -> str:
    """Give every claim of the kit, section by section."""
    kit, words = facts.kit, words_of(facts.language)
    title = say("Fact sheet: %(season)s", season=Named(kit.season) if kit.is_season else prize(kit.award, kit.edition))
    lines = [f"# {words.markdown(title)}", "", *_labels(kit, words)]
    for section in kit.sections:
        kind, means = map(words.markdown, label_of(section))
        lines += [f"## {words.markdown(title_of_section(section))}", "", f"*{kind}. {means}*", ""]
        lines += [f"- {words.markdown(claim.said())}{_called(claim.notes)}" for claim in section.claims]
        lines.append("")
    return "\n".join([*lines, *_notes(facts, words, range(len(kit.notes)))])


def release(facts: Facts) -> str:
    """Give the short release."""
    kit, words = facts.kit, words_of(facts.language)
    line, called = told_headline(kit)
    lines = [f"# {words.markdown(line)}{_called(called)}", "", *_labels(kit, words)]
    used = set(called)
    for paragraph in paragraphs(kit):
        lines += [" ".join(f"{words.markdown(said)}{_called(notes)}" for said, notes in paragraph), ""]
        used |= {number for _, notes in paragraph for number in notes}
    home = Address(absolute(facts.address, f"{facts.language}/index.html"))
    about = say("Every figure can be recomputed from published evidence: %(address)s", address=home)
    return "\n".join([*lines, words.markdown(about), "", *_notes(facts, words, sorted(used))])


def _labels(kit: Kit, words: Words) -> list[str]:
    """Give the label that stands above everything: what the season's evidence is."""
    if kit.evidence == "real" or not kit.is_season:
        return []
    kind, means = map(words.markdown, (known("evidence", kit.evidence), evidence_note(kit.evidence)))
    return [f"> **{kind}.** {means}", ""]


def _called(notes: list[int]) -> str:
    return "".join(f"[^{number + 1}]" for number in notes)


def _notes(facts: Facts, words: Words, numbers: Iterable[int]) -> list[str]:
    notes = [(number + 1, Several(tuple(_note(facts.kit.notes[number], facts.address)))) for number in numbers]
    return [*(f"[^{number}]: {words.markdown(said)}" for number, said in notes), ""]


def _note(note: Note, address: str) -> list[Value]:
    parts: list[Value] = [Address(absolute(address, note.file))]
    if note.row:
        parts.append(say("rows: %(rows)s", rows=Listed.of(f"{column} = {value}" for column, value in note.row)))
    if note.columns:
        parts.append(say("added up over all rows: %(columns)s", columns=Listed.of(note.columns)))
    parts.append(f"SHA-256 {note.sha256}")
    if note.made_from:
        name, sha256 = note.made_from
        parts += [say("made from %(file)s", file=name), f"SHA-256 {sha256}"]
    if note.rule:
        parts += [say("rule %(rule)s", rule=note.rule), f"SHA-256 {note.rule_sha256}"]
    if note.sources:
        told = [say("%(title)s (%(kind)s)", title=source, kind=grade(letter)) for source, letter in note.sources]
        parts.append(say("sources: %(sources)s", sources=Several(tuple(told))))
    return parts
