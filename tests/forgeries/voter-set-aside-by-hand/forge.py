"""A voter whom the rule does not match is set aside by it, in table and result."""

from __future__ import annotations

from tests.forgeries.forged import Forged, Rows


def more(rows: Rows) -> Rows:
    free = next(number for number in range(99) if number not in {row["ballot"] for row in rows})
    return [*rows, {**rows[0], "ballot": free}]


def forge(season: Forged) -> None:
    season.change("rulings", more)
    season.walk(without=("audit",))
