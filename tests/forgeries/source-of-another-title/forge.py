"""The ballots come from the broadcaster's own site."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["evidence"]["sources"][0]["title"] = "The broadcaster's own site"


def forge(season: Forged) -> None:
    season.restate(change)
