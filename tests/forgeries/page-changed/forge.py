"""The first page names another winner."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.text("published/site/en/index.html", "North Seven", "Aurora Lane")
