"""There is nothing that nobody could check."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["not_checked"] = []


def forge(season: Forged) -> None:
    season.restate(change)
