"""What a rule file must satisfy beyond the types of its keys."""

from __future__ import annotations

import re
from functools import singledispatch
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.numbers import MILLION
from plaudit.base.spelling import meant
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.growth_rule import GrowthRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import AccountState, Lockstep, PurgeRule, RegularGaps
from plaudit.rulebook.zones import checked_zone

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.rulebook.counting_rule import Channel, Multiplier
    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = ["MEASURE_NAMES", "check_rule"]

MEASURE_NAMES: Final = re.compile(
    r"^(posts(_photo|_video|_text)?|[a-z]+_gain|[a-z]+_addition|response_per_1000_views|response_per_1000_followers)$"
)


@singledispatch
def check_rule(rule: Any, file: TomlFile) -> None:  # noqa: ARG001 - the registered checks use it
    """Refuse a rule that contradicts itself or refers to nothing.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    raise TypeError(f"no checks for {type(rule).__name__}")


@check_rule.register(ChartRule)
def _(rule: ChartRule, file: TomlFile) -> None:
    checked_zone(rule.week.zone, file, ("week", "zone"))
    _once((part.measure for part in rule.part), file, ("part",), "measure")
    for position, part in enumerate(rule.part):
        _measure(part.measure, file, ("part", position, "measure"))
    for measure in rule.ties.order:
        _measure(measure, file, ("ties", "order"))
    _whole((part.weight_ppm for part in rule.part), file, ("part",), "weight_ppm")
    if rule.coverage.least_days > rule.coverage.full_days:
        raise file.invalid(
            ("coverage", "least_days"),
            f"{rule.coverage.least_days} days for a provisional chart, {rule.coverage.full_days} for a full one",
            "let least_days be at most full_days",
        )


@check_rule.register(CountingRule)
def _(rule: CountingRule, file: TomlFile) -> None:
    checked_zone(rule.day.zone, file, ("day", "zone"))
    if not rule.channel:
        raise file.invalid(("channel",), "a counting rule needs a channel", "add [[channel]]")
    _once((channel.id for channel in rule.channel), file, ("channel",), "id")
    for position, channel in enumerate(rule.channel):
        _channel(channel, file, ("channel", position))
    if rule.combine.method == "shares":
        _whole((channel.share_ppm for channel in rule.channel), file, ("channel",), "share_ppm")
    elif any(channel.share_ppm for channel in rule.channel):
        raise file.invalid(
            ("combine",), "channels have shares and votes are added", 'set method = "shares", or remove them'
        )
    _known(rule.ties.channels, [channel.id for channel in rule.channel], file, ("ties", "channels"), "channel")
    for position, multiplier in enumerate(rule.multiplier):
        _multiplier(multiplier, rule, file, ("multiplier", position))


@check_rule.register(GrowthRule)
def _(rule: GrowthRule, file: TomlFile) -> None:
    checked_zone(rule.week.zone, file, ("week", "zone"))
    _distinct(rule.metrics, file, ("metrics",))
    _rising(rule.milestones, file, ("milestones",))
    _distinct(rule.first_hours.metrics, file, ("first_hours", "metrics"))
    _rising(rule.first_hours.hours, file, ("first_hours", "hours"))
    _rising(rule.first_hours.milestones, file, ("first_hours", "milestones"))
    if rule.burst.least_days > rule.burst.baseline_days:
        raise file.invalid(
            ("burst", "least_days"),
            f"{rule.burst.least_days} of {rule.burst.baseline_days} days must be known",
            "let least_days be at most baseline_days",
        )


@check_rule.register(NominationRule)
def _(rule: NominationRule, file: TomlFile) -> None:
    if rule.chart is None and rule.named is None:
        raise file.invalid((), "neither [chart] nor [named]", "give at least one ground for nomination")


@check_rule.register(PurgeRule)
def _(rule: PurgeRule, file: TomlFile) -> None:
    _distinct(rule.channels, file, ("channels",))
    method = rule.method
    if isinstance(method, AccountState):
        _distinct(method.states, file, ("method", "states"))
    if isinstance(method, RegularGaps) and method.tap_seconds >= method.pause_seconds:
        raise file.invalid(
            ("method", "tap_seconds"),
            f"no gap is longer than {method.tap_seconds} and not longer than {method.pause_seconds} seconds",
            "let tap_seconds be less than pause_seconds",
        )
    if isinstance(method, Lockstep) and method.pause_seconds <= method.within_seconds:
        raise file.invalid(
            ("method", "pause_seconds"),
            f"a pause of {method.pause_seconds} seconds is over within one moment of {method.within_seconds}",
            "let pause_seconds be more than within_seconds",
        )


def _channel(channel: Channel, file: TomlFile, place: Place) -> None:
    if channel.counts == "totals":
        if channel.cap is not None:
            raise file.invalid((*place, "cap"), "nobody can check a cap on totals", "remove the cap, or count ballots")
        return
    if not any(_counts(channel.gestures, gesture) for gesture in ("vote", "post", "repost", "quote")):
        raise file.invalid((*place, "gestures"), "no gesture counts here", 'add, as in: gestures = { vote = "counts" }')
    if channel.cap is None and not channel.because:
        raise file.invalid(place, "neither a cap nor a because", "give a cap, or say why there is none")


def _multiplier(multiplier: Multiplier, rule: CountingRule, file: TomlFile, place: Place) -> None:
    _known(multiplier.channels, [channel.id for channel in rule.channel], file, (*place, "channels"), "channel")
    totals = {channel.id for channel in rule.channel if channel.counts == "totals"}
    for channel_id in multiplier.channels:
        if channel_id in totals:
            raise file.invalid(
                (*place, "channels"),
                f"channel {channel_id!r} counts totals, which carry no time",
                "name channels that count ballots",
            )
    if (multiplier.from_time is None) != (multiplier.to_time is None):
        raise file.invalid(place, "one of from_time and to_time", "give both, or neither")
    if multiplier.from_time and multiplier.to_time and multiplier.to_time <= multiplier.from_time:
        raise file.invalid(
            (*place, "to_time"),
            f"{multiplier.to_time} is not later than {multiplier.from_time}",
            "end one at 23:59:59.999999 and start a second at 00:00:00",
        )


def _counts(gestures: Any, gesture: str) -> bool:
    return bool(getattr(gestures, gesture) == "counts")


def _measure(measure: str, file: TomlFile, place: Place) -> None:
    if not MEASURE_NAMES.match(measure):
        raise file.invalid(
            place,
            f"no measure {measure!r}",
            "use posts, posts_photo, posts_video, posts_text, METRIC_gain, METRIC_addition, "
            "response_per_1000_views or response_per_1000_followers",
        )


def _once(values: Iterable[str], file: TomlFile, place: Place, key: str) -> None:
    seen: set[str] = set()
    for position, value in enumerate(values):
        if value in seen:
            raise file.invalid((*place, position, key), f"{value!r} is given twice", "keep one")
        seen.add(value)


def _rising(values: tuple[int, ...], file: TomlFile, place: Place) -> None:
    for position, (one, other) in enumerate(pairwise(values), start=1):
        if other <= one:
            raise file.invalid((*place, position), f"{other} stands after {one}", "write them in order, each once")


def _distinct(values: Iterable[str], file: TomlFile, place: Place) -> None:
    seen: set[str] = set()
    for position, value in enumerate(values):
        if value in seen:
            raise file.invalid((*place, position), f"{value!r} is given twice", "keep one")
        seen.add(value)


def _whole(shares: Iterable[int], file: TomlFile, place: Place, key: str) -> None:
    total = sum(shares)
    if total != MILLION:
        raise file.invalid(place, f"{key} add up to {total}", f"let them add up to {MILLION}")


def _known(names: Iterable[str], legal: list[str], file: TomlFile, place: Place, what: str) -> None:
    for name in names:
        if name not in legal:
            raise file.invalid(place, f"no {what} {name!r}", meant(name, legal, f"use one of: {', '.join(legal)}"))
