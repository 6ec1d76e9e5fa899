"""The result is that of another award."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["season"] |= {"award": "tests/other", "title": "Another award"}


def forge(season: Forged) -> None:
    season.restate(change)
