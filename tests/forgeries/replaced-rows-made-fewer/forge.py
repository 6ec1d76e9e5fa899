"""A text of the source became a nominee's id in one row only."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    replaced = [row for row in stated["evidence"]["sources"][0]["mapping"] if row["key"] == "replace"]
    replaced[0]["rows"] = 1


def forge(season: Forged) -> None:
    season.restate(change)
