"""Nobody saw the opening before the first window, and the certificate passes over it."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    del stated["vote"]["log"]["witnesses"]["opened"]


def forge(season: Forged) -> None:
    season.restate(change)
