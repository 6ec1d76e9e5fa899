"""The count of many groups of ballots in one pass of the tally."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from plaudit.tally.same_instant import settled
from plaudit.tally.tally import tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import ibis

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["tally_groups"]


def tally_groups(
    grouped: ibis.Table,
    rulings: ibis.Table,
    nominees: Iterable[str],
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    *,
    materialize: Callable[[ibis.Table], ibis.Table],
) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give each group with the rows of its totals; totals that somebody else counted are in no group.

    A nominee of one group is counted as another than the same of the next. Allowances
    are the voter's own, whatever the group.

    Parameters
    ----------
    grouped : the columns that the counting rule reads, and `group`, a whole number
    rulings : ballot, rule and outcome
    """
    known = set(nominees)
    pairs = grouped.select("group", "nominee").distinct().to_pyarrow().to_pylist()
    names = {_name(**pair): pair for pair in pairs if pair["nominee"] is not None}
    ballots = grouped.mutate(nominee=grouped.group.cast("string") + ":" + grouped.nominee)
    no_totals = ballots.limit(0).select("channel", "nominee", "votes", observed_at="cast_at")
    ours = replace(
        settled(counting), channel=tuple(channel for channel in counting.channel if channel.counts == "ballots")
    )
    wanted = [name for name, pair in names.items() if pair["nominee"] in known]
    for row in tally(ballots, no_totals, rulings, wanted, ours, windows, materialize=materialize).totals:
        pair = names[row["nominee"]]
        yield pair["group"], {**row, "nominee": pair["nominee"]}


def _name(group: int, nominee: str) -> str:
    return f"{group}:{nominee}"
