"""A rule set nobody's ballots aside."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def change(stated: dict[str, Any]) -> None:
    stated["audit"]["purges"][0] |= {"ballots": 0, "votes": 0, "voters": 0, "cases": 0}


def forge(season: Forged) -> None:
    season.restate(change)
