"""The votes were counted by a rule that the season does not name."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["rule"] = "one-a-day@1"


def forge(season: Forged) -> None:
    season.restate(change)
