"""The sources call one more voter suspended than they do; the rule sets that voter aside."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    facts = season.rows("voter_facts")
    posted = [row for row in season.rows("ballots") if row["nominee"] == "north-seven" and row["source"] == "posts"]
    voter = posted[0]["voter"]
    facts.append({**facts[0], "voter": voter, "fact": "state", "value": "suspended", "row": 4})
    season.write("voter_facts", facts)
    season.walk()
