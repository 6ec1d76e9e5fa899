"""The two artists' entries are exchanged, and so is who is at no. 1."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def exchanged(rows: Rows) -> None:
    for row in rows:
        row["artist"] = "aurora-lane" if row["artist"] == "north-seven" else "north-seven"


def forge(season: Forged) -> None:
    season.change("entries", exchanged)
    season.tell()
