"""A week was released under a rule of the same name that weighs otherwise."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.released import relog, resign


def forge(season: Forged) -> None:
    resign(season.folder, "2026-01-09", 2, lambda stated: stated["chart"].update(sha256="9f" * 32))
    relog(season.folder)
    season.walk()
