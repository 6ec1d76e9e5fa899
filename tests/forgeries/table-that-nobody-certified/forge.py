"""A table of facts about voters lies among the evidence, and nobody certified it."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.write("voter_facts", [])
