"""The two nominees' totals, positions and winner are exchanged."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    for row in (*stated["result"]["totals"], *stated["result"]["positions"]):
        other = {"aurora-lane": "north-seven", "north-seven": "aurora-lane"}
        row["nominee"] = other.get(row["nominee"], row["nominee"])
    stated["result"]["winners"] = ["aurora-lane"]


def forge(season: Forged) -> None:
    season.restate(change)
