"""Aurora Lane won; the totals are left as they are."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["result"]["winners"] = ["aurora-lane"]


def forge(season: Forged) -> None:
    season.restate(change)
