"""An input is cited by a name in another form of Unicode than its own."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["inputs"]["data/cafe\u0301.csv"] = stated["inputs"]["data/site.csv"]
    del stated["inputs"]["data/site.csv"]


def forge(season: Forged) -> None:
    season.at("data/site.csv").rename(season.at("data/caf\u00e9.csv"))
    season.restate(change)
