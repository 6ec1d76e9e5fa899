"""The certificate cites the identity point as the log's key."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged

from plaudit.ledger.note import Verifier


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["log"]["key"] = str(Verifier("plaudit.example/live/log", bytes([1]) + bytes(31)))


def forge(season: Forged) -> None:
    season.restate(change)
