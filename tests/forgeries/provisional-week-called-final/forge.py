"""A week with a day missing is final."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    for week in stated["charts"][0]["weeks"]:
        week |= {"verdict": "final", "missing": []}


def forge(season: Forged) -> None:
    season.restate(change)
