"""Nobody could vote for iu: the opening names two nominees."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    season.relog([opening.replace(b'"bts","drake","iu"', b'"bts","drake"'), *ballots, closing])
    season.restate(season.cited_log())
