"""Who voted in both of the hours that the clock shows twice has both votes counted."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged


def both(stated: dict[str, Any]) -> None:
    total = next(row for row in stated["result"]["totals"] if row["nominee"] == "aurora-lane")
    position = next(row for row in stated["result"]["positions"] if row["nominee"] == "aurora-lane")
    more = total["votes_over_cap"]
    total |= {"votes_over_cap": 0, "votes_counted": total["votes_counted"] + more}
    total["votes_weighted"] = total["votes_counted"]
    position["value"] += more


def forge(season: Forged) -> None:
    season.restate(both)
