"""Which sources give the numbers that a rule's parts need."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import RuleInvalid
from plaudit.store.intervals import interval_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import ibis

    from plaudit.rulebook.chart_rule import ChartRule
    from plaudit.rulebook.sources import Source

__all__ = [
    "POST_KINDS",
    "STOCKS",
    "Need",
    "Read",
    "days_answered",
    "days_with_readings",
    "needs",
    "refuse_unfed",
    "unfed",
]

STOCKS: Final = ("followers", "subscribers")
"""Metrics that are stocks: their weekly change is called an addition."""

POST_KINDS: Final = frozenset({"counters", "posts", "live"})
"""Kinds of sources that tell of posts."""


@dataclass(frozen=True)
class Need:
    """What a measure is made of: readings of any of some metrics, of posts or of accounts; of no metric, posts."""

    metrics: frozenset[str]
    of_post: bool


@dataclass(frozen=True)
class Read:
    """A source has readings of a metric on a day, counted from the first week's start."""

    source: str
    platform: str
    metric: str
    of_post: bool
    day: int


def needs(measure: str, rule: ChartRule) -> tuple[Need, ...]:
    """Give what a measure is made of; all of it is needed.

    Examples
    --------
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> rule = RuleLibrary().cited("social-weekly@1").rule
    >>> [sorted(need.metrics) for need in needs("response_per_1000_views", rule)]
    [['views'], ['comments', 'likes']]
    """
    response = Need(frozenset(rule.response.metrics), of_post=True)
    if measure == "response_per_1000_views":
        return Need(frozenset({"views"}), of_post=True), response
    if measure == "response_per_1000_followers":
        return Need(frozenset(STOCKS), of_post=False), response
    if measure == "posts" or measure.startswith("posts_"):
        return (Need(frozenset(), of_post=True),)
    metric, _, kind = measure.rpartition("_")
    return (Need(frozenset({metric}), of_post=kind == "gain"),)


def days_answered(coverage: ibis.Table, boundaries: Sequence[int]) -> ibis.Table:
    """Give on which days a live source was answered about which metric."""
    answered = coverage.filter(coverage.answered > 0)
    return answered.select("source", "metric", day=interval_number(answered.hour_at, boundaries)).distinct()


def days_with_readings(readings: ibis.Table, boundaries: Sequence[int]) -> ibis.Table:
    """Give what was read on which days, as rows of `Read`; -1 stands for every earlier day."""
    return readings.select(
        "source",
        "platform",
        "metric",
        of_post=readings.post != "",
        day=interval_number(readings.observed_at, boundaries),
    ).distinct()


def unfed(rule: ChartRule, sources: Sequence[Source], metrics: Iterable[tuple[str, bool]]) -> list[str]:
    """Give the measures of the rule's parts whose numbers nothing gives.

    Parameters
    ----------
    metrics : the metrics there are readings of, and whether of posts
    """
    read = set(metrics)
    return [part.measure for part in rule.part if not _is_fed(part.measure, rule, sources, read)]


def refuse_unfed(rule: ChartRule, sources: Sequence[Source], metrics: Iterable[tuple[str, bool]]) -> None:
    """Raise if nothing gives the numbers of a part, unless the rule lets such a part be named.

    Raises
    ------
    RuleInvalid : with the part, the metrics there are, and the one that is nearest by name.
    """
    read = set(metrics)
    lacking = unfed(rule, sources, read)
    if not lacking or rule.coverage.unfed_part == "name":
        return
    measure = lacking[0]
    fed = sorted(f"{metric}_{'gain' if of_post else 'addition'}" for metric, of_post in read)
    near = _near(measure, fed)
    wanted = " and ".join(_told(need) for need in needs(measure, rule))
    raise RuleInvalid(
        f"{rule.name}: no source feeds {measure}, which weighs "
        f"{next(part.weight_ppm for part in rule.part if part.measure == measure):,} ppm: it needs {wanted}; "
        f"the sources feed {', '.join(fed) or 'no metric'}",
        (f"is it {near}? name the metric in [source.metrics] as the rule does; " if near else "")
        + "declare a source that feeds it, or let the rule leave it out",
        part=measure,
    )


def _near(measure: str, fed: Sequence[str]) -> str:
    """Give the measure that may be meant: of the metrics that are named alike; how a change is called tells nothing.

    Examples
    --------
    >>> _near("likes_gain", ["like_gain", "views_gain"]), _near("likes_gain", ["views_gain"])
    ('like_gain', '')
    """
    metric, _, kind = measure.rpartition("_")
    for some in ([one for one in fed if one.rpartition("_")[2] == kind], fed):
        metrics = {one.rpartition("_")[0]: one for one in some}
        if near := difflib.get_close_matches(metric, metrics, n=1, cutoff=0.75):
            return metrics[near[0]]
    return ""


def _is_fed(measure: str, rule: ChartRule, sources: Sequence[Source], read: set[tuple[str, bool]]) -> bool:
    if measure.startswith("posts"):
        of_posts = [source for source in sources if source.kind in POST_KINDS]
        told = [source for source in of_posts if source.is_live or "media" in {*source.columns, *source.constants}]
        return bool(of_posts if measure == "posts" else told)
    return all(any((metric, need.of_post) in read for metric in need.metrics) for need in needs(measure, rule))


def _told(need: Need) -> str:
    if not need.metrics:
        return "posts and their media"
    return f"readings of {' or '.join(sorted(need.metrics))} of {'posts' if need.of_post else 'accounts'}"
