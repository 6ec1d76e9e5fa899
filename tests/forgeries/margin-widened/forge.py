"""The winner is ahead by nine thousand votes."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["audit"]["sensitivity"]["margin"] = 9000


def forge(season: Forged) -> None:
    season.restate(change)
