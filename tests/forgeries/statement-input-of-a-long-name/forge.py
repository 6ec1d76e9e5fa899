"""An input has a name of five thousand letters."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["inputs"]["data/" + "a" * 5000] = {"sha256": "0" * 64}


def forge(season: Forged) -> None:
    season.restate(change)
