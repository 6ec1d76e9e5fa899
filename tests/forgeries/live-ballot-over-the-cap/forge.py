"""A live vote took a ballot of four billion votes under a cap of five."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    record = bytearray(ballots[4])
    record[4:8] = b"\x7f\xff\xff\xff"
    season.relog([opening, *ballots[:4], bytes(record), *ballots[5:], closing])
    season.collected_from_log()
    season.walk(without=("vote",))
