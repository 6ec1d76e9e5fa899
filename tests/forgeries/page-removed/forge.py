"""The page that shows the evidence is not there."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    next(season.at("published/site").rglob("evidence.html")).unlink()
