"""Every check passes."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    for row in stated["audit"]["findings"]:
        row["verdict"] = "passes"


def forge(season: Forged) -> None:
    season.restate(change)
