"""The certificate tells another digest than the commitment."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["vote"]["commitment"]["sha256"] = "0" * 64


def forge(season: Forged) -> None:
    season.restate(change)
