"""What the purge notice's table says of each nominee and channel; every output of the notice shows these rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

__all__ = ["DAYS_MOST", "MIDDLE", "BeforeAndAfter", "before_and_after", "purging"]

DAYS_MOST: Final = 200
"""Rows by day that a page shows; with more, it points at the file."""
MIDDLE: Final = ("over_cap", "outside_window", "void")
"""Columns between what was cast and what rules set aside."""


@dataclass(frozen=True)
class BeforeAndAfter:
    """The votes of a nominee in a channel: `cast`, those of `MIDDLE`, those set aside by each rule, and what counts.

    before : what would count without the purge; after : what counts
    """

    nominee: str
    channel: str
    cast: int
    middle: list[int]
    by_rule: list[int]
    before: int
    after: int


def purging(found: dict[str, Any]) -> list[str]:
    """Give the declared rules that set ballots aside, of the notice's figures."""
    return [row["rule"] for row in found["purges"] if row["does"] == "set aside" and not row["late"]]


def before_and_after(found: dict[str, Any]) -> list[BeforeAndAfter]:
    """Give, by nominee and channel, the votes in each column and what would count without the purge.

    Parameters
    ----------
    found : as `notice.figures` gives it
    """
    rules = purging(found)
    by_rule = {
        (row["nominee"], row["channel"], row["rule"]): row["votes"]
        for row in found["purged"]
        if row["outcome"] == "set aside"
    }
    before: dict[tuple[str, str], int] = {}
    for row in found["days"]:
        pair = row["nominee"], row["channel"]
        before[pair] = before.get(pair, 0) + row["before"]["counted"]
    return [
        BeforeAndAfter(
            nominee=row["nominee"],
            channel=row["channel"],
            cast=row["votes_cast"],
            middle=[row[f"votes_{column}"] for column in MIDDLE],
            by_rule=[by_rule.get((row["nominee"], row["channel"], rule), 0) for rule in rules],
            before=before.get((row["nominee"], row["channel"]), row["votes_counted"]),
            after=row["votes_counted"],
        )
        for row in found["totals"]
        if row["votes_cast"]
    ]
