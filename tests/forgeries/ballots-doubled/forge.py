"""Every ballot for aurora-lane was cast twice, a second apart, by voters of their own."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def doubled(rows: Rows) -> Rows:
    some = [row for row in rows if row["nominee"] == "aurora-lane"]
    return rows + [{**row, "cast_at": row["cast_at"] + 1_000_000, "voter": row["voter"] ^ 1} for row in some]


def forge(season: Forged) -> None:
    season.change("ballots", doubled)
    season.walk()
