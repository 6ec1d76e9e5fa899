"""The step nominate: who stands for election, and on what ground."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.base.errors import RuleInvalid, TieUnresolved
from plaudit.base.file_names import file_named
from plaudit.base.ids import exact_id, why_no_id
from plaudit.base.texts import csv_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import ibis

    from plaudit.rulebook.nomination_rule import NominationRule
    from plaudit.rulebook.season_file import Nomination

__all__ = ["in_period", "named_nominees", "nominate"]


def in_period(entries: ibis.Table, wanted: Nomination) -> ibis.Table:
    """Give the entries of the chart and the eligibility period that a season nominates by."""
    first, last = str(wanted.first_on or ""), str(wanted.last_on or "9999")
    return entries.filter(entries.chart == wanted.chart, entries.week >= first, entries.week <= last)


def named_nominees(folder: Path, wanted: Nomination) -> list[dict[str, Any]]:
    """Give the nominees a season names, in its order: nominee, name (may be empty) and source.

    Raises
    ------
    RuleInvalid : the nominees file lacks a column, an id or a name, gives a nominee twice,
        or holds a number or word that a program put where an id was.
    """
    named = [{"nominee": exact_id(item.nominee), "name": "", "source": item.source} for item in wanted.named]
    for item in named:
        if reason := why_no_id(item["nominee"]):
            raise _invalid("season.toml", 1, f"nominee {item['nominee']!r} is not an id ({reason})", "give it an id")
    if wanted.nominees_file:
        path = file_named(folder, wanted.nominees_file)
        columns = ("nominee", "name", "artist")
        for line, row in csv_table(path, wanted.nominees_file, columns, may_have_more=True):
            if not (row["nominee"] and row["name"]):
                raise _invalid(wanted.nominees_file, line, "no nominee or no name", "add it")
            name = f"{row['name']} – {row['artist']}" if row["artist"] else row["name"]
            nominee = exact_id(row["nominee"])
            if reason := why_no_id(nominee) or ("" if nominee else "blank id"):
                raise _invalid(
                    wanted.nominees_file,
                    line,
                    f"nominee {row['nominee']!r} is not an id ({reason})",
                    "give it another id, and say so in its sources: [source.replace.nominee]",
                )
            named.append({"nominee": nominee, "name": name, "source": wanted.nominees_source})
    seen: set[str] = set()
    for item in named:
        if item["nominee"] in seen:
            raise _invalid(wanted.nominees_file or "season.toml", 1, f"{item['nominee']!r} is given twice", "keep one")
        seen.add(item["nominee"])
    return named


def nominate(
    entries: Iterable[dict[str, Any]], named: Sequence[dict[str, Any]], rule: NominationRule
) -> list[dict[str, Any]]:
    """Give the nominees, named ones first.

    Parameters
    ----------
    entries : entries of the eligibility period; artist, week, position, points,
        peak, weeks_on_chart, weeks_at_no_1, verdict
    named : nominee and source, in order

    Returns
    -------
    One dict per nominee: nominee, ground ('named' or 'chart'), points and charts
        over the period, source as stated of those who are named.

    Raises
    ------
    TieUnresolved : the last place is tied and the rule does not settle it.

    Examples
    --------
    >>> from plaudit.rulebook.nomination_rule import ChartGround, NominationRule
    >>> rule = NominationRule("top", 1, "Top", "…", chart=ChartGround(places=1))
    >>> entry = {"artist": "bts", "week": "2018-05-18", "position": 1, "points": 9, "peak": 1,
    ...          "weeks_on_chart": 1, "weeks_at_no_1": 1, "verdict": "final"}
    >>> [found["nominee"] for found in nominate([entry], [], rule)]
    ['bts']
    """
    standings = _standings(entries, rule)
    nominees: list[dict[str, Any]] = []
    if rule.named is not None:
        if len(named) > rule.named.places:
            raise RuleInvalid(
                f"{len(named)} nominees are named and {rule.name} has {rule.named.places} places", "name fewer"
            )
        nominees = [
            {
                "nominee": item["nominee"],
                "ground": "named",
                "points": standings.get(item["nominee"], {}).get("points", 0),
                "charts": standings.get(item["nominee"], {}).get("charts", 0),
                "source": item["source"],
            }
            for item in named
        ]
    if rule.chart is not None:
        already = {item["nominee"] for item in nominees}
        nominees += [
            {
                "nominee": artist,
                "ground": "chart",
                "points": standings[artist]["points"],
                "charts": standings[artist]["charts"],
                "source": "",
            }
            for artist in _first(standings, rule.chart.places, rule)
            if artist not in already
        ]
    return nominees


def _invalid(file: str, line: int, what: str, remedy: str) -> RuleInvalid:
    return RuleInvalid(f"{file}, line {line}: {what}", remedy, file=file, line=line)


def _standings(entries: Iterable[dict[str, Any]], rule: NominationRule) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for entry in entries:
        if rule.chart is not None and rule.chart.counts == "final" and entry["verdict"] != "final":
            continue
        standing = found.setdefault(
            entry["artist"], {"points": 0, "charts": 0, "weeks_at_no_1": 0, "peak": entry["position"]}
        )
        standing["points"] += entry["points"]
        standing["charts"] += 1
        standing["weeks_at_no_1"] += entry["position"] == 1
        standing["peak"] = min(standing["peak"], entry["position"])
    return found


def _first(standings: dict[str, dict[str, int]], places: int, rule: NominationRule) -> list[str]:
    def merit(artist: str) -> tuple[int, ...]:
        standing = standings[artist]
        ways = {
            "weeks_at_no_1": standing["weeks_at_no_1"],
            "peak": -standing["peak"],
            "weeks_on_chart": standing["charts"],
        }
        return (standing["points"], *(ways[way] for way in rule.ties.order))

    ordered = sorted(standings, key=lambda artist: (*(-value for value in merit(artist)), artist))
    if len(ordered) <= places:
        return ordered
    last = merit(ordered[places - 1])
    tied = [artist for artist in ordered if merit(artist) == last]
    chosen = [artist for artist in ordered if merit(artist) > last]
    if len(chosen) + len(tied) > places and rule.ties.then == "raise":
        raise TieUnresolved(
            f"{', '.join(tied)} are tied for the last of {places} places with {last[0]} points each",
            "let the nomination rule's [ties] settle it, in its next version",
            rule=rule.name,
        )
    return chosen + tied
