"""plaudit sign: an operator agrees to an act that cannot be undone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from plaudit.acts.agreed import operators_of, sign_act
from plaudit.base.errors import UnknownName
from plaudit.base.spelling import meant
from plaudit.certify.subjects import subject_of
from plaudit.cli.output import AsJson, SeasonFolder, print_json, tell
from plaudit.cli.working import opened
from plaudit.ledger.keys import make_signing_key, signing_key
from plaudit.ledger.note import Signer, is_name
from plaudit.rulebook.operators import FINAL_ACTS
from plaudit.rulebook.season import Season

__all__ = ["add_to"]

KeyFile = Annotated[Path, typer.Option("--key", metavar="FILE", help="Your private key.", show_default=False)]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit sign certify my-award --key ~/operator.pem")(sign)


def sign(
    act: Annotated[
        str, typer.Argument(metavar="ACT", help="open, close, certify, reveal or forget.", show_default=False)
    ],
    folder: SeasonFolder,
    key: KeyFile,
    new: Annotated[
        str, typer.Option("--new", metavar="NAME", help="Make the key, print its public half, and sign nothing.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """Agree to an act that cannot be undone, as one of the season's operators.

    What you sign is the act on exactly what is there now: these nominees and rules, this result, this commitment. If
    any of it changes, the act needs new signatures.
    """
    if act not in FINAL_ACTS:
        otherwise = f"use one of: {', '.join(FINAL_ACTS)}"
        raise UnknownName(f"{act!r} is not an act that operators sign", meant(act, FINAL_ACTS, otherwise))
    if new:
        _make(key, new, as_json=as_json)
        return
    season, tables = opened(folder)
    signer = _signer(season, key)
    subject = subject_of(season, tables, act)
    names = sign_act(season, act, subject, signer)
    least = season.operators.least if season.operators else 0
    if as_json:
        print_json({"act": act, "subject": subject, "signed": names, "least": least})
        return
    typer.echo(f"{act} is signed by {', '.join(names)}: {len(names)} of {least}")
    tell(f"subject, SHA-256: {subject}")


def _make(path: Path, name: str, *, as_json: bool) -> None:
    if not is_name(name):
        raise UnknownName(f"{name!r} cannot name an operator", "choose a name without spaces and plus signs")
    make_signing_key(path)
    verifier = Signer(name, signing_key(path)).verifier
    if as_json:
        print_json({"key": str(verifier)})
        return
    typer.echo(str(verifier))
    tell("put this line under keys in [operators] of season.toml; the file stays with you")


def _signer(season: Season, path: Path) -> Signer:
    """Give the signer of a key file under the name that the season has for it."""
    private = signing_key(path)
    public = private.public_key().public_bytes_raw()
    for named in operators_of(season):
        if named.public == public:
            return Signer(named.name, private)
    raise UnknownName(f"{path.name} is no operator's key", "use the key whose public half season.toml names")
