"""By how much a result was won, in votes, whatever channels weigh."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.numbers import exact_points

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plaudit.rulebook.counting_rule import CountingRule

__all__ = ["Change", "Margin", "margin"]


@dataclass(frozen=True)
class Change:
    """So many votes of one nominee in one channel."""

    nominee: str
    channel: str
    votes: int


_NOTHING: Final = Change("", "", 0)


@dataclass(frozen=True)
class Margin:
    """What it takes for another to catch up with the winner.

    more : the fewest votes more that one other nominee needs in one channel not to be
        behind the winner; None where no number of them is enough. Under shares a third
        nominee may then be ahead of both.
    fewer : the fewest of the winner's votes that would have to be missing in one
        channel; None where even all of them are not enough.
    """

    more: Change | None
    fewer: Change | None


def margin(totals: Iterable[dict[str, Any]], nominees: Iterable[str], rule: CountingRule) -> Margin:
    """Give the fewest votes with which the winner would not have been ahead, each worth one.

    Both figures are exact: a nominee's value never falls with a vote more, and
    nobody else's grows by it, so the least number is found by halving.

    Parameters
    ----------
    totals : rows of the table totals

    Returns
    -------
    The margin; with a tied first, or nobody to compare with, both are None.

    Examples
    --------
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> rule = RuleLibrary().cited("one-a-day@1").rule
    >>> rows = [{"nominee": name, "channel": "web", "votes_weighted": n} for name, n in (("a", 9), ("b", 5))]
    >>> margin(rows, ["a", "b"], rule).more
    Change(nominee='b', channel='web', votes=4)
    """
    counts = _Counts(totals, nominees, rule)
    merits = {name: counts.merit(name, _NOTHING) for name in counts.nominees}
    first = [name for name in counts.nominees if merits[name] == max(merits.values())]
    if len(first) != 1 or len(counts.nominees) < 2:
        return Margin(None, None)
    [winner] = first
    others = [name for name in counts.nominees if name != winner]
    more = [counts.least_more(winner, other, channel.id) for other in others for channel in rule.channel]
    fewer = [counts.least_fewer(winner, others, channel.id) for channel in rule.channel]
    return Margin(_smallest(more), _smallest(fewer))


class _Counts:
    """Weighted votes by channel and nominee, and what some more or fewer would make of them."""

    def __init__(self, totals: Iterable[dict[str, Any]], nominees: Iterable[str], rule: CountingRule) -> None:
        self.nominees = sorted(nominees)
        self._rule = rule
        self._votes = {channel.id: dict.fromkeys(self.nominees, 0) for channel in rule.channel}
        for row in totals:
            if row["channel"] in self._votes and row["nominee"] in self._votes[row["channel"]]:
                self._votes[row["channel"]][row["nominee"]] += row["votes_weighted"]
        self._sums = {channel: sum(of_channel.values()) for channel, of_channel in self._votes.items()}

    def merit(self, nominee: str, change: Change) -> tuple[Fraction | int, ...]:
        """Give a nominee's exact value and what settles ties, with some votes more or fewer."""
        has = {channel: of_channel[nominee] for channel, of_channel in self._votes.items()}
        if nominee == change.nominee:
            has[change.channel] += change.votes
        if self._rule.combine.method == "sum":
            value = Fraction(sum(has.values()))
        else:
            sums = {**self._sums, change.channel: self._sums.get(change.channel, 0) + change.votes}
            value = exact_points((has[one.id], sums[one.id], one.share_ppm) for one in self._rule.channel)
        return (value, *(has[channel] for channel in self._rule.ties.channels))

    def least_more(self, winner: str, other: str, channel: str) -> Change | None:
        """Give the fewest votes with which another is no longer behind the winner."""

        def is_enough(number: int) -> bool:
            change = Change(other, channel, number)
            return self.merit(other, change) >= self.merit(winner, change)

        number = _least(self._most_more(winner, other, channel), is_enough)
        return None if number is None else Change(other, channel, number)

    def _most_more(self, winner: str, other: str, channel: str) -> int:
        """Give a number of votes more after which still more of them change nothing between two nominees.

        With n votes more in a channel of share w and sum S, the other is ahead by
        (a n − b) ÷ (S + n), where a = w − what the winner is ahead by elsewhere; so from
        n = b ÷ a on, if there is such a number. Ties take no more votes than there are.
        """
        votes, every = self._votes[channel], sum(self._sums.values()) + 1
        if self._rule.combine.method == "sum":
            return every
        share = next(one.share_ppm for one in self._rule.channel if one.id == channel)
        ahead = self._elsewhere(winner, channel) - self._elsewhere(other, channel)
        gained, lacking = share - ahead, ahead * self._sums[channel] + share * (votes[winner] - votes[other])
        return every + (max(0, ceil(lacking / gained)) if gained > 0 else 0)

    def _elsewhere(self, nominee: str, channel: str) -> Fraction:
        """Give a nominee's exact value from all channels but one."""
        return exact_points(
            (self._votes[one.id][nominee], self._sums[one.id], one.share_ppm)
            for one in self._rule.channel
            if one.id != channel
        )

    def least_fewer(self, winner: str, others: Sequence[str], channel: str) -> Change | None:
        """Give the fewest of the winner's votes without which the winner is no longer ahead of all."""

        def is_enough(number: int) -> bool:
            change = Change(winner, channel, -number)
            own = self.merit(winner, change)
            return any(self.merit(other, change) >= own for other in others)

        number = _least(self._votes[channel][winner], is_enough)
        return None if number is None else Change(winner, channel, number)


def _least(most: int, is_enough: Callable[[int], bool]) -> int | None:
    """Give the least number up to `most` that is enough, where every greater one is."""
    if not is_enough(most):
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if is_enough(middle) else (middle + 1, high)
    return low


def _smallest(changes: Iterable[Change | None]) -> Change | None:
    found = [change for change in changes if change is not None]
    return min(found, key=lambda change: (change.votes, change.nominee, change.channel), default=None)
