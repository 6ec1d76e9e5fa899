"""The published words of the rule allow a hundred votes a day."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.text("published/rules/two-ways@1.toml", "votes = 3", "votes = 100")
