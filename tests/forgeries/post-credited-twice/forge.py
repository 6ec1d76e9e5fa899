"""A post of north-seven is credited twice, the second time to aurora-lane."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def again(rows: Rows) -> Rows:
    return rows + [{**row, "artist": "aurora-lane"} for row in rows if row["post"] == "n1"]


def forge(season: Forged) -> None:
    season.change("credits", again)
    season.walk()
