"""plaudit check: whether the count is right, and whether the winner hangs on it."""

from __future__ import annotations

import json
from typing import Any

import typer

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn
from plaudit.base.numbers import counted
from plaudit.certify.audited import audit_stated, chart_rows, checks_stated
from plaudit.certify.certificate import canonical
from plaudit.certify.sealed import is_still_sealed
from plaudit.certify.statement import evidence_kind
from plaudit.cli.output import AsJson, BeneathAt, OnEngine, SeasonFolder, print_json, print_table, progress, tell
from plaudit.cli.ready import refuse_unready
from plaudit.cli.tally import label
from plaudit.cli.working import looking
from plaudit.publish.english import finding_row
from plaudit.publish.publish import write_notice
from plaudit.rulebook.season import Season
from plaudit.store.engine import DUCKDB

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit check examples/top-social-artist-2018")(check)


def check(folder: SeasonFolder, engine: OnEngine = DUCKDB, evidence: BeneathAt = "", as_json: AsJson = False) -> None:
    """Check the count, try other ways to purge and to weigh, and write the purge notice."""
    with looking("check", folder, engine, evidence) as (season, tables):
        if season.vote is None and not season.charts:
            raise OutOfTurn("the season has no vote and no chart", "add [vote] or [[chart]] to season.toml")
        refuse_unready(season, tables, "check", is_elsewhere=bool(evidence))
        with progress("check") as on_progress:
            pipeline.walk(season, tables, [pipeline.check], on_progress)
        made = checks_stated(tables) if season.vote else {"charts": chart_rows(tables)}
        stated = _as_certified(made)
        is_hidden = is_still_sealed(season)
        notice = None
        if season.vote and not is_hidden:
            notice = write_notice(season, tables, {"audit": _as_certified(audit_stated(season, tables))})
        if as_json:
            print_json({"evidence": evidence_kind(season), **stated, "notice": notice})
            return
        if season.vote:
            _print(season, stated)
        _print_charts(stated["charts"])
        if is_hidden:
            tell("the result is sealed: the notice is published when it is revealed, with plaudit reveal")
        elif notice and season.change and season.change.keeps:
            typer.echo(f"notice: {notice}")


def _as_certified(stated: dict[str, Any]) -> dict[str, Any]:
    """Give what a certificate gives back of what it states."""
    read: dict[str, Any] = json.loads(canonical(stated))
    return read


def _print(season: Season, stated: dict[str, Any]) -> None:
    """Print what does not check out, and whether the winner ever changes."""
    wrong = [row for row in stated["findings"] if row["verdict"] in {"fails", "alarm"}]
    if wrong:
        print_table(
            f"What does not check out{label(season)}",
            ["check", "subject", "verdict", "found", "expected"],
            [finding_row(row) for row in wrong],
        )
    else:
        typer.echo(f"{counted(len(stated['findings']), 'check')}, and none fails")
    sensitivity = stated["sensitivity"]
    for scenario in sensitivity["changes"]:
        typer.echo(f"the winner is another under: {scenario}")
    if sensitivity["rows"] and not sensitivity["changes"]:
        typer.echo(f"the winner is the same in all of {counted(len(sensitivity['rows']), 'way')} to count")


def _print_charts(charts: list[dict[str, Any]]) -> None:
    """Print how steady the first tens are."""
    for row in charts:
        typer.echo(
            f"chart {row['chart']}: {row['always']:,} of {row['entries']:,} entries in a first ten stay there"
            " whichever weight is moved by a fifth"
        )
