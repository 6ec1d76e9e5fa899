"""The purge notice as sentences and tables, from its figures alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.audit.checks.findings import found as found_said
from plaudit.audit.checks.findings import subject
from plaudit.certify.limits import KNOWN
from plaudit.certify.scenarios import scenario, winners
from plaudit.publish.figures import DAYS_MOST, MIDDLE
from plaudit.publish.mapped import mapped
from plaudit.publish.robustness import robustness
from plaudit.words.blocks import Block, Command, Grid, Heading, Items, Paragraph
from plaudit.words.counted import ballots, cases, voters, votes
from plaudit.words.message import Code, Listed, Message, Named, Own, Value, count, say, with_names
from plaudit.words.names import evidence_note, known
from plaudit.words.sentence import told
from plaudit.words.words import SOURCE_LANGUAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plaudit.publish.figures import Figures, Purge

__all__ = ["became", "cast_said", "document", "late_said", "without_said"]


def document(found: Figures) -> list[Block]:
    """Give the notice's blocks: the result first, what is long to read aloud last."""
    blocks: list[Block] = [Heading(2, say("Purge notice: %(title)s, %(edition)s", **_texts(found)))]
    if found.evidence != "real":
        blocks.append(Paragraph(evidence_note(found.evidence), is_strong=True))
    blocks.append(Paragraph(tuple(_result(found))))
    blocks += _rules(say("What each rule did"), [row for row in found.purges if not row.late])
    blocks += [*_before_and_after(found), *_appeals(found.appeals), *_findings(found.findings)]
    blocks += [*_robustness(found), *_late(found)]
    if found.not_seen:
        unseen = [_named(one, found) for one in told(found.not_seen, KNOWN)]
        blocks += [Heading(3, say("What could not be seen")), Items(unseen)]
    if did := mapped(found.mapping):
        blocks += [Heading(3, say("What the mapping of the sources did")), Items([_named(one, found) for one in did])]
    if found.not_checked:
        beyond = [_named(one, found) for one in told(found.not_checked, KNOWN)]
        blocks += [Heading(3, say("What was not checked, because no file can show it")), Items(beyond)]
    return [*blocks, *_repeat(found), *_days(found)]


def _texts(found: Figures) -> dict[str, Value]:
    return {"title": Own(found.title), "edition": found.edition}


def _named(value: Value, found: Figures) -> Value:
    return with_names(value, {nominee: {SOURCE_LANGUAGE: name} for nominee, name in found.names.items()})


def _nominee(nominee: str, found: Figures) -> Value:
    return Named({SOURCE_LANGUAGE: found.names[nominee]}) if nominee in found.names else Code(nominee)


def _who(joined: str, found: Figures) -> Value:
    return _named(winners(joined), found) if joined else "–"


def _result(found: Figures) -> list[Value]:
    cast, aside, left = (found.votes(column) for column in ("cast", "set_aside", "counted"))
    first = next((row for row in found.result), None)
    if first is None or not cast:
        return [say("No vote was cast, so there is no result.")]
    who = Listed(tuple(_nominee(row["nominee"], found) for row in found.result if row["is_winner"]))
    value = votes(first["value"]) if first["unit"] == "votes" else _ppm(first["value"])
    said: list[Value] = [
        say("First: %(winners)s with %(value)s.", winners=who, value=value),
        cast_said(cast, left, aside),
        _named(without_said(found.scenario("none")), found),
    ]
    return said


def cast_said(cast: int, counted: int, set_aside: int) -> Message:
    """Say what became of the votes cast."""
    return count(
        "Of %(n)s vote cast, %(counted)s counted and %(aside)s were set aside by a purge rule.",
        "Of %(n)s votes cast, %(counted)s counted and %(aside)s were set aside by a purge rule.",
        cast,
        counted=counted,
        aside=set_aside,
    )


def without_said(without: Mapping[str, Any] | None) -> Message:
    """Say whether the purge changed who is first.

    Parameters
    ----------
    without : the result without it; nothing if no rule was declared
    """
    if without is None:
        return say("No purge rule was declared before the vote, so none was applied.")
    if without["changes"]:
        changed = winners(without["winners"]) if without["winners"] else "–"
        return say("The purge changed who is first: without it, it would be %(winners)s.", winners=changed)
    return say("Without the purge the first would be the same.")


