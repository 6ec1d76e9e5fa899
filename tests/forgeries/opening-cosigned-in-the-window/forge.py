"""A witness signed the opening an hour after the first window had opened."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged
from tests.season.test_witnesses import FIRST
from tests.vote.seasons import OPENS

from plaudit.ledger.witness import cosign


def change(stated: dict[str, Any]) -> None:
    opened = stated["vote"]["log"]["witnesses"]["opened"]
    opened["note"] = cosign(opened["note"], FIRST, OPENS // 1_000_000 + 3_600)
    opened["cosigned"][0]["at"] = "2026-01-01T01:00:00Z"


def forge(season: Forged) -> None:
    season.restate(change)
