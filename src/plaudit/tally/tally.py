"""The step tally: every ballot into exactly one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import ibis
from ibis import _

from plaudit.base.errors import ProofInvalid
from plaudit.rulebook.windows import Span, VotingWindow, multiplied_spans, periods
from plaudit.tally.allowance import Allowance
from plaudit.tally.fates import ELIGIBLE, FATES, OUTSIDE, SET_ASIDE, columns_read, row_fate, settled_fate
from plaudit.tally.same_instant import refuse_torn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plaudit.rulebook.counting_rule import Cap, CountingRule

__all__ = ["COLUMNS", "Tally", "tally"]

COLUMNS: Final = ("counted", "over_cap", "outside_window", "void", "set_aside")
"""Every ballot cast ends in exactly one of these."""


@dataclass(frozen=True)
class Tally:
    """Rows of the tables totals and voids."""

    totals: list[dict[str, Any]]
    voids: list[dict[str, Any]]


def tally(
    ballots: ibis.Table,
    source_totals: ibis.Table,
    rulings: ibis.Table,
    nominees: Iterable[str],
    rule: CountingRule,
    windows: Sequence[VotingWindow],
    *,
    materialize: Callable[[ibis.Table], ibis.Table],
) -> Tally:
    """Count ballots under a counting rule.

    Parameters
    ----------
    ballots, source_totals, rulings : the tables of those names; of rulings those of outcome `set aside` count
    materialize : computes an expression and gives its rows as a table of the same engine

    Returns
    -------
    Totals, one row per nominee and channel with any ballot, and per nominee of
    every channel that counts totals. With `keep = "last"`, what the later ballots
    replaced is void ("replaced").

    Raises
    ------
    TieUnresolved : ballots of one voter at one instant are for different nominees,
        the cap lets only some of them count, and the rule does not say which.
    ProofInvalid : the columns do not add up to the ballots cast; a defect.

    References
    ----------
    docs/reference/rules.md, "Counting rules"
    """
    count = _Count(rule, set(nominees))
    read = ballots.select(columns_read(rule))
    rulings = rulings.filter(rulings.outcome == "set aside")
    has_rulings = bool(rulings.count().to_pyarrow().as_py())

    def judged(some: ibis.Table) -> ibis.Table:
        return _judged(_with_rulings(some, rulings) if has_rulings else some, rule, windows)

    def eligible(some: ibis.Table) -> ibis.Table:
        return judged(some).filter(_.fate == FATES.index(ELIGIBLE), _.nominee.isin(sorted(count.nominees)))

    sums = (
        judged(read)
        .group_by("nominee", "channel", "fate")
        .agg(
            ballots=_.count(),
            votes=_.votes.sum(),
            weighted=(_.votes * _.times).sum() if rule.multiplier else _.votes.sum(),
            first=_.cast_at.min(),
            last=_.cast_at.max(),
        )
    )
    for row in sums.to_pyarrow().to_pylist():
        count.cast(row)
    for (cap, open_windows), channels in _caps(rule, windows).items():
        allowance = Allowance(cap, channels, rule, count.votes == count.ballots, materialize)
        spans = [span for span in periods(cap, rule, open_windows) if count.has_ballots_in(span)]
        for span in spans:
            for row in allowance.excess(read, eligible, span, count.votes // len(spans)):
                count.take_back(row)
        if rule.same_instant.then == "raise":
            refuse_torn(allowance.torn, cap, rule)
    count.add_source_totals(_last_totals(source_totals, windows))
    return count.tally()


class _Count:
    """The totals as they grow."""

    def __init__(self, rule: CountingRule, nominees: set[str]) -> None:
        self.nominees = nominees
        self.ballots = 0
        self.votes = 0
        self._first, self._last = 2**63, -1
        self._rule = rule
        self._totals: dict[tuple[str, str], dict[str, int]] = {}
        self._voids: dict[tuple[str, str, str], list[int]] = {}
        for channel in rule.channel:
            if channel.counts == "totals":
                for nominee in nominees:
                    self._of(nominee, channel.id)

    def cast(self, row: dict[str, Any]) -> None:
        """Add ballots that share nominee, channel and row fate to their column."""
        fate = settled_fate(FATES[row["fate"]], row["channel"], row["nominee"], self._rule, self.nominees)
        column = {ELIGIBLE: "counted", OUTSIDE: "outside_window", SET_ASIDE: "set_aside"}.get(fate, "void")
        self.ballots += row["ballots"]
        self.votes += row["votes"]
        self._first, self._last = min(self._first, row["first"]), max(self._last, row["last"])
        self._add(row, "cast", row["ballots"], row["votes"])
        self._add(row, column, row["ballots"], row["votes"])
        if column == "counted":
            self._of(row["nominee"], row["channel"])["votes_weighted"] += row["weighted"]
        if column == "void":
            self._void(row, fate, row["ballots"], row["votes"])

    def has_ballots_in(self, span: Span) -> bool:
        """Say whether any ballot may lie in a span, by the first and the last one cast."""
        return span[0] <= self._last and self._first < span[1]

    def take_back(self, row: dict[str, Any]) -> None:
        """Move what passes a cap out of the counted column."""
        self._add(row, "counted", -row["ballots"], -row["votes"])
        self._of(row["nominee"], row["channel"])["votes_weighted"] -= row["weighted"]
        if self._rule.keep == "last":
            self._add(row, "void", row["ballots"], row["votes"])
            self._void(row, "replaced", row["ballots"], row["votes"])
        else:
            self._add(row, "over_cap", row["ballots"], row["votes"])

    def add_source_totals(self, rows: Iterable[dict[str, Any]]) -> None:
        """Add what somebody else counted, in the channels that count totals."""
        for row in rows:
            channel = self._rule.channel_named(row["channel"])
            known = channel is not None and channel.counts == "totals"
            reason = (
                "" if known and row["nominee"] in self.nominees else "unknown nominee" if known else "unknown channel"
            )
            self._add(row, "cast", 0, row["votes"])
            self._add(row, "void" if reason else "counted", 0, row["votes"])
            if reason:
                self._void(row, reason, 0, row["votes"])
            else:
                self._of(row["nominee"], row["channel"])["votes_weighted"] += row["votes"]

    def tally(self) -> Tally:
        """Give the tables, once every column adds up."""
        totals = []
        for (nominee, channel), columns in sorted(self._totals.items()):
            for what in ("ballots", "votes"):
                total = sum(columns[f"{what}_{column}"] for column in COLUMNS)
                if total != columns[f"{what}_cast"] or min(columns.values()) < 0:
                    raise ProofInvalid(
                        f"{what} of {nominee} in {channel}: the columns give {total}, "
                        f"but {columns[f'{what}_cast']} were cast",
                        "this is a defect of the count; please report it with the season",
                    )
            totals.append({"nominee": nominee, "channel": channel, **columns})
        voids = [
            {"nominee": nominee, "channel": channel, "reason": reason, "ballots": ballots, "votes": votes}
            for (nominee, channel, reason), (ballots, votes) in sorted(self._voids.items())
        ]
        return Tally(totals, voids)

    def _of(self, nominee: str, channel: str) -> dict[str, int]:
        names = [f"{what}_{column}" for what in ("ballots", "votes") for column in ("cast", *COLUMNS)]
        return self._totals.setdefault((nominee, channel), dict.fromkeys([*names, "votes_weighted"], 0))

    def _add(self, row: dict[str, Any], column: str, ballots: int, votes: int) -> None:
        columns = self._of(row["nominee"], row["channel"])
        columns[f"ballots_{column}"] += ballots
        columns[f"votes_{column}"] += votes

    def _void(self, row: dict[str, Any], reason: str, ballots: int, votes: int) -> None:
        sums = self._voids.setdefault((row["nominee"], row["channel"], reason), [0, 0])
        sums[0] += ballots
        sums[1] += votes


def _with_rulings(ballots: ibis.Table, rulings: ibis.Table) -> ibis.Table:
    ruled = rulings.select(ruled_ballot="ballot", ruled="rule").distinct(on="ruled_ballot")
    return ballots.left_join(ruled, ballots.ballot == ruled.ruled_ballot)


def _judged(ballots: ibis.Table, rule: CountingRule, windows: Sequence[VotingWindow]) -> ibis.Table:
    """Give ballots with their fate and how many times their votes count."""
    times = [
        (
            (ballots.cast_at >= opens)
            & (ballots.cast_at < closes)
            & (ballots.channel.isin(multiplier.channels) if multiplier.channels else True),
            multiplier.times,
        )
        for multiplier, (opens, closes) in multiplied_spans(rule, windows)
    ]
    return ballots.select(
        "ballot",
        "channel",
        "nominee",
        "votes",
        "cast_at",
        "voter",
        fate=row_fate(ballots, rule, windows, has_rulings="ruled" in ballots.columns),
        times=ibis.cases(*times, else_=1).cast("int64") if times else ibis.literal(1),
    )


def _caps(rule: CountingRule, windows: Sequence[VotingWindow]) -> dict[tuple[Cap, tuple[VotingWindow, ...]], list[str]]:
    """Give the channels under each cap and its windows; those that agree are counted in one pass, each for itself."""
    found: dict[tuple[Cap, tuple[VotingWindow, ...]], list[str]] = {}
    for channel in rule.channel:
        if channel.cap is not None and channel.counts == "ballots":
            open_windows = tuple(window for window in windows if window.takes(channel.id))
            found.setdefault((channel.cap, open_windows), []).append(channel.id)
    return found


def _last_totals(source_totals: ibis.Table, windows: Sequence[VotingWindow]) -> list[dict[str, Any]]:
    """Give each nominee's and channel's last total before the vote closed."""
    closes_at = max((window.closes_at for window in windows), default=0)
    last = (
        source_totals.filter(source_totals.observed_at < closes_at)
        .group_by("nominee", "channel")
        .agg(votes=source_totals.votes.argmax(source_totals.observed_at))
    )
    rows: list[dict[str, Any]] = last.to_pyarrow().to_pylist()
    return rows
