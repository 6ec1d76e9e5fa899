"""A field of honours.csv is longer than any reader of CSV takes."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    with season.at("honours.csv").open("a", encoding="utf-8") as honours:
        honours.write(f"my-award,2024,aurora-lane,won,{'a' * 140_000},N\n")
    season.restate(season.cited("honours.csv"))
