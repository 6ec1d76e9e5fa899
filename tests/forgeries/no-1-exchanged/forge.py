"""Another artist was at no. 1 in the last week."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["charts"][0]["weeks"][-1]["no_1"] = ["aurora-lane"]


def forge(season: Forged) -> None:
    season.restate(change)
