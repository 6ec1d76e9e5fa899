"""Whether a chart depends on its weights: the same weeks with each weight moved by a fifth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis
from ibis import _
from msgspec.structs import replace

from plaudit.base.numbers import MILLION
from plaudit.chart.chart import positions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.rulebook.artists import Artist
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["TOP", "chart_sensitivity", "reweighted"]

TOP: Final = 10
"""The positions that are watched."""


def chart_sensitivity(
    measures: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule, artists: Iterable[Artist]
) -> ibis.Table:
    """Give each entry of the first ten and where it stands when a weight is another.

    Parameters
    ----------
    measures, weeks, artists : as for the chart itself, which is computed anew for every weighting

    Returns
    -------
    Table, one row per entry of the first ten, as the table chart_sensitivity.
        scenarios : other weightings, two for each part; 0 where the chart has one part
        stays : those in which the entry is in the first ten
        best, worst : of its own position and those; worst is null where a weighting takes it off the chart
    """
    artists = list(artists)
    weightings = reweighted(rule)
    certified = _positions(measures, weeks, rule, artists)
    top = certified.filter(certified.position <= TOP)
    base = top.mutate(chart=ibis.literal(rule.name), scenarios=ibis.literal(len(weightings), "int32"))
    if not weightings:
        return base.mutate(stays=ibis.literal(0, "int32"), best=base.position, worst=base.position)
    others = ibis.union(*(_positions(measures, weeks, other, artists) for other in weightings))
    others = others.group_by(in_week="week", of_artist="artist").agg(
        charted=_.count(), stays=_.count(where=_.position <= TOP), least=_.position.min(), most=_.position.max()
    )
    found = base.left_join(others, [base.week == others.in_week, base.artist == others.of_artist])
    is_always_charted = found.charted.fill_null(0) == len(weightings)
    return found.select(
        "chart",
        "week",
        "artist",
        "position",
        "scenarios",
        stays=found.stays.fill_null(0).cast("int32"),
        best=ibis.least(found.position, found.least.fill_null(found.position)).cast("int32"),
        worst=ibis.ifelse(is_always_charted, ibis.greatest(found.position, found.most), ibis.null("int32")).cast(
            "int32"
        ),
    )


def reweighted(rule: ChartRule) -> list[ChartRule]:
    """Give the rule with each part's weight a fifth greater, and a fifth smaller, part by part.

    The fifth is rounded down, and no weight passes a million. The other parts
    share what is left as they did: each is rounded down, and the millionths still
    left go one by one to the greatest remainders, the earlier part first.

    Examples
    --------
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> rule = RuleLibrary().cited("social-weekly@1").rule
    >>> [part.weight_ppm for part in rule.part]
    [500000, 300000, 200000]
    >>> [part.weight_ppm for part in reweighted(rule)[0].part]
    [600000, 240000, 160000]
    """
    found = []
    for number, part in enumerate(rule.part if len(rule.part) > 1 else ()):
        fifth = part.weight_ppm // 5
        for weight in (min(part.weight_ppm + fifth, MILLION), part.weight_ppm - fifth):
            weights = _shared_out(MILLION - weight, [0 if other is part else other.weight_ppm for other in rule.part])
            weights[number] = weight
            parts = (replace(one, weight_ppm=ppm) for one, ppm in zip(rule.part, weights, strict=True))
            found.append(replace(rule, part=tuple(parts)))
    return found


def _shared_out(whole: int, weights: Sequence[int]) -> list[int]:
    """Share out a whole by weights, exactly: rounded down, then the greatest remainders first."""
    total = sum(weights)
    shares = [whole * weight // total for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: (-(whole * weights[at] % total), at))
    for at in by_remainder[: whole - sum(shares)]:
        shares[at] += 1
    return shares


def _positions(
    measures: ibis.Table, weeks: Sequence[tuple[str, str]], rule: ChartRule, artists: Sequence[Artist]
) -> ibis.Table:
    return positions(measures, weeks, rule, artists).select("week", "artist", "position")
