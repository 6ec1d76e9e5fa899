"""Every post of north-seven is one of aurora-lane's, whatever artists.toml says of its account."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def given(rows: Rows) -> None:
    for row in rows:
        row["artist"] = "aurora-lane"


def forge(season: Forged) -> None:
    for table in ("posts", "credits", "readings"):
        season.change(table, given)
    season.walk()
