"""The instant of closing is a number."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["log"]["closed_at"] = 1768521600


def forge(season: Forged) -> None:
    season.restate(change)
