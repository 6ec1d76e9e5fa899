"""Ballots for nobody at all count in the columns."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.add_ballots(3, nominee="nobody")
    season.walk()
    rows = season.rows("ballots")
    for row in rows:
        row["nominee"] = None if row["nominee"] == "nobody" else row["nominee"]
    season.write("ballots", rows)
    season.recite()
