"""Every row of the sources could be used."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["set_aside"] = {}


def forge(season: Forged) -> None:
    season.restate(change)
