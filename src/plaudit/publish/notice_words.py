"""The purge notice as sentences and tables, from its figures alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.publish.blocks import Block, Command, Grid, Heading, Items, Paragraph
from plaudit.publish.english import finding_row, limits_said
from plaudit.publish.robustness import named, robustness, together
from plaudit.rulebook.words import counted
from plaudit.tally.margin import Change, Margin

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["document"]

_DAYS_MOST: Final = 200
"""Rows by day that a page shows; with more, the notice points at the file."""
_LABELS: Final = {
    "real": "",
    "synthetic": "SYNTHETIC. Everything this rests on is made up.",
    "synthetic ballots": "SYNTHETIC BALLOTS. The readings are real, the ballots are made up. Nobody cast them.",
    "guest ballots": "GUEST BALLOTS. Anyone could vote, any number of times. A demonstration: nobody is given a title.",
    "partly synthetic": "PARTLY SYNTHETIC. Part of what this rests on is made up.",
}
_MIDDLE: Final = ("over_cap", "outside_window", "void")


def document(found: dict[str, Any]) -> list[Block]:
    """Give the notice's blocks: the result first, what is long to read aloud last."""
    blocks: list[Block] = [Heading(2, f"Purge notice: {found['title']}, {found['edition']}")]
    if label := _LABELS[found["evidence"]]:
        blocks.append(Paragraph(label, is_strong=True))
    blocks.append(Paragraph(" ".join(_result(found))))
    declared = [row for row in found["purges"] if not row["late"]]
    blocks += _rules("What each rule did", declared)
    blocks += _before_and_after(found)
    blocks += _appeals(found["appeals"])
    blocks += _findings(found["findings"])
    blocks += _doubt(found)
    blocks += _late(found)
    if found["not_seen"]:
        blocks += [Heading(3, "What could not be seen"), Items(limits_said(found["not_seen"], found["names"]))]
    return [*blocks, *_repeat(found), *_days(found)]


def _result(found: dict[str, Any]) -> list[str]:
    winners = together(
        [found["names"].get(row["nominee"], row["nominee"]) for row in found["result"] if row["is_winner"]]
    )
    cast, aside, left = (_sum(found["totals"], f"votes_{column}") for column in ("cast", "set_aside", "counted"))
    first = next((row for row in found["result"]), None)
    if first is None or not cast:
        return ["No vote was cast, so there is no result to speak of."]
    unit = "votes" if first["unit"] == "votes" else "parts per million"
    sentences = [
        f"First is {winners} with {first['value']:,} {unit}.",
        f"Of {counted(cast, 'vote')} cast, {left:,} counted and {aside:,} were set aside by a purge rule.",
    ]
    rows = {row["kind"]: row for row in found["sensitivity"]["rows"]}
    if "none" not in rows:
        return [*sentences, "No purge rule was declared before the vote, so none was applied."]
    without = named(rows["none"]["winners"], found["names"])
    if rows["none"]["changes"]:
        return [*sentences, f"This changed who is first: without the purge it would be {without}."]
    return [*sentences, "Without the purge the first would be the same."]


def _rules(heading: str, rows: Iterable[dict[str, Any]]) -> list[Block]:
    blocks: list[Block] = [Heading(3, heading)]
    for row in rows:
        blocks.append(Heading(4, f"{row['rule']}: {row['title']}"))
        where = f" It looks at {together(row['channels'])} alone." if row["channels"] else ""
        blocks.append(Paragraph(f"{row['because']}{where}"))
        blocks.append(Paragraph(_did(row)))
        if row["does"] == "set aside":
            blocks.append(Paragraph(f"The voter is told: {row['told']}"))
    return blocks if len(blocks) > 1 else [*blocks, Paragraph("The season declares no purge rule.")]


def _did(row: dict[str, Any]) -> str:
    if not row["voters"]:
        return "It matched nobody."
    matched = f"{counted(row['voters'], 'voter')} in {counted(row['cases'], 'case')}"
    ballots = f"{counted(row['ballots'], 'ballot')} with {counted(row['votes'], 'vote')}"
    if row["does"] == "flag only":
        return f"It only flags: {matched} cast {ballots}, and all of these count as any other."
    verb = "It came late and would set aside" if row["late"] else "It matched"
    said = f"{verb} {ballots} of {matched}." if row["late"] else f"{verb} {matched} and set aside {ballots}."
    if row["also"]:
        said += f" {counted(row['also'], 'further ballot')} had been set aside by an earlier rule."
    if row["reinstated"]:
        said += f" Appeals gave {counted(row['reinstated'], 'ballot')} back."
    return said


def _before_and_after(found: dict[str, Any]) -> list[Block]:
    purging = _purging(found)
    by_rule: dict[tuple[str, str, str], int] = {}
    for row in found["purged"]:
        if row["outcome"] == "set aside":
            by_rule[row["nominee"], row["channel"], row["rule"]] = row["votes"]
    before: dict[tuple[str, str], int] = {}
    for row in found["days"]:
        pair = row["nominee"], row["channel"]
        before[pair] = before.get(pair, 0) + row["before"]["counted"]
    rows: list[list[str | int]] = []
    for row in found["totals"]:
        if not row["votes_cast"]:
            continue
        pair = row["nominee"], row["channel"]
        rows.append(
            [
                found["names"].get(pair[0], pair[0]),
                pair[1],
                row["votes_cast"],
                *(row[f"votes_{column}"] for column in _MIDDLE),
                *(by_rule.get((*pair, rule), 0) for rule in purging),
                row["votes_counted"],
                before.get(pair, row["votes_counted"]),
            ]
        )
    columns = ["nominee", "channel", "cast", *(column.replace("_", " ") for column in _MIDDLE)]
    columns += [*(f"set aside by {rule}" for rule in purging), "counted", "would count without the purge"]
    caption = "Votes by nominee and channel. The columns from over cap to counted add up to the votes cast."
    return [Heading(3, "Before and after"), Grid(caption, columns, rows)]


