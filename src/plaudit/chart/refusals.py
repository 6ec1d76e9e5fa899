"""What a chart refuses to publish."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.base.errors import EvidenceError, TieUnresolved

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["refuse_huge", "refuse_ties"]


def refuse_huge(totals: Sequence[dict[str, Any]]) -> None:
    """Raise if a total is too large for exact points.

    Raises
    ------
    EvidenceError : the message names chart, week, measure and total.
    """
    for row in totals:
        raise EvidenceError(
            f"{row['chart']}, week {row['week']}: {row['measure']} adds up to {row['total']}, above 2**52",
            "no platform counts that much in a week; look at the source's counters",
        )


def refuse_ties(entries: Sequence[dict[str, Any]]) -> None:
    """Raise if entries share a position.

    Raises
    ------
    TieUnresolved : the message names the first of the tied.
    """
    if entries:
        first = entries[0]
        tied = [
            entry["artist"]
            for entry in entries
            if (entry["week"], entry["position"]) == (first["week"], first["position"])
        ]
        raise TieUnresolved(
            f"{first['chart']}, week {first['week']}: {', '.join(tied)} are tied at {first['position']}",
            'settle it under [ties] in the next version of the rule, or let it say then = "share"',
        )
