"""A suspended voter is not suspended; the source says otherwise."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("voter_facts", lambda rows: [{**row, "value": "closed"} for row in rows])
    season.walk()
