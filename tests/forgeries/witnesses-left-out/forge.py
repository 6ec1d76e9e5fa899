"""The vote has no witnesses, by the certificate; the opening names two."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    del stated["vote"]["log"]["witnesses"]


def forge(season: Forged) -> None:
    season.restate(change)
