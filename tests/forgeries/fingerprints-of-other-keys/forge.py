"""The log was opened with another key for voters."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["log"]["keys"]["voter.key"] = "0" * 64


def forge(season: Forged) -> None:
    season.restate(change)
