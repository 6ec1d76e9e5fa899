"""A week was never corrected: the correction is gone, and the log still holds it."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.without("releases/views-only@1/2026-01-09/2")
    season.walk()
