"""The winner's votes are a text."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["result"]["positions"][0]["value"] = "47"


def forge(season: Forged) -> None:
    season.restate(change)
