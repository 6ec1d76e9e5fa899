"""The software is an empty list."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["software"] = []


def forge(season: Forged) -> None:
    season.restate(change)