def _days(found: dict[str, Any]) -> list[Block]:
    purging = _purging(found)
    if len(found["days"]) > _DAYS_MOST:
        text = f"Before and after by voting day, in {len(found['days']):,} rows, is in audit/days.csv."
        return [Heading(3, "Day by day"), Paragraph(text)]
    rows: list[list[str | int]] = [
        [
            found["names"].get(row["nominee"], row["nominee"]),
            row["channel"],
            row["day"],
            row["cast"],
            row["before"]["counted"],
            *(row["after"][column] for column in _MIDDLE),
            *(row["purged"].get(rule, 0) for rule in purging),
            row["after"]["counted"],
        ]
        for row in found["days"]
    ]
    columns = ["nominee", "channel", "day", "cast", "counted before", *(column.replace("_", " ") for column in _MIDDLE)]
    columns += [*(f"set aside by {rule}" for rule in purging), "counted after"]
    caption = "By voting day. A ballot set aside frees its voter's allowance, so another may come to count."
    return [Heading(3, "Day by day"), Grid(caption, columns, rows)] if rows else []


def _appeals(appeals: list[dict[str, Any]]) -> list[Block]:
    if not appeals:
        return [Heading(3, "Appeals"), Paragraph("No appeal was decided.")]
    rows = [[str(row["receipt"]), row["decision"], row["ballots"], row["why"]] for row in appeals]
    return [
        Heading(3, "Appeals"),
        Grid("Appeals that were decided, and why.", ["receipt", "decision", "ballots given back", "why"], rows),
    ]


def _findings(findings: list[dict[str, Any]]) -> list[Block]:
    columns = ["check", "of", "verdict", "found", "expected"]
    blocks: list[Block] = [Heading(3, "Checks of our own numbers")]
    passed = sum(row["verdict"] == "passes" for row in findings)
    blocks.append(Paragraph(f"{counted(len(findings), 'check')} were made; {passed:,} pass."))
    for verdicts, caption in (
        (("fails", "alarm"), "What fails, and what is an alarm: unlikely, and no proof."),
        (("passes",), "What passes."),
    ):
        rows = [finding_row(row) for row in findings if row["verdict"] in verdicts]
        if rows:
            blocks.append(Grid(caption, columns, rows))
    return blocks


def _doubt(found: dict[str, Any]) -> list[Block]:
    changes = {key: Change(**change) if change else None for key, change in found["margin"].items()}
    sentences = robustness(found, Margin(**changes), found["names"])
    rows: list[list[str | int]] = [
        [
            row["scenario"],
            named(row["winners"], found["names"]),
            row["value"],
            found["names"].get(row["second"], row["second"]),
            row["second_value"],
            row["votes_set_aside"],
            "yes" if row["changes"] else "no",
        ]
        for row in found["sensitivity"]["rows"]
    ]
    columns = ["purge", "first", "with", "next", "with", "votes set aside", "another result"]
    table = [Grid("The result under every other purge, and of each channel alone.", columns, rows)] if rows else []
    return [Heading(3, "Would the result have been another?"), *([Items(sentences)] if sentences else []), *table]


def _late(found: dict[str, Any]) -> list[Block]:
    late = [row for row in found["purges"] if row["late"]]
    if not late:
        return []
    blocks = _rules("Rules that came late", late)
    said = "These rules were not declared before the vote, so they set nothing aside."
    rows = {row["kind"]: row for row in found["sensitivity"]["rows"]}
    if "late" in rows:
        both = (
            f"{named(rows[kind]['winners'], found['names'])} ({rows[kind]['value']:,})"
            for kind in ("certified", "late")
        )
        said += " First without them: {}; with them: {}.".format(*both)
    return [blocks[0], Paragraph(said), *blocks[1:]]


def _repeat(found: dict[str, Any]) -> list[Block]:
    blocks: list[Block] = [Heading(3, "How to repeat it")]
    if found["purges"]:
        queries = together([row["query"] for row in found["purges"]])
        blocks += [
            Paragraph(f"Each rule's query, over the season's evidence: {queries}. In the folder evidence:"),
            Command(f'duckdb -c ".read ../published/{found["purges"][0]["query"]}"'),
        ]
    blocks += [
        Paragraph("Everything, from the evidence to this notice:"),
        Command("plaudit verify FOLDER"),
        Heading(3, "If it is about your ballot"),
        Paragraph("Your receipt leads to the ruling on your ballot, or says that it counted:"),
        Command("plaudit audit FOLDER --receipt RECEIPT"),
        Paragraph(
            "To appeal, send the organiser your receipt and what speaks for it. Every decision stands in appeals.csv "
            "with its reason, and in the next edition of this notice."
        ),
    ]
    return blocks


def _purging(found: dict[str, Any]) -> list[str]:
    return [row["rule"] for row in found["purges"] if row["does"] == "set aside" and not row["late"]]


def _sum(rows: Iterable[dict[str, Any]], column: str) -> int:
    return sum(row[column] for row in rows)
