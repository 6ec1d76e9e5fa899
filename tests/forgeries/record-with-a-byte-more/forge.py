"""A leaf has a byte more than a record."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    record = bytearray(ballots[4])
    record.append(0)
    season.relog([opening, *ballots[:4], bytes(record), *ballots[5:], closing])
    season.restate(season.cited_log())
