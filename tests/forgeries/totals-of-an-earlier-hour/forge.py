"""The partner's last totals are not there; those of the day before decide."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("source_totals", lambda rows: [row for row in rows if row["votes"] < 2000])
    season.walk()
