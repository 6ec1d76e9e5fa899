"""What operators agree on before an act that cannot be undone: each signs the same text, with a key of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.acts.act import agreement_text
from plaudit.acts.acts import FOLDER
from plaudit.base.errors import OutOfTurn, ProofInvalid, SignatureInvalid, UnknownName
from plaudit.ledger.note import Verifier, add_signature, sign_note, signatures_by, verify_note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from plaudit.ledger.note import Signer
    from plaudit.rulebook.season import Season

__all__ = ["agreed", "agreed_by", "needs_agreement", "operators_of", "sign_act", "signed_note"]

_SHOWN: Final = 16


def needs_agreement(season: Season, act: str) -> bool:
    """Say whether operators must sign an act before it is done."""
    return season.operators is not None and act in season.operators.acts


def sign_act(season: Season, act: str, subject: str, signer: Signer) -> list[str]:
    """Add an operator's signature to an act, and give the names of those who have signed it.

    Raises
    ------
    OutOfTurn : the season names no operators for the act.
    UnknownName : the key is none of the operators'.
    """
    if not needs_agreement(season, act):
        raise OutOfTurn(
            f"nobody has to sign {act}", "name the act in [operators] of season.toml, before the vote opens"
        )
    keys = operators_of(season)
    if signer.verifier not in keys:
        raise UnknownName(
            f"{signer.verifier.name} with this key is no operator of the season",
            f"sign as one of: {', '.join(key.name for key in keys)}",
        )
    path, text = _path(season, act, subject), agreement_text(season.origin, season.edition, act, subject)
    note = sign_note(text, signer)
    if path.is_file():
        held = path.read_text("utf-8")
        verify_note(note, signer.verifier)
        note = add_signature(held, signer.verifier, signer.sign(text.encode()))
    season.folder.joinpath(FOLDER, "agreed").mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(note, "utf-8")
    part.replace(path)
    return agreed_by(note, text, keys)


def agreed(season: Season, act: str, subject: str) -> str:
    """Give the note that enough operators signed for an act; nothing where nobody has to.

    Raises
    ------
    OutOfTurn : fewer have signed; names those who may, and how.
    """
    if not needs_agreement(season, act):
        return ""
    assert season.operators is not None
    keys, note = operators_of(season), signed_note(season, act, subject)
    signed = agreed_by(note, agreement_text(season.origin, season.edition, act, subject), keys) if note else []
    if len(signed) < season.operators.least:
        missing = ", ".join(key.name for key in keys if key.name not in signed)
        raise OutOfTurn(
            f"{act} needs the signatures of {season.operators.least} operators and has {len(signed)}",
            f"let any of {missing} run: plaudit sign {act} SEASON --key FILE",
            act=act,
        )
    return note


def signed_note(season: Season, act: str, subject: str) -> str:
    """Give the note that operators signed for an act so far; nothing where nobody did."""
    path = _path(season, act, subject)
    return path.read_text("utf-8") if path.is_file() else ""


def agreed_by(note: str, text: str, keys: Sequence[Verifier]) -> list[str]:
    """Give the names of the keys that signed a note over exactly this text.

    Raises
    ------
    SignatureInvalid : the note is malformed, or a signature is forged.
    ProofInvalid : its text is another one.
    """
    names = []
    for key in keys:
        told, signatures = signatures_by(note, key)
        if told != text:
            raise ProofInvalid("operators signed another act, or another subject", "let them sign this one")
        names += [key.name] if signatures else []
    return names


def operators_of(season: Season) -> list[Verifier]:
    """Give the keys of a season's operators.

    Raises
    ------
    OutOfTurn : it names none, or a key that nobody can trust.
    """
    if season.operators is None:
        raise OutOfTurn("the season names no operators", "add [operators] to season.toml, before the vote opens")
    try:
        return [Verifier.parse(key) for key in season.operators.keys]
    except SignatureInvalid as error:
        raise OutOfTurn(f"season.toml, operators.keys: {error.what}", error.remedy) from None


def _path(season: Season, act: str, subject: str) -> Path:
    return season.folder / FOLDER / "agreed" / f"{act}-{subject[:_SHOWN]}.note"
