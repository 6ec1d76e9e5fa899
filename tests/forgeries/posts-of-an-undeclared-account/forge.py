"""Posts of an account that artists.toml does not name are north-seven's; data/ is kept back."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def elsewhere(rows: Rows) -> None:
    for row in rows:
        row["account"] = "somebody-else" if row["post"] == "n1" else row["account"]


def forge(season: Forged) -> None:
    for table in ("posts", "readings"):
        season.change(table, elsewhere)
    season.walk()
    season.without("data")
