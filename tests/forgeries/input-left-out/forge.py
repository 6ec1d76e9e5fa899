"""The certificate does not cite the record of honours."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    del stated["inputs"]["honours.csv"]


def forge(season: Forged) -> None:
    season.restate(change)
