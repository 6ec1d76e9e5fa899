"""Ballots were left out of the evidence, and so is data/, which holds them."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("ballots", lambda rows: [row for row in rows if row["nominee"] != "north-seven" or row["ballot"] % 3])
    season.without("data")
    season.walk()
