"""Somebody whom no rule nominates is a nominee."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["nominees"].append({**stated["nominees"][0], "nominee": "nobody-we-know", "name": "Nobody"})


def forge(season: Forged) -> None:
    season.restate(change)
