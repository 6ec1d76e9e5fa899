"""The site was never down."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["evidence"]["sources"][0]["gaps"] = []


def forge(season: Forged) -> None:
    season.restate(change)
