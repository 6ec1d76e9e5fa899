"""The ballots that were left out are told as rows that the source's settings pass over."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def some(rows: Rows) -> Rows:
    return [row for row in rows if row["nominee"] != "north-seven" or row["ballot"] % 3]


def forge(season: Forged) -> None:
    before = len(season.rows("ballots"))
    season.change("ballots", some)
    files = season.rows("source_files")
    files[-1]["passed_over"] += before - len(season.rows("ballots"))
    season.write("source_files", files)
    season.walk()
