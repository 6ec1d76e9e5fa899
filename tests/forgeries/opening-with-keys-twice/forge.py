"""The opening names the nominees twice; the second list, behind an escape, is the one that a lenient reader takes."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    twice = opening[:-1] + b',"nomine\\u0065s":["bts"]}'
    season.relog([twice, *ballots, closing])
    season.restate(season.cited_log())
