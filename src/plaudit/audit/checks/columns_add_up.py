"""Check columns-add-up: where every ballot and vote went, nothing lost and nothing twice."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from plaudit.audit.checks.judged import Judged, finding, some
from plaudit.audit.checks.sql import TOTALS, VOIDS, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from plaudit.audit.checks.counted import Counted

__all__ = ["CHECK", "check", "columns_add_up"]

CHECK: Final = "columns-add-up"
_COLUMNS: Final = ("counted", "over_cap", "outside_window", "void", "set_aside")


def columns_add_up(cast: int, columns: Mapping[str, int]) -> Judged:
    """Say whether what was cast is what the columns hold together.

    Examples
    --------
    >>> columns_add_up(920_000, {"counted": 380_000, "set aside": 540_000}).verdict
    'passes'
    >>> columns_add_up(920_000, {"counted": 380_000}).found
    'columns give 380,000, cast were 920,000'
    """
    below = [f"{name} is {number:,}" for name, number in columns.items() if number < 0]
    held = sum(columns.values())
    found = some([f"columns give {held:,}, cast were {cast:,}", *below])
    return Judged("passes" if held == cast and not below else "fails", found, f"{cast:,} in all, none below 0")


def check(counted: Counted) -> Iterator[dict[str, str]]:
    """Give one finding per channel of the totals."""
    reasons: Counter[tuple[str, str, str]] = Counter()
    for void in counted.voids:
        for what in ("ballots", "votes"):
            reasons[void["nominee"], void["channel"], what] += void[what]
    for channel in sorted({row["channel"] for row in counted.totals}):
        rows = [row for row in counted.totals if row["channel"] == channel]
        faults = [fault for row in rows for fault in _faults(row, reasons)]
        found = some(faults) or f"the columns of {len(rows):,} nominees give {_cast(rows)}"
        judged = Judged("fails" if faults else "passes", found, f"cast were {_cast(rows)}")
        yield finding(CHECK, channel, judged, _query(channel))


def _faults(row: dict[str, Any], reasons: Mapping[tuple[str, str, str], int]) -> Iterator[str]:
    for what in ("ballots", "votes"):
        columns = {column: row[f"{what}_{column}"] for column in _COLUMNS}
        judged = columns_add_up(row[f"{what}_cast"], columns)
        if judged.verdict == "fails":
            yield f"{what} of {row['nominee']}: {judged.found}"
        told = reasons[row["nominee"], row["channel"], what]
        if told != columns["void"]:
            yield f"{what} of {row['nominee']}: {columns['void']:,} void, and reasons for {told:,}"


def _cast(rows: list[dict[str, Any]]) -> str:
    ballots, votes = (sum(row[f"{what}_cast"] for row in rows) for what in ("ballots", "votes"))
    return f"{ballots:,} ballots and {votes:,} votes"


def _query(channel: str) -> str:
    sums = [f"{what}_cast <> " + " + ".join(f"{what}_{column}" for column in _COLUMNS) for what in ("ballots", "votes")]
    low = [f"{what}_{column} < 0" for what in ("ballots", "votes") for column in _COLUMNS]
    reasons = f"SELECT nominee, channel, sum(ballots) AS ballots, sum(votes) AS votes FROM {VOIDS} GROUP BY ALL"
    voids = [f"{what}_void <> coalesce({what}, 0)" for what in ("ballots", "votes")]
    return (
        f"SELECT nominee FROM {TOTALS} LEFT JOIN ({reasons}) USING (nominee, channel) "
        f"WHERE channel = {word(channel)} AND ({' OR '.join([*sums, *low, *voids])}) ORDER BY nominee"
    )
