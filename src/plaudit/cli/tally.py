"""plaudit tally: every ballot into exactly one column."""

from __future__ import annotations

import typer

from plaudit import pipeline
from plaudit.certify.statement import evidence_kind
from plaudit.cli.output import AsJson, BeneathAt, OnEngine, SeasonFolder, print_json, print_table, progress, tell
from plaudit.cli.ready import refuse_unready, refuse_voteless
from plaudit.cli.working import changing
from plaudit.rulebook.season import Season
from plaudit.store.engine import DUCKDB
from plaudit.store.evidence import Evidence

__all__ = ["add_to", "label", "print_totals"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit tally examples/hottest-100 --json")(tally)


def tally(folder: SeasonFolder, engine: OnEngine = DUCKDB, evidence: BeneathAt = "", as_json: AsJson = False) -> None:
    """Count the votes: every ballot into exactly one column, then the result."""
    with changing("tally", folder, engine, evidence) as (season, tables):
        refuse_voteless(season)
        refuse_unready(season, tables, "tally", is_elsewhere=bool(evidence))
        with progress("tally") as on_progress:
            pipeline.walk(season, tables, [pipeline.tally], on_progress)
        if as_json:
            made = {name: tables.to_rows(tables.read(name)) for name in ("result", "totals", "voids")}
            print_json({"evidence": evidence_kind(season)} | made)
        else:
            print_totals(season, tables)


def label(season: Season) -> str:
    """Give what follows the title of a table of votes: nothing where all of them are real."""
    kind = evidence_kind(season)
    return "" if kind == "real" else f" – {kind.upper()}"


def print_totals(season: Season, tables: Evidence, most: int = 10) -> None:
    """Print the result, the totals by column and why votes are void."""
    mark = label(season)
    names = {row["nominee"]: row["name"] for row in tables.to_rows(tables.read("nominees"))}
    result = tables.to_rows(tables.read("result").order_by("position", "nominee"))
    shown = result[:most]
    more = f", the first {most} of {len(result)}" if len(result) > most else ""
    print_table(
        f"Result under {season.vote.rule if season.vote else ''}{more}{mark}",
        ["", "nominee", result[0]["unit"] if result else "votes"],
        [[row["position"], names[row["nominee"]], row["value"]] for row in shown],
    )
    told = [f"{names[row['nominee']]} {row['exact']}" for row in shown if row["exact"]]
    if told:
        tell(f"Equal once rounded, and not before: {', '.join(told)}.")
    totals = tables.to_rows(tables.read("totals").order_by("nominee", "channel"))
    wanted = {row["nominee"] for row in shown} | {row["nominee"] for row in totals if row["nominee"] not in names}
    columns = ("cast", "counted", "over_cap", "outside_window", "void", "set_aside")
    print_table(
        f"Votes by column{mark}",
        ["nominee", "channel", *(column.replace("_", " ") for column in columns)],
        [
            [names.get(row["nominee"], row["nominee"]), row["channel"], *(row[f"votes_{column}"] for column in columns)]
            for row in totals
            if row["nominee"] in wanted and row["votes_cast"]
        ],
    )
    reasons: dict[str, int] = {}
    for row in tables.to_rows(tables.read("voids")):
        reasons[row["reason"]] = reasons.get(row["reason"], 0) + row["votes"]
    if reasons:
        print_table(f"Why votes are void{mark}", ["reason", "votes"], sorted(reasons.items()))
    if season.live and season.live.guests:
        tell("guests voted, and anyone may be a guest any number of times: this vote gives nobody a title")