def _ppm(value: int) -> Message:
    return say("%(n)s parts per million", n=value)


def _rules(heading: Message, rows: Iterable[Purge]) -> list[Block]:
    blocks: list[Block] = [Heading(3, heading)]
    for row in rows:
        blocks.append(Heading(4, say("%(rule)s: %(title)s", rule=Code(row.rule), title=Own(row.title))))
        blocks.append(Paragraph((Own(row.because), *_where(row.channels))))
        blocks.append(Paragraph(tuple(_did(row))))
        if row.does == "set aside":
            blocks.append(Paragraph(say("The voter is told: %(told)s", told=Own(row.told))))
    if len(blocks) == 1:
        blocks.append(Paragraph(say("The season declares no purge rule, so no ballot was set aside by one.")))
    return blocks


def _where(channels: list[str]) -> list[Message]:
    if not channels:
        return []
    return [say("It checks %(channels)s and no other channel.", channels=Listed.of(map(Code, channels)))]


def _did(row: Purge) -> list[Message]:
    if not row.voters:
        return [say("It matched nobody.")]
    said = [
        say(
            "It matched %(voters)s in %(cases)s, with %(ballots)s and %(votes)s.",
            voters=voters(row.voters),
            cases=cases(row.cases),
            ballots=ballots(row.ballots),
            votes=votes(row.votes),
        )
    ]
    return [*said, *became(row)]


def became(row: Purge) -> list[Message]:
    """Say what became of the ballots that a rule matched."""
    said = []
    if row.does == "flag only":
        said.append(say("It only flags: these ballots count as any other."))
    elif row.late:
        said.append(say("It came late: these ballots would have been set aside, and they count."))
    else:
        said.append(say("These ballots are set aside."))
    if row.also:
        said.append(
            count(
                "%(n)s further ballot had been set aside by an earlier rule.",
                "%(n)s further ballots had been set aside by an earlier rule.",
                row.also,
            )
        )
    if row.reinstated:
        said.append(count("Appeals gave %(n)s ballot back.", "Appeals gave %(n)s ballots back.", row.reinstated))
    return said


def _columns(rules: Iterable[str]) -> list[Value]:
    middle = [known("column", column) for column in MIDDLE]
    return [*middle, *(say("set aside by %(rule)s", rule=Code(rule)) for rule in rules)]


def _before_and_after(found: Figures) -> list[Block]:
    rows: list[list[Value]] = [
        [_nominee(row.nominee, found), Code(row.channel), row.cast, *row.middle, *row.by_rule, row.after, row.before]
        for row in found.before_and_after()
    ]
    head = [say("Nominee"), say("Channel"), say("cast"), *_columns(found.purging)]
    caption = say("Votes by nominee and channel. The columns from over the cap to counted add up to the votes cast.")
    last = [say("counted"), say("would count without the purge")]
    return [Heading(3, say("Before and after")), Grid(caption, [*head, *last], rows)]


def _days(found: Figures) -> list[Block]:
    heading = Heading(3, say("Day by day"))
    if len(found.days) > DAYS_MOST:
        many = count(
            "The same by voting day, in %(n)s row: %(file)s",
            "The same by voting day, in %(n)s rows: %(file)s",
            len(found.days),
            file=Code("audit/days.csv"),
        )
        return [heading, Paragraph(many)]
    rows: list[list[Value]] = [
        [
            _nominee(row.nominee, found),
            Code(row.channel),
            Code(row.day),
            row.cast,
            row.before["counted"],
            *(row.after[column] for column in MIDDLE),
            *(row.purged.get(rule, 0) for rule in found.purging),
            row.after["counted"],
        ]
        for row in found.days
    ]
    head = [say("Nominee"), say("Channel"), say("Day"), say("cast"), say("counted before"), *_columns(found.purging)]
    caption = say("By voting day. A ballot set aside frees its voter's allowance, so another may come to count.")
    return [heading, Grid(caption, [*head, say("counted after")], rows)] if rows else []


