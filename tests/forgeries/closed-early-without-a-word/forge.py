"""The vote was closed a day earlier than its last leaf says."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["log"]["closed_at"] = "2026-01-03T00:00:00Z"


def forge(season: Forged) -> None:
    season.restate(change)
