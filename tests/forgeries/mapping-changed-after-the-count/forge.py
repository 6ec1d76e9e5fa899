"""What the source calls AL was north-seven, by a season.toml that was changed after the count."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.text("season.toml", 'AL = "aurora-lane"', 'AL = "north-seven"')
    season.restate(season.cited("season.toml"))
