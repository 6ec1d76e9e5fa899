"""No row of the source was passed over or replaced."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["evidence"]["sources"][0]["mapping"] = []


def forge(season: Forged) -> None:
    season.restate(change)
