"""The log and the table have a ballot without votes."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    record = bytearray(ballots[2])
    record[4:8] = bytes(4)
    season.relog([opening, *ballots[:2], bytes(record), *ballots[3:], closing])
    season.collected_from_log()
    season.walk(without=("vote",))
