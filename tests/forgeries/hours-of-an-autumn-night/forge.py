"""A day of twenty-five hours is counted as two, by UTC; the rule that is cited counts by New York."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.walk_under("rules/two-ways@1.toml", "America/New_York", "UTC")
