"""The allowance is used up by the last ballots; the rule that is cited says the first."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.walk_under("rules/two-ways@1.toml", 'because = "Small', 'keep = "last"\nbecause = "Small')
