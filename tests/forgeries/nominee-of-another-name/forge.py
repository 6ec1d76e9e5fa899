"""The winner is shown under another artist's name."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["nominees"][1]["name"] = "Aurora Lane"


def forge(season: Forged) -> None:
    season.restate(change)
