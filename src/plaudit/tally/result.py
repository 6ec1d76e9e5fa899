"""From totals to a result: votes added, or channels combined by share."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from plaudit.base.errors import TieUnresolved
from plaudit.base.numbers import exact_points, half_even, told_apart

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.rulebook.counting_rule import CountingRule

__all__ = ["result"]


def result(totals: Iterable[dict[str, Any]], nominees: Iterable[str], rule: CountingRule) -> list[dict[str, Any]]:
    """Give each nominee's position and value.

    Returns
    -------
    Rows of the table result. `value` is weighted votes, or with shares parts per
    million: share_ppm × votes ÷ the nominees' votes there, added over the channels
    exactly and rounded once, half to even. Positions are by the exact sums; where
    unequal sums round to one value, `exact` has them with the decimals that tell.
    Equal sums are settled by votes in the channels of `ties.channels`, in order.

    Raises
    ------
    TieUnresolved : the first position is still tied and the rule says `raise`.

    Examples
    --------
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> rule = RuleLibrary().cited("one-a-day@1").rule
    >>> rows = result([{"nominee": "a", "channel": "web", "votes_weighted": 3}], ["a", "b"], rule)
    >>> [(row["position"], row["nominee"], row["value"]) for row in rows]
    [(1, 'a', 3), (2, 'b', 0)]
    """
    nominees = sorted(nominees)
    votes = {(nominee, channel.id): 0 for nominee in nominees for channel in rule.channel}
    for row in totals:
        if (row["nominee"], row["channel"]) in votes:
            votes[row["nominee"], row["channel"]] += row["votes_weighted"]
    values = _values(votes, nominees, rule)
    merits = {
        nominee: (values[nominee], *(votes[nominee, channel] for channel in rule.ties.channels)) for nominee in nominees
    }
    ordered = sorted(nominees, key=lambda nominee: (*(-merit for merit in merits[nominee]), nominee))
    positions = {nominee: 1 + sum(merits[other] > merits[nominee] for other in nominees) for nominee in ordered}
    rounded = {nominee: half_even(value.numerator, value.denominator) for nominee, value in values.items()}
    first = [nominee for nominee in ordered if positions[nominee] == 1]
    if len(first) > 1 and rule.ties.then == "raise":
        raise TieUnresolved(
            f"{', '.join(first)} are tied for first with {rounded[first[0]]} each under {rule.name}",
            "the organiser decides; put the decision into the next version of the rule under [ties]",
            rule=rule.name,
        )
    told = told_apart(values.values())
    unit = "ppm" if rule.combine.method == "shares" else "votes"
    return [
        {
            "position": positions[nominee],
            "nominee": nominee,
            "value": rounded[nominee],
            "exact": told.get(values[nominee], ""),
            "unit": unit,
            "is_winner": positions[nominee] == 1,
        }
        for nominee in ordered
    ]


def _values(votes: dict[tuple[str, str], int], nominees: list[str], rule: CountingRule) -> dict[str, Fraction]:
    if rule.combine.method == "sum":
        return {nominee: Fraction(sum(votes[nominee, channel.id] for channel in rule.channel)) for nominee in nominees}
    totals = {channel.id: sum(votes[nominee, channel.id] for nominee in nominees) for channel in rule.channel}
    return {
        nominee: exact_points(
            (votes[nominee, channel.id], totals[channel.id], channel.share_ppm) for channel in rule.channel
        )
        for nominee in nominees
    }