def _appeals(appeals: list[dict[str, Any]]) -> list[Block]:
    heading = Heading(3, say("Appeals"))
    if not appeals:
        return [heading, Paragraph(say("No appeal was decided."))]
    rows: list[list[Value]] = [
        [Code(str(row["receipt"])), known("appeal", row["decision"]), row["ballots"], Own(row["why"])]
        for row in appeals
    ]
    head = [say("Receipt"), say("Decision"), say("ballots given back"), say("Why")]
    return [heading, Grid(say("Appeals that were decided, and why."), head, rows)]


def _findings(findings: list[dict[str, Any]]) -> list[Block]:
    passed = sum(row["verdict"] == "passes" for row in findings)
    made = count(
        "%(n)s check was made; %(passed)s pass.",
        "%(n)s checks were made; %(passed)s pass.",
        len(findings),
        passed=passed,
    )
    blocks: list[Block] = [Heading(3, say("Checks of our own numbers")), Paragraph(made)]
    head = [say("Check"), say("Of"), say("Verdict"), say("Found"), say("Expected")]
    for verdicts, caption in (
        (("fails", "alarm"), say("What fails, and what is an alarm: unlikely, and no proof.")),
        (("passes",), say("What passes.")),
    ):
        rows = [_finding(row) for row in findings if row["verdict"] in verdicts]
        if rows:
            blocks.append(Grid(caption, head, rows))
    return blocks


def _finding(row: dict[str, Any]) -> list[Value]:
    check, verdict = known("check", row["check"]), known("finding", row["verdict"])
    said = [found_said(row[key]) for key in ("found", "expected")]
    return [check, subject(row["check"], row["subject"]), verdict, *said]


def _robustness(found: Figures) -> list[Block]:
    said = robustness(found.sensitivity["rows"], found.margin, found.charts)
    rows: list[list[Value]] = [
        [
            scenario(row),
            _who(row["winners"], found),
            row["value"],
            _who(row["second"], found),
            row["second_value"],
            row["votes_set_aside"],
            say("yes") if row["changes"] else say("no"),
        ]
        for row in found.sensitivity["rows"]
    ]
    head = [
        say("Purge"),
        say("First"),
        say("with"),
        say("Next"),
        say("with"),
        say("votes set aside"),
        say("Another result"),
    ]
    caption = say("The result under every other purge, and of each channel alone")
    blocks: list[Block] = [Heading(3, say("Would the result have been another?"))]
    blocks += [Items([_named(one, found) for one in said])] if said else []
    return [*blocks, Grid(caption, head, rows)] if rows else blocks


def _late(found: Figures) -> list[Block]:
    late = [row for row in found.purges if row.late]
    if not late:
        return []
    said = tuple(_named(one, found) for one in late_said(found.scenario("late")))
    heading, *rest = _rules(say("Rules that came late"), late)
    return [heading, Paragraph(said), *rest]


def late_said(with_them: Mapping[str, Any] | None) -> list[Message]:
    """Say what rules that came late would have done.

    Parameters
    ----------
    with_them : the result with them, where it was tried
    """
    said = [say("These rules were not declared before the vote, so they set nothing aside.")]
    if with_them is None:
        return said
    first = winners(with_them["winners"]) if with_them["winners"] else "–"
    another = say("That is another result than the certified one.")
    same = say("That is the certified result.")
    return [*said, say("First with them: %(winners)s.", winners=first), another if with_them["changes"] else same]


def _repeat(found: Figures) -> list[Block]:
    blocks: list[Block] = [Heading(3, say("How to repeat it"))]
    if found.purges:
        blocks += [
            Paragraph(say("Each rule's query runs over the season's evidence. In the folder evidence:")),
            Command("\n".join(f'duckdb -c ".read ../published/{row.query}"' for row in found.purges)),
        ]
    return [
        *blocks,
        Paragraph(say("Everything, from the evidence to this notice:")),
        Command("plaudit verify FOLDER"),
        Heading(3, say("If it is about your ballot")),
        Paragraph(say("Your receipt leads to the ruling on your ballot, or says that it counted:")),
        Command("plaudit audit FOLDER --receipt RECEIPT"),
        Paragraph(
            say(
                "To appeal, send the organiser your receipt and what speaks for it. Every decision is published with "
                "its reason, and stands in the next edition of this notice."
            )
        ),
    ]
