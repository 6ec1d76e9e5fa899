"""A witness signed the opening a day earlier than its cosignature says."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["log"]["witnesses"]["opened"]["cosigned"][0]["at"] = "2025-12-30T23:00:00Z"


def forge(season: Forged) -> None:
    season.restate(change)
