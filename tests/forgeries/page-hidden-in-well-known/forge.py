"""A page at a well-known address names another winner."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    page = season.at("published/site/.well-known/winner.html")
    page.parent.mkdir()
    page.write_text("<h1>Aurora Lane won</h1>", "utf-8")
