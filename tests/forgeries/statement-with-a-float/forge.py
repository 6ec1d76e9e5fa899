"""The winner's votes are a float."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.certify.certificate import canonical
from plaudit.ledger.note import sign_note


def forge(season: Forged) -> None:
    text = canonical(season.statement)
    season.note(sign_note(text.replace('"value":47', '"value":47.0'), season.signer))
