"""The last day's votes are outside the window that they were counted in."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.walk_under("season.toml", "to = 2026-01-19T00:00:00Z", "to = 2026-01-18T00:00:00Z")
