"""A leaf comes from a source that the opening does not declare."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    record = bytearray(ballots[4])
    record[28:30] = b"\x00\x07"
    season.relog([opening, *ballots[:4], bytes(record), *ballots[5:], closing])
    season.restate(season.cited_log())
