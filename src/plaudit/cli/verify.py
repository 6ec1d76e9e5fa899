"""plaudit verify: trust nobody."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plaudit.cli.output import AsJson, print_json, progress, tell
from plaudit.ledger.note import Verifier
from plaudit.verify.verify import verify as verify_folder

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit verify examples/top-social-artist-2018")(verify)


def verify(
    path: Annotated[Path, typer.Argument(metavar="FOLDER|CERTIFICATE", help="A season's folder, or its certificate.")],
    key: Annotated[str, typer.Option(help="The signer's verifier key, got from elsewhere.")] = "",
    as_json: AsJson = False,
) -> None:
    """Check signature and digests and recompute everything, offline; name the first thing that differs."""
    with progress("verify") as said:
        found = verify_folder(path, Verifier.parse(key) if key else None, said=said)
    if as_json:
        print_json(
            {"verified": found.is_recomputed, "signed": True, "checked": found.checked, "unchecked": found.unchecked}
        )
        return
    for line in found.checked:
        tell(f"  ✓ {line}")
    for line in found.unchecked:
        tell(f"  – not checked: {line}")
    kind = found.certificate.statement["evidence"]["kind"]
    label = "" if kind == "real" else f" ({kind})"
    typer.echo(f"verified{label}" if found.is_recomputed else f"signature verified, nothing recomputed{label}")
