"""A check that alarms was never made."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["audit"]["findings"].pop()


def forge(season: Forged) -> None:
    season.restate(change)
