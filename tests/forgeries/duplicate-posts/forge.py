"""One post stands in the table twice, row for row."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.change("posts", lambda rows: [row for row in rows for _ in range(2)])
    season.recite()
