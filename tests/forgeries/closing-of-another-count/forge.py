"""The closing states one ballot fewer than the log holds."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    *rest, closing = season.leaves()
    season.relog([*rest, closing.replace(b'"ballots":22', b'"ballots":21')])
    season.restate(season.cited_log())
