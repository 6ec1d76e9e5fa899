"""The second and the third are in each other's place."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    positions = stated["result"]["positions"]
    positions[1]["nominee"], positions[2]["nominee"] = positions[2]["nominee"], positions[1]["nominee"]


def forge(season: Forged) -> None:
    season.restate(change)
