"""The certificate cites no inputs at all."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    del stated["inputs"]


def forge(season: Forged) -> None:
    season.restate(change)
