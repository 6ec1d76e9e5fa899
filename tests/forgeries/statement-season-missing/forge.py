"""The certificate says of no season."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    del stated["season"]


def forge(season: Forged) -> None:
    season.restate(change)
