"""More votes were counted than cast."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["result"]["totals"][0]["votes_counted"] += 1000


def forge(season: Forged) -> None:
    season.restate(change)
