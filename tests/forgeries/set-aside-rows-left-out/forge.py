"""Every row of the sources could be used; the table of those that could not is empty."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.write("set_aside", [])
    season.walk()
