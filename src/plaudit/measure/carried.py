"""What later weeks need to know of the readings before them: of each counter three readings at most.

A week that is measured from its own readings and these alone gains what it gains among
all readings of the season, on every rule that does not smooth.
"""

from __future__ import annotations

from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["carried", "counter_of", "marked"]

Row = dict[str, Any]
_ORDER: Final = ("platform", "account", "post", "metric", "observed_at")


def counter_of(row: Row) -> tuple[str, str, str, str]:
    """Give which counter a reading is of; one of a post is the same under whatever account it was read."""
    return row["platform"], "" if row["post"] else row["account"], row["post"], row["metric"]


def carried(readings: Iterable[Row], starts_at: int, rule: ChartRule) -> list[Row]:
    """Give the readings that decide what a counter gains later: its last, its level, and its highest.

    Parameters
    ----------
    readings : rows of the table of that name, none later than the week; those before
        `starts_at` are what that week began with
    starts_at : when the last of the weeks that they are of began

    Returns
    -------
    Some of the rows, by counter and instant; `falls` is what it is among them.

    References
    ----------
    docs/spec/release.md, "What a week begins with"
    """
    found: list[Row] = []
    for _, some in groupby(_in_order(readings), counter_of):
        rows = list(some)
        found += [rows[at] for at in sorted(_kept(rows, starts_at, rule))]
    return marked(found)


def marked(readings: Iterable[Row]) -> list[Row]:
    """Give readings in the table's order, each marked as falling if it is below the one before it among these."""
    found: list[Row] = []
    before: dict[tuple[Any, ...], int] = {}
    for row in sorted(readings, key=lambda row: [row[name] for name in _ORDER]):
        counter = tuple(row[name] for name in _ORDER[:-1])
        found.append({**row, "falls": row["value"] < before.get(counter, row["value"])})
        before[counter] = row["value"]
    return found


def _in_order(readings: Iterable[Row]) -> list[Row]:
    """Give readings by counter and instant."""
    return sorted(readings, key=lambda row: (*counter_of(row), row["observed_at"]))


def _kept(rows: Sequence[Row], starts_at: int, rule: ChartRule) -> set[int]:
    """Give which readings of one counter are kept, by place."""
    last = len(rows) - 1
    if rule.gain.falls == "last" or not any(row["falls"] for row in rows):
        return {last}
    values = [row["value"] for row in rows]
    cut = next((at for at, row in enumerate(rows) if row["observed_at"] >= starts_at), len(rows))
    groups = [range(first, end) for first, end in ((0, cut), (cut, len(rows))) if first < end]
    if rows[0]["metric"] in rule.gain.may_fall:
        return {last, *_believed(values, groups[-1])}
    return {last, _highest_sound(values, groups)}


def _believed(values: Sequence[int], of: range) -> set[int]:
    """Give the highest reading so far, and the last of the last week that is at least half of it."""
    tops = list(accumulate(values, max))
    honest = [at for at in of if values[at] * 2 >= tops[at]]
    return {values.index(tops[-1]), *honest[-1:]}


def _highest_sound(values: Sequence[int], groups: Sequence[range]) -> int:
    """Give the first of the highest readings that are no leap that was taken back in its own week."""
    sound = [
        at
        for of in groups
        for at in of
        if not (0 < at < of[-1] and values[at + 1] < values[at] and values[at + 1] >= values[at - 1])
    ]
    return max(sound, key=lambda at: (values[at], -at))
