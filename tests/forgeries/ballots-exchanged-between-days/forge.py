"""Two ballots lie in each other's day, and the log has them in that order."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def exchanged(rows: Rows) -> None:
    early = next(row for row in rows if row["day"] == "2026-01-16")
    late = next(row for row in rows if row["day"] == "2026-01-18")
    early["day"], late["day"] = late["day"], early["day"]


def forge(season: Forged) -> None:
    season.change("ballots", exchanged)
    season.walk()
