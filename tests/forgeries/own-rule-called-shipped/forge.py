"""The season's own rule is one that Plaudit ships."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["rules"]["two-ways@1"]["shipped"] = True


def forge(season: Forged) -> None:
    season.restate(change)
