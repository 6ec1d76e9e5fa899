"""The table of the result crowns another nominee."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("result", lambda rows: [{**row, "is_winner": not row["is_winner"]} for row in rows])
