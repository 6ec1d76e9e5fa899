"""Votes were taken for a day longer."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["windows"][0]["to"] = "2026-01-20T00:00:00Z"


def forge(season: Forged) -> None:
    season.restate(change)
