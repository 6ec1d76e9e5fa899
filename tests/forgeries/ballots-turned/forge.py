"""Ten ballots are for the other nominee than data/ says."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def turned(rows: Rows) -> None:
    for row in [row for row in rows if row["nominee"] == "north-seven"][:10]:
        row["nominee"] = "aurora-lane"


def forge(season: Forged) -> None:
    season.change("ballots", turned)
    season.walk()
