"""Every third ballot for north-seven was never cast; data/ holds it."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def some(rows: Rows) -> Rows:
    return [row for row in rows if row["nominee"] != "north-seven" or row["ballot"] % 3]


def forge(season: Forged) -> None:
    season.change("ballots", some)
    season.walk()
