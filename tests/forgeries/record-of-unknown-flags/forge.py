"""A leaf has flags that mean nothing."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    record = bytearray(ballots[4])
    record[25] |= 0x40
    season.relog([opening, *ballots[:4], bytes(record), *ballots[5:], closing])
    season.restate(season.cited_log())
