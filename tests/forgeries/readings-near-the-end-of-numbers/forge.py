"""A post had as many views as a number of 64 bits holds, and before that as few."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def extreme(rows: Rows) -> None:
    views = [row for row in rows if row["metric"] == "views" and row["artist"] == "aurora-lane"]
    views[0]["value"], views[-1]["value"] = -(2**63), 2**63 - 1


def forge(season: Forged) -> None:
    season.change("readings", extreme)
    season.recite()
