"""The result was sealed before it was told."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["commitment"] = {"salt": "00" * 32, "sha256": "00" * 32}


def forge(season: Forged) -> None:
    season.restate(change)
