"""A witness's cosignature of the opening stands under the closing."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    witnesses = stated["vote"]["log"]["witnesses"]
    lines = witnesses["closed"]["note"].split("\n")
    lines[-2] = witnesses["opened"]["note"].split("\n")[-2]
    witnesses["closed"]["note"] = "\n".join(lines)


def forge(season: Forged) -> None:
    season.restate(change)
