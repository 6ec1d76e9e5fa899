"""Ballots come by no channel at all."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.add_ballots(3, channel="nobody")
    season.walk()
    rows = season.rows("ballots")
    for row in rows:
        row["channel"] = None if row["channel"] == "nobody" else row["channel"]
    season.write("ballots", rows)
    season.recite()
