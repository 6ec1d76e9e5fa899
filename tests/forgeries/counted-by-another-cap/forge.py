"""The votes are counted as if the cap were one a day; the rule that is cited says three."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.walk_under("rules/two-ways@1.toml", "votes = 3", "votes = 1")
