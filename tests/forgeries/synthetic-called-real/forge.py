"""The made-up ballots are real."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["evidence"]["kind"] = "real"


def forge(season: Forged) -> None:
    season.restate(change)
