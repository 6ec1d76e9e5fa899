"""The certificate in plain words, made from the statement alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from plaudit.publish.english import limits_said
from plaudit.publish.robustness import robustness
from plaudit.rulebook.words import counted
from plaudit.tally.margin import margin
from plaudit.words.message import with_names
from plaudit.words.spans import in_markdown, markdown
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season

__all__ = ["certificate_account"]

_VERDICTS: Final = ("passes", "alarm", "fails", "not checked")

_KINDS = {
    "real": "Everything this rests on is real.",
    "synthetic": "Everything this rests on is **synthetic**: made up.",
    "synthetic ballots": (
        "The readings are real. The ballots are **synthetic**: made up. Nobody cast them, so nobody won by them."
    ),
    "guest ballots": (
        "The ballots are **guests'**: anyone could vote, any number of times. A demonstration: nobody is given a title."
    ),
    "partly synthetic": "Part of what this rests on is **synthetic**: made up.",
}


def certificate_account(season: Season, statement: dict[str, Any]) -> str:
    """Give the certificate as Markdown.

    Names, numbers and digests come from the signed statement; only the names of
    artists are looked up in the season.
    """
    names = {artist.id: artist.name for artist in season.artists.artists}
    names |= {row["nominee"]: row["name"] for row in statement.get("nominees", [])}
    head = {key: _plain(text) for key, text in statement["season"].items()}
    lines = [
        f"# {head['title']}",
        "",
        f"Award: {head['award']}, edition {head['edition']}. Signed in `certificate.note` by {head['origin']}.",
        "",
        _KINDS[statement["evidence"]["kind"]],
        "",
    ]
    lines += _result_lines(statement, names) + _audit_lines(season, statement, names) + _chart_lines(statement, names)
    lines += ["## Where the evidence comes from", ""]
    for source in statement["evidence"]["sources"]:
        nature = "synthetic" if source["synthetic"] else "real"
        told = {key: _plain(source[key]) for key in ("title", "sampling")}
        lines.append(f"- **{told['title']}** ({nature}; {source['from']} to {source['to']}): {told['sampling']}.")
        lines += [f"  - not seen from {gap['from']} to {gap['to']}: {_plain(gap['because'])}" for gap in source["gaps"]]
    if statement["set_aside"]:
        lines += ["", "## Rows set aside", ""]
        lines += [f"- {_plain(reason)}: {rows:,}" for reason, rows in statement["set_aside"].items()]
    if statement["limits"]:
        lines += ["", "## What this does not show", ""]
        lines += [f"- {_plain(limit)}" for limit in limits_said(statement["limits"], names)]
    lines += ["", "## Rules", ""]
    lines += [
        f"- `{name}` ({rule['kind']}), SHA-256 `{rule['sha256']}`; in words: `rules/{name}.md`"
        for name, rule in statement["rules"].items()
    ]
    lines += ["", "## Check it yourself", "", "    plaudit verify FOLDER", ""]
    return "\n".join(lines)


def _value(row: dict[str, Any]) -> str:
    """Write a value, and the decimals that tell it from another where rounding hides who is ahead."""
    return f"{row['value']:,} ({row['exact']})" if row.get("exact") else f"{row['value']:,}"


def _result_lines(statement: dict[str, Any], names: dict[str, str]) -> list[str]:
    result = statement.get("result")
    if result is None:
        return []
    unit = "votes" if result["unit"] == "votes" else "parts per million"
    winners = " and ".join(_name(nominee, names) for nominee in result["winners"])
    lines = ["## Result", "", f"First: **{winners}**.", "", f"| position | nominee | {unit} |", "|--:|---|--:|"]
    lines += [f"| {row['position']} | {_name(row['nominee'], names)} | {_value(row)} |" for row in result["positions"]]
    columns = ("cast", "counted", "over_cap", "outside_window", "void", "set_aside")
    lines += ["", "Votes by nominee and channel; the columns add up to the votes cast.", ""]
    lines += ["| nominee | channel | " + " | ".join(name.replace("_", " ") for name in columns) + " |"]
    lines += ["|---|---|" + "--:|" * len(columns)]
    for row in result["totals"]:
        if row["votes_cast"]:
            figures = " | ".join(f"{row[f'votes_{column}']:,}" for column in columns)
            lines.append(f"| {_name(row['nominee'], names)} | {_plain(row['channel'])} | {figures} |")
    if result["voids"]:
        lines += ["", "Why votes are void:", ""]
        reasons: dict[str, int] = {}
        for row in result["voids"]:
            reasons[row["reason"]] = reasons.get(row["reason"], 0) + row["votes"]
        lines += [f"- {_plain(reason)}: {votes:,}" for reason, votes in sorted(reasons.items())]
    return [*lines, ""]


def _audit_lines(season: Season, statement: dict[str, Any], names: dict[str, str]) -> list[str]:
    audit = statement.get("audit")
    if audit is None:
        return []
    lines = ["## Audit", ""]
    for row in audit["purges"]:
        verb = "flags, and counts," if row["does"] == "flag only" else "would set aside" if row["late"] else "set aside"
        late = " (late)" if row["late"] else ""
        lines.append(
            f"- `{row['rule']}`{late} {verb} {counted(row['ballots'], 'ballot')} with {counted(row['votes'], 'vote')} "
            f"of {counted(row['voters'], 'voter')} in {counted(row['cases'], 'case')}"
        )
    if not audit["purges"]:
        lines.append("- No purge rule was declared; no ballot was set aside.")
    given_back = sum(row["ballots"] for row in audit["appeals"])
    if audit["appeals"]:
        lines.append(
            f"- {counted(len(audit['appeals']), 'appeal')} decided; {counted(given_back, 'ballot')} given back"
        )
    verdicts = Counter(row["verdict"] for row in audit["findings"])
    lines.append("- Checks: " + ", ".join(f"{verdicts[verdict]:,} {verdict}" for verdict in _VERDICTS) + ".")
    nominees = [row["nominee"] for row in statement["result"]["positions"]]
    found = margin(statement["result"]["totals"], nominees, season.counting_rule())
    by_language = {nominee: {SOURCE_LANGUAGE: name} for nominee, name in names.items()}
    words = words_of(SOURCE_LANGUAGE)
    said = robustness(audit["sensitivity"]["rows"], asdict(found), audit["charts"])
    sentences = [markdown(words.value(with_names(sentence, by_language))) for sentence in said]
    lines += ["", "The whole of it, case by case: `audit/notice.md`.", ""]
    lines += ["## Would the result have been another?", "", *(f"- {sentence}" for sentence in sentences), ""]
    return lines


def _chart_lines(statement: dict[str, Any], names: dict[str, str]) -> list[str]:
    lines = []
    for chart in statement.get("charts", []):
        lines += [f"## Chart {chart['rule']}", "", "| week | no. 1 | |", "|---|---|---|"]
        for week in chart["weeks"]:
            leaders = ", ".join(_name(artist, names) for artist in week["no_1"]) or "–"
            note = "" if week["verdict"] == "final" else f"{week['verdict']}: not seen {', '.join(week['missing'])}"
            lines.append(f"| {week['week']} | {leaders} | {note} |")
        lines.append("")
    return lines


def _plain(text: str) -> str:
    return str(in_markdown(text, 4_000))


def _name(artist: str, names: dict[str, str]) -> str:
    """Give a name so that Markdown shows it letter by letter."""
    return _plain(names.get(artist, artist))
