"""A page beside the season's files names another winner."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.at("index.html").write_text("<h1>Aurora Lane won</h1>", "utf-8")
