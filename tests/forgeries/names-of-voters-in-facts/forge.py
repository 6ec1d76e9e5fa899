"""A fact about a voter is of a kind that nobody declares."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("voter_facts", lambda rows: [*rows, {**rows[0], "fact": "home", "value": "12 Rose Lane", "voter": 9}])
    season.walk()
