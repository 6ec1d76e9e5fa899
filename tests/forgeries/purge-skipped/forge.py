"""A declared rule set nobody's ballots aside, in every table and in the result."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.at("appeals.csv").rename(season.at("appeals.away"))
    season.walk_under("rules/three-days@1.toml", "days_least = 3", "days_least = 9")
    season.at("appeals.away").rename(season.at("appeals.csv"))
    season.tell()
