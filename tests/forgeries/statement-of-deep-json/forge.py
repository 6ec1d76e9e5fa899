"""The statement is nested a hundred thousand deep."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.ledger.note import sign_note


def forge(season: Forged) -> None:
    text = "[" * 100_000 + "]" * 100_000 + "\n"
    season.note(sign_note(text, season.signer))
