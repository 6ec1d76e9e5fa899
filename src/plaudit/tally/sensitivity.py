"""Whether the result depends on the purge: the same vote under other rules than the season's."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from plaudit.tally.fates import columns_read
from plaudit.tally.recount import MOST, Votes, recount
from plaudit.tally.result import result
from plaudit.tally.scenarios import AS_CERTIFIED, marked, scenarios

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import ibis

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.windows import VotingWindow
    from plaudit.tally.scenarios import Purge

__all__ = ["TIED", "sensitivity"]

TIED: Final = "; "
"""Stands between winners who share the title."""


def sensitivity(
    ballots: ibis.Table,
    totals: Sequence[dict[str, Any]],
    purge: Purge,
    nominees: Iterable[str],
    counting: CountingRule,
    windows: Sequence[VotingWindow],
    *,
    materialize: Callable[[ibis.Table], ibis.Table],
) -> list[dict[str, Any]]:
    """Give the result under every other way to purge, and of each channel alone.

    Parameters
    ----------
    ballots : the table ballots
    totals : rows of the table totals, as certified
    purge : what the audit found, and by which rules
    materialize : computes an expression and gives its rows as a table of the same engine

    Returns
    -------
    Rows of the table sensitivity.
        winners : more than one where they tie; nothing is raised here
        second, second_value : the best of those who did not win
        margin : between the first two values, hence 0 where the first is tied
        changes : who wins is not who is certified

    A channel that nobody has a vote in has no row. The scenarios are those of
    `scenarios`; docs/explanation/sensitivity.md says what each is.
    """
    names, tried = sorted(nominees), scenarios(purge)
    certified = Counter({(row["nominee"], row["channel"]): row["votes_weighted"] for row in totals})
    marks = marked(ballots.select(columns_read(counting)), purge, counting, windows, materialize)
    if len(tried) > MOST:
        marks = materialize(marks)  # looked at more than once
    rows = []
    for start in range(1, max(len(tried), 2), MOST - 1):
        some = [tried[0], *tried[start : start + MOST - 1]]
        counted = recount(marks, some, names, counting, windows, materialize=materialize)
        before = counted[AS_CERTIFIED][0]
        for scenario in some[0 if start == 1 else 1 :]:
            votes, set_aside = counted[scenario.name]
            changed = {pair: certified[pair] - before[pair] + votes[pair] for pair in {*certified, *votes}}
            rows.append(_row(scenario.name, scenario.kind, set_aside, _ranked(changed, names, counting)))
    set_aside = rows[0]["votes_set_aside"]
    for channel in counting.channel:
        only = {pair: number for pair, number in certified.items() if pair[1] == channel.id}
        if any(number for (nominee, _), number in only.items() if nominee in names):
            alone = replace(counting, channel=(replace(channel, share_ppm=1_000_000),))
            alone = replace(alone, combine=type(counting.combine)("sum"), ties=type(counting.ties)((), "share"))
            rows.append(_row(f"{channel.id} alone", "channel", set_aside, _ranked(only, names, alone)))
    for row in rows:
        row["changes"] = row["winners"] != rows[0]["winners"]
    return rows


def _ranked(votes: Votes | dict[tuple[str, str], int], nominees: list[str], counting: CountingRule) -> list[Any]:
    shared = replace(counting, ties=replace(counting.ties, then="share"))
    totals = [
        {"nominee": nominee, "channel": channel, "votes_weighted": number}
        for (nominee, channel), number in votes.items()
    ]
    return result(totals, nominees, shared)


def _row(scenario: str, kind: str, set_aside: int, positions: list[dict[str, Any]]) -> dict[str, Any]:
    winners = [row for row in positions if row["is_winner"]]
    others = [row for row in positions if not row["is_winner"]]
    value = winners[0]["value"] if winners else 0
    second, second_value = (others[0]["nominee"], others[0]["value"]) if others else ("", 0)
    return {
        "scenario": scenario,
        "kind": kind,
        "winners": TIED.join(sorted(row["nominee"] for row in winners)),
        "value": value,
        "second": second,
        "second_value": second_value,
        "margin": value - second_value if len(winners) == 1 else 0,
        "votes_set_aside": set_aside,
    }
