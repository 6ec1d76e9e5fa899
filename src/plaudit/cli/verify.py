"""plaudit verify: trust nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plaudit.base.weeks import instant_text
from plaudit.cli.output import AsJson, print_json, progress, tell
from plaudit.ledger.note import Verifier
from plaudit.verify.receipt import log_at, verify_receipt
from plaudit.verify.verify import verify as verify_folder
from plaudit.vote.receipt import read_receipt

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit verify examples/top-social-artist-2018")(verify)


def verify(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER|CERTIFICATE|RECEIPT", help="A season's folder, its certificate, or a voter's receipt."
        ),
    ],
    key: Annotated[str, typer.Option(help="The signer's verifier key, obtained elsewhere.")] = "",
    log: Annotated[
        str, typer.Option(metavar="SEASON|FOLDER|URL", help="The published log in which to look up a receipt.")
    ] = "",
    pages: Annotated[bool, typer.Option("--pages", help="Render the pages again and compare them.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check signature and digests, and recompute everything offline. The first difference is named.

    A receipt is checked for its signature and its place, and with --log against the published log.
    """
    verifier = Verifier.parse(key) if key else None
    if receipt := read_receipt(path):
        _print_receipt(receipt, verifier, log, as_json)
        return
    with progress("verify") as on_progress:
        found = verify_folder(path, verifier, pages=pages, on_progress=on_progress)
    if as_json:
        print_json(
            {"verified": found.is_recomputed, "signed": True, "checked": found.checked, "unchecked": found.unchecked}
        )
        return
    _tell(found.checked, found.unchecked)
    kind = found.certificate.statement["evidence"]["kind"]
    label = "" if kind == "real" else f" ({kind})"
    typer.echo(f"verified{label}" if found.is_recomputed else f"signature verified, nothing recomputed{label}")


def _print_receipt(receipt: str, verifier: Verifier | None, log: str, as_json: bool) -> None:
    found = verify_receipt(receipt, verifier, log_at(log) if log else None)
    if as_json:
        print_json(
            {
                "verified": True,
                "leaf": found.leaf,
                "ballot": found.ballot,
                "checked": found.checked,
                "unchecked": found.unchecked,
            }
        )
        return
    _tell(found.checked, found.unchecked)
    typer.echo(f"receipt verified: leaf {found.leaf}")
    for name, value in found.ballot.items():
        shown = f"{value} ({instant_text(value)})" if name.endswith("_at") and isinstance(value, int) else value
        typer.echo(f"  {name}: {shown}")


def _tell(checked: list[str], unchecked: list[str]) -> None:
    for line in checked:
        tell(f"  ✓ {line}")
    for line in unchecked:
        tell(f"  – not checked: {line}")
