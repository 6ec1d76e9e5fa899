"""A leaf carries no votes."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    record = bytearray(ballots[4])
    record[4:8] = bytes(4)
    season.relog([opening, *ballots[:4], bytes(record), *ballots[5:], closing])
    season.restate(season.cited_log())
