"""The press kit as Markdown: a fact sheet and a short release, with footnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from plaudit.frame.addresses import absolute
from plaudit.site.press.release import label_of, paragraphs, title_of_section, told_headline
from plaudit.site.press.sentences import sentence
from plaudit.site.press.voice import markdown_voice
from plaudit.words.names import evidence_note, grade, known
from plaudit.words.texts import N_
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from plaudit.site.press.voice import Voice

__all__ = ["fact_sheet", "release"]

Facts = dict[str, Any]


def fact_sheet(facts: Facts) -> str:
    """Give every claim of the kit, section by section."""
    kit, voice = facts["kit"], markdown_voice(words_of(facts["language"]))
    title = voice.say(N_("Fact sheet: %(season)s"), season=voice.mark(_title(facts, voice)))
    lines = [f"# {title}", "", *_labels(facts, voice)]
    for section in kit["sections"]:
        kind, means = label_of(section, voice)
        lines += [f"## {title_of_section(section, voice)}", "", f"*{kind}. {means}*", ""]
        for claim in section["claims"]:
            lines.append(f"- {sentence(claim, kit['award'], voice)}{_called(claim['notes'])}")
        lines.append("")
    return "\n".join([*lines, *_notes(facts, voice, range(len(kit["notes"])))])


def release(facts: Facts) -> str:
    """Give the short release."""
    kit, voice = facts["kit"], markdown_voice(words_of(facts["language"]))
    line, called = told_headline(kit, facts["titles"], voice)
    lines = [f"# {line}{_called(called)}", "", *_labels(facts, voice)]
    used = set(called)
    for told in paragraphs(kit, voice):
        lines += [" ".join(f"{said}{_called(notes)}" for said, notes in told), ""]
        used |= {number for _, notes in told for number in notes}
    about = voice.say(N_("Every figure can be recomputed from published evidence: %(address)s"), address=_home(facts))
    return "\n".join([*lines, about, "", *_notes(facts, voice, sorted(used))])


def _title(facts: Facts, voice: Voice) -> str:
    kit = facts["kit"]
    if kit["is_season"]:
        return voice.words.name(facts["titles"])
    return str(voice.prize(kit["award"], kit["edition"]).unescape())


def _labels(facts: Facts, voice: Voice) -> list[str]:
    """Give the label that stands above everything: what the season's evidence is."""
    kind = facts["kit"]["evidence"]
    if kind == "real" or not facts["kit"]["is_season"]:
        return []
    return [f"> **{known(voice.words, 'evidence', kind)}.** {evidence_note(voice.words, kind)}", ""]


def _called(notes: list[int]) -> str:
    return "".join(f"[^{number + 1}]" for number in notes)


def _home(facts: Facts) -> Markup:
    return Markup(f"<{absolute(facts['address'], facts['language'] + '/index.html')}>")  # noqa: S704  # quoted


def _notes(facts: Facts, voice: Voice, numbers: Any) -> list[str]:
    lines = []
    for number in numbers:
        note = facts["kit"]["notes"][number]
        rows = ", ".join(f"{voice.mark(column)} = {voice.mark(value)}" for column, value in note["row"])
        parts: list[Markup | str] = [f"<{absolute(facts['address'], note['file'])}>"]
        if rows:
            parts.append(voice.say(N_("rows: %(rows)s"), rows=Markup(rows)))  # noqa: S704
        if note["columns"]:
            columns = voice.words.list([voice.mark(column) for column in note["columns"]])
            parts.append(voice.say(N_("added up over all rows: %(columns)s"), columns=columns))
        parts.append(f"SHA-256 {note['sha256']}")
        if note["made_from"]:
            name, sha256 = note["made_from"]
            parts.append(f"{voice.say(N_('made from %(file)s'), file=voice.mark(name))}, SHA-256 {sha256}")
        if note["rule"]:
            said = voice.say(N_("rule %(rule)s"), rule=voice.mark(note["rule"]))
            parts.append(f"{said}, SHA-256 {note['rule_sha256']}")
        told = [f"{voice.mark(source)} ({grade(voice.words, letter)})" for source, letter in note["sources"]]
        if told:
            parts.append(voice.say(N_("sources: %(sources)s"), sources=Markup("; ".join(told))))  # noqa: S704
        lines.append(f"[^{number + 1}]: " + "; ".join(str(part) for part in parts))
    return [*lines, ""]
