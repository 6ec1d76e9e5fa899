"""The title is vacant."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["result"]["winners"] = []


def forge(season: Forged) -> None:
    season.restate(change)
