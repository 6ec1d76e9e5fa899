"""A second opening stands among the ballots, with a nominee less."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    second = opening.replace(b'"bts","drake","iu"', b'"bts","drake"')
    season.relog([opening, *ballots[:5], second, *ballots[6:], closing])
    season.restate(season.cited_log())
