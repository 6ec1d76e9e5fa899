"""One total stands in the table twice."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("source_totals", lambda rows: [*rows, rows[-1]])
    season.recite()
