"""The votes are parts per million."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["result"]["unit"] = "ppm"


def forge(season: Forged) -> None:
    season.restate(change)
