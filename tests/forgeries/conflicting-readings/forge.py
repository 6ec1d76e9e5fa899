"""One post had two numbers of views at one instant; the greater counts."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def again(rows: Rows) -> Rows:
    late = [row for row in rows if row["artist"] == "aurora-lane" and row["observed_at"] > 1_768_300_000_000_000]
    return rows + [{**row, "value": row["value"] + 90_000} for row in late]


def forge(season: Forged) -> None:
    season.change("readings", again)
    season.walk()
