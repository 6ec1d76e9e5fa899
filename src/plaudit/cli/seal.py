"""plaudit seal: a public commitment to a result that is not told yet."""

from __future__ import annotations

import typer

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn
from plaudit.certify.seal import is_sealed, is_told, read_commitment
from plaudit.certify.subjects import note_subject
from plaudit.cli.output import AsJson, SeasonFolder, print_json, quoted
from plaudit.cli.ready import refuse_unready
from plaudit.cli.working import changing
from plaudit.keep.acting import acted

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit seal my-award")(seal)


def seal(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Commit to the result that was counted without telling it, and publish everything else."""
    with changing("seal", folder) as (season, tables):
        if not is_sealed(season):
            raise OutOfTurn("the season's rule seals no result", "certify it with: plaudit certify SEASON")
        if is_told(season):
            raise OutOfTurn("the sealed result is told already", "what the certificate tells stays told")
        refuse_unready(season, tables, "seal")
        commitment = pipeline.seal(season, tables)
        acted(season, tables, "seal", subject=note_subject(read_commitment(season)))
        if as_json:
            print_json({"commitment": commitment})
        else:
            typer.echo(f"sealed: {commitment}")
            typer.echo(f"next: plaudit reveal {quoted(folder)}")
