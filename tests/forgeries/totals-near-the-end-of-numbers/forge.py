"""The partner counted more votes than a number of 64 bits holds, together."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("source_totals", lambda rows: [{**row, "votes": 2**63 - 1 - n % 2} for n, row in enumerate(rows)])
    season.recite()
