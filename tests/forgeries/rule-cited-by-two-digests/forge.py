"""The rule has one digest under its name, and another under a name that only looks like it."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["rules"]["two-ways\u200b@1"] = {**stated["rules"]["two-ways@1"], "sha256": "0" * 64}


def forge(season: Forged) -> None:
    season.restate(change)
