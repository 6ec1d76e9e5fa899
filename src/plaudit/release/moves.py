"""Whom a correction moves: entries that are not what they were."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["moves"]


def moves(before: Iterable[dict[str, Any]], now: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give the artists whose entry differs, with the position before and now; 0 is off the chart.

    Examples
    --------
    >>> moves([{"artist": "ann", "position": 1}], [{"artist": "bob", "position": 1}])
    [{'artist': 'ann', 'from': 1, 'to': 0}, {'artist': 'bob', 'from': 0, 'to': 1}]
    """
    old, new = ({row["artist"]: row for row in rows} for rows in (before, now))
    return [
        {"artist": artist, "from": _position(old.get(artist)), "to": _position(new.get(artist))}
        for artist in sorted({*old, *new})
        if old.get(artist) != new.get(artist)
    ]


def _position(row: dict[str, Any] | None) -> int:
    return int(row["position"]) if row else 0
