"""A live vote took a ballot for somebody whom its opening does not name."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    record = bytearray(ballots[4])
    record[2:4] = b"\xff\xff"
    season.relog([opening, *ballots[:4], bytes(record), *ballots[5:], closing])
    season.restate(season.cited_log())
