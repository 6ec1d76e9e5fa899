"""A nominee is said to have been named by somebody who never did."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["nominees"][1]["source"]["values"]["source"] = "a jury of twelve"


def forge(season: Forged) -> None:
    season.restate(change)
