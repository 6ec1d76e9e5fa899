"""The record of the season holds a title that honours.csv does not."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def claimed(rows: Rows) -> Rows:
    return [*rows, {**rows[0], "edition": "2024", "artist": "aurora-lane", "edition_order": ""}]


def forge(season: Forged) -> None:
    season.change("honours", claimed)
