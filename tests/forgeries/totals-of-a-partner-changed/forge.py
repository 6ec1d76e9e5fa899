"""The partner counted a hundred more for north-seven than its file says."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def more(rows: Rows) -> None:
    for row in rows:
        row["votes"] += 500 * (row["nominee"] == "north-seven")


def forge(season: Forged) -> None:
    season.change("source_totals", more)
    season.walk()
