"""A week was released again, and nobody says why."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.released import relog, resign


def forge(season: Forged) -> None:
    resign(season.folder, "2026-01-09", 2, lambda stated: stated["correction"].update(because=""))
    relog(season.folder)
    season.walk()
