"""A week of the chart never was."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["charts"][0]["weeks"].pop()


def forge(season: Forged) -> None:
    season.restate(change)
