"""A ballot is given back by an appeal that was decided after the certificate was signed."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    with season.at("appeals.csv").open("a", encoding="utf-8") as appeals:
        appeals.write("9,reinstate ballot,a word with the organiser\n")
