"""The certificate cites the identity point as the log's key."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged
from tests.forgeries.keys import IDENTITY, key_text


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["log"]["key"] = key_text("plaudit.example/live/log", IDENTITY)


def forge(season: Forged) -> None:
    season.restate(change)
