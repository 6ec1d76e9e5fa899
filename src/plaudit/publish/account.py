"""The certificate in plain words, made from the statement alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from plaudit.certify.limits import KNOWN
from plaudit.publish.robustness import robustness
from plaudit.tally.margin import margin
from plaudit.words.blocks import Block, Command, Grid, Heading, Items, Paragraph
from plaudit.words.counted import ballots, cases, voters, votes
from plaudit.words.document import as_markdown
from plaudit.words.message import Code, Listed, Message, Named, Own, Value, count, say, with_names
from plaudit.words.names import evidence_note, known
from plaudit.words.sentence import told
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.season import Season

__all__ = ["account", "certificate_account"]

_COLUMNS: Final = ("cast", "counted", "over_cap", "outside_window", "void", "set_aside")
_VERDICTS: Final = ("passes", "alarm", "fails", "not checked")

Names = dict[str, dict[str, str]]


def certificate_account(season: Season, statement: dict[str, Any]) -> str:
    """Give the certificate as Markdown, in English."""
    return as_markdown(account(season, statement), words_of(SOURCE_LANGUAGE))


def account(season: Season, statement: dict[str, Any]) -> list[Block]:
    """Give the certificate as a document.

    Names, numbers and digests come from the signed statement; only the names of
    artists are looked up in the season.
    """
    names = {artist.id: {SOURCE_LANGUAGE: artist.name} for artist in season.artists.artists}
    names |= {row["nominee"]: {SOURCE_LANGUAGE: row["name"]} for row in statement.get("nominees", [])}
    head = statement["season"]
    signed = say(
        "Award: %(award)s, edition %(edition)s. Signed in %(file)s by %(origin)s.",
        award=head["award"],
        edition=head["edition"],
        file=Code("certificate.note"),
        origin=Code(head["origin"]),
    )
    blocks: list[Block] = [
        Heading(1, Own(head["title"])),
        Paragraph(signed),
        Paragraph(evidence_note(statement["evidence"]["kind"]), is_strong=statement["evidence"]["kind"] != "real"),
    ]
    blocks += [*_result(statement, names), *_audit(season, statement, names), *_charts(statement, names)]
    blocks += [Heading(2, say("Where the evidence comes from")), Items(_sources(statement["evidence"]["sources"]))]
    if statement["set_aside"]:
        rows = [_told(known("set_aside", why), n) for why, n in statement["set_aside"].items()]
        blocks += [Heading(2, say("Rows set aside")), Items(rows)]
    if limits := [_named(one, names) for stated in statement["limits"] for one in _limit(stated)]:
        blocks += [Heading(2, say("What this does not show")), Items(limits)]
    rules = [
        say(
            "%(rule)s, SHA-256 %(sha256)s; in words: %(file)s",
            rule=Code(name),
            sha256=Code(rule["sha256"]),
            file=Code(f"rules/{name}.md"),
        )
        for name, rule in statement["rules"].items()
    ]
    blocks += [Heading(2, say("Rules")), Items(rules)]
    return [*blocks, Heading(2, say("Check it yourself")), Command("plaudit verify FOLDER")]


def _limit(stated: Any) -> tuple[Value, ...]:
    return told(stated if isinstance(stated, str) else [stated], KNOWN)


def _named(value: Value, names: Names) -> Value:
    return with_names(value, names)


def _name(artist: str, names: Names) -> Value:
    return Named(names[artist]) if artist in names else Code(artist)


def _told(what: Value, n: int) -> Message:
    return say("%(what)s: %(n)s", what=what, n=n)


def _sources(sources: Sequence[dict[str, Any]]) -> list[Value]:
    found: list[Value] = []
    for source in sources:
        seen = {"title": Own(source["title"] or source["id"]), "first": source["from"], "last": source["to"]}
        sampling = Own(source["sampling"])
        made_up = say("%(title)s (made up; %(first)s to %(last)s): %(sampling)s.", sampling=sampling, **seen)
        real = say("%(title)s (real; %(first)s to %(last)s): %(sampling)s.", sampling=sampling, **seen)
        found.append(made_up if source["synthetic"] else real)
        found += [
            say(
                "%(title)s: not seen from %(first)s to %(last)s: %(why)s",
                title=seen["title"],
                first=gap["from"],
                last=gap["to"],
                why=Own(gap["because"]),
            )
            for gap in source["gaps"]
        ]
    return found


def _result(statement: dict[str, Any], names: Names) -> list[Block]:
    result = statement.get("result")
    if result is None:
        return []
    unit = say("votes") if result["unit"] == "votes" else say("parts per million")
    winners = Listed(tuple(_name(nominee, names) for nominee in result["winners"]))
    places: list[list[Value]] = [
        [row["position"], _name(row["nominee"], names), _value(row)] for row in result["positions"]
    ]
    rows: list[list[Value]] = [
        [_name(row["nominee"], names), Code(row["channel"]), *(row[f"votes_{column}"] for column in _COLUMNS)]
        for row in result["totals"]
        if row["votes_cast"]
    ]
    head = [say("Nominee"), say("Channel"), *(known("column", column) for column in _COLUMNS)]
    caption = say("Votes by nominee and channel. The columns after cast add up to the votes cast.")
    blocks: list[Block] = [
        Heading(2, say("Result")),
        Grid(say("First: %(winners)s", winners=winners), [say("Position"), say("Nominee"), unit], places),
        Grid(caption, head, rows),
    ]
    reasons: Counter[str] = Counter()
    for row in result["voids"]:
        reasons[row["reason"]] += row["votes"]
    if reasons:
        why = [_told(known("void", reason), n) for reason, n in sorted(reasons.items())]
        blocks += [Paragraph(say("Why votes are void:")), Items(why)]
    return blocks


def _value(row: dict[str, Any]) -> Value:
    """Write a value, and the decimals that tell it from another where rounding hides who is ahead."""
    if not row.get("exact"):
        return int(row["value"])
    return say("%(value)s (%(exact)s)", value=row["value"], exact=row["exact"])


def _audit(season: Season, statement: dict[str, Any], names: Names) -> list[Block]:
    audit = statement.get("audit")
    if audit is None:
        return []
    lines: list[Value] = [_purge(row) for row in audit["purges"]]
    if not lines:
        lines.append(say("The season declares no purge rule, so no ballot was set aside by one."))
    if audit["appeals"]:
        back = ballots(sum(row["ballots"] for row in audit["appeals"]))
        lines.append(
            count(
                "%(n)s appeal was decided; it gave back %(ballots)s.",
                "%(n)s appeals were decided; they gave back %(ballots)s.",
                len(audit["appeals"]),
                ballots=back,
            )
        )
    verdicts = Counter(row["verdict"] for row in audit["findings"])
    each = Listed(tuple(_told(known("finding", verdict), verdicts[verdict]) for verdict in _VERDICTS))
    lines.append(say("Checks: %(verdicts)s.", verdicts=each))
    nominees = [row["nominee"] for row in statement["result"]["positions"]]
    found = margin(statement["result"]["totals"], nominees, season.counting_rule())
    said = robustness(audit["sensitivity"]["rows"], asdict(found), audit["charts"])
    blocks: list[Block] = [
        Heading(2, say("Audit")),
        Items(lines),
        Paragraph(say("Case by case: %(file)s.", file=Code("audit/notice.md"))),
        Heading(2, say("Would the result have been another?")),
    ]
    return [*blocks, Items([_named(one, names) for one in said])] if said else blocks[:-1]


def _purge(row: dict[str, Any]) -> Message:
    values: dict[str, Value] = {
        "rule": Code(row["rule"]),
        "ballots": ballots(row["ballots"]),
        "votes": votes(row["votes"]),
        "voters": voters(row["voters"]),
        "cases": cases(row["cases"]),
    }
    if row["does"] == "flag only":
        return say("%(rule)s flags %(ballots)s with %(votes)s of %(voters)s in %(cases)s, and they count.", **values)
    if row["late"]:
        return say(
            "%(rule)s came late. It would set aside %(ballots)s with %(votes)s of %(voters)s in %(cases)s.", **values
        )
    return say("%(rule)s set aside %(ballots)s with %(votes)s of %(voters)s in %(cases)s.", **values)


def _charts(statement: dict[str, Any], names: Names) -> list[Block]:
    blocks: list[Block] = []
    for chart in statement.get("charts", []):
        rows: list[list[Value]] = []
        for week in chart["weeks"]:
            leaders = Listed(tuple(_name(artist, names) for artist in week["no_1"])) if week["no_1"] else "–"
            verdict = known("verdict", week["verdict"])
            missing = Listed(tuple(map(Code, week["missing"]))) if week["missing"] else "–"
            rows.append([Code(week["week"]), leaders, verdict, missing])
        head = [say("Week"), say("No. 1"), say("Verdict"), say("Not seen")]
        blocks += [
            Heading(2, say("Chart %(rule)s", rule=Code(chart["rule"]))),
            Grid(say("Every week of the chart and who was no. 1."), head, rows),
        ]
    return blocks
