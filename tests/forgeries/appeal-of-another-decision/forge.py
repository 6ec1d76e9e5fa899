"""An appeal that was refused was granted."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["audit"]["appeals"][1]["decision"] = "reinstate ballot"


def forge(season: Forged) -> None:
    season.restate(change)
