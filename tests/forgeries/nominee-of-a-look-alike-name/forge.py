"""A nominee's id has a Cyrillic letter, in every place."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    for row in (*stated["nominees"], *stated["result"]["positions"], *stated["result"]["totals"]):
        row["nominee"] = row["nominee"].replace("o", "\u043e")
    stated["result"]["winners"] = [stated["result"]["positions"][0]["nominee"]]


def forge(season: Forged) -> None:
    season.restate(change)
