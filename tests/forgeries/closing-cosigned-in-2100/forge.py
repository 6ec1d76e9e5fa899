"""A witness signed the closing in the year 2100."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged
from tests.season.test_witnesses import FIRST

from plaudit.ledger.witness import cosign


def change(stated: dict[str, Any]) -> None:
    witnesses = stated["vote"]["log"]["witnesses"]
    witnesses["closed"]["note"] = cosign(witnesses["closed"]["note"], FIRST, 4_102_444_800)
    for row in witnesses["closed"]["cosigned"]:
        row["at"] = "2100-01-01T00:00:00Z" if row["witness"] == "witness.example/w1" else row["at"]


def forge(season: Forged) -> None:
    season.restate(change)
