"""A corrected week changes no later one: the history of the next week stands on what was withdrawn."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.released import relog


def forge(season: Forged) -> None:
    season.without("releases/views-only@1/2026-01-09/2")
    relog(season.folder)
    season.walk()
