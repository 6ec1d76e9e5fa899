"""Every row of the source file was used."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    rows = stated["inputs"]["data/site.csv"]["rows"]["site"]
    rows |= {"passed_over": 0, "read": rows["used"]}


def forge(season: Forged) -> None:
    season.restate(change)
