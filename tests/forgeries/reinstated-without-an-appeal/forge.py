"""A ballot is given back, and no row of appeals.csv asks for it."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def given(rows: Rows) -> None:
    next(row for row in rows if row["outcome"] == "set aside")["outcome"] = "reinstated"


def forge(season: Forged) -> None:
    season.change("rulings", given)
    season.walk(without=("audit",))
