"""What becomes of a ballot before caps: eligible, set aside, outside the window or void."""

from __future__ import annotations

from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any, Final

import ibis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from plaudit.rulebook.counting_rule import Channel, CountingRule
    from plaudit.rulebook.windows import VotingWindow

__all__ = ["ELIGIBLE", "FATES", "OUTSIDE", "SET_ASIDE", "columns_read", "row_fate", "settled_fate"]

ELIGIBLE: Final = "eligible"
OUTSIDE: Final = "outside_window"
SET_ASIDE: Final = "set_aside"
DAY_MICROSECONDS: Final = 86_400_000_000
_GESTURES: Final = ("vote", "post", "repost", "quote")
FATES: Final = (
    ELIGIBLE,
    SET_ASIDE,
    OUTSIDE,
    *(f"{gesture} does not count" for gesture in _GESTURES),
    "names too many nominees",
    "deleted",
    "private",
    "account age unknown",
    "account too young",
)
"""What a ballot's own row can tell; in tables of ballots a fate is its position here."""


def columns_read(rule: CountingRule) -> list[str]:
    """Give the columns of ballots that a rule looks at."""
    channels = [channel for channel in rule.channel if channel.counts == "ballots"]
    gestures = [gesture for channel in channels for gesture in _void_gestures(channel)]
    columns = ["ballot", "channel", "nominee", "votes", "cast_at", "voter", "tags"]
    columns += ["gesture"] if gestures else []
    columns += ["is_deleted"] if any(channel.deleted == "void" for channel in channels) else []
    columns += ["is_private"] if any(channel.private == "void" for channel in channels) else []
    columns += ["account_created_at"] if any(channel.account_age_days for channel in channels) else []
    return columns


def row_fate(ballots: ibis.Table, rule: CountingRule, windows: Sequence[VotingWindow], *, has_rulings: bool) -> Any:
    """Give each ballot's fate, as its position in `FATES`: the first that applies, as far as its own row tells.

    Whether nominee and channel are known is left to `settled_fate`, which looks at
    a few groups instead of every ballot. Checks that the rule does not make cost nothing.
    """
    channels = [channel for channel in rule.channel if channel.counts == "ballots"]
    found: list[tuple[Any, Any]] = []
    if has_rulings:
        found.append((ballots.ruled.notnull(), SET_ASIDE))
    found.append((_outside(ballots, channels, windows), OUTSIDE))
    for gesture in _GESTURES:
        _add(found, f"{gesture} does not count", ballots, channels, _gesture_test(ballots, gesture))
    _add(found, "names too many nominees", ballots, channels, lambda channel: ballots.tags > channel.tags_most)
    _add(found, "deleted", ballots, channels, lambda channel: ballots.is_deleted if channel.deleted == "void" else None)
    _add(found, "private", ballots, channels, lambda channel: ballots.is_private if channel.private == "void" else None)
    _add(
        found,
        "account age unknown",
        ballots,
        channels,
        lambda channel: ballots.account_created_at.isnull() if channel.account_age_days else None,
    )
    _add(
        found,
        "account too young",
        ballots,
        channels,
        lambda channel: (
            ballots.cast_at - ballots.account_created_at < channel.account_age_days * DAY_MICROSECONDS
            if channel.account_age_days
            else None
        ),
    )
    codes = [(test, ibis.literal(FATES.index(fate), "int8")) for test, fate in found]
    return ibis.cases(*codes, else_=ibis.literal(FATES.index(ELIGIBLE), "int8"))


def settled_fate(fate: str, channel: str, nominee: str, rule: CountingRule, nominees: set[str]) -> str:
    """Give the fate of ballots that share row fate, channel and nominee."""
    if fate == SET_ASIDE:
        return fate
    declared = rule.channel_named(channel)
    if declared is None or declared.counts != "ballots":
        return "unknown channel"
    if fate == OUTSIDE:
        return fate
    return fate if nominee in nominees else "unknown nominee"


def _gesture_test(ballots: ibis.Table, gesture: str) -> Callable[[Channel], Any]:
    return lambda channel: ballots.gesture == gesture if gesture in _void_gestures(channel) else None


def _void_gestures(channel: Channel) -> list[str]:
    return [gesture for gesture in _GESTURES if getattr(channel.gestures, gesture) == "void"]


def _outside(ballots: ibis.Table, channels: Sequence[Channel], windows: Sequence[VotingWindow]) -> Any:
    def within(channel: Channel) -> Any:
        spans = [
            (ballots.cast_at >= window.opens_at) & (ballots.cast_at < window.closes_at)
            for window in windows
            if window.takes(channel.id)
        ]
        return reduce(or_, spans) if spans else ibis.literal(False)  # noqa: FBT003

    if not channels:
        return ibis.literal(True)  # noqa: FBT003
    if all(not window.channels for window in windows):
        return ~within(channels[0])
    return ~reduce(or_, [(ballots.channel == channel.id) & within(channel) for channel in channels])


def _add(
    found: list[tuple[Any, Any]],
    reason: str,
    ballots: ibis.Table,
    channels: Iterable[Channel],
    test: Callable[[Channel], Any],
) -> None:
    """Add a reason for the channels whose rule makes the check; one test serves channels that agree."""
    channels = list(channels)
    tests = [(channel, test(channel)) for channel in channels]
    active = [(channel, check) for channel, check in tests if check is not None]
    if not active:
        return
    first = active[0][1]
    if len(active) == len(channels) and all(check.equals(first) for _, check in active):
        found.append((first, reason))
    else:
        found.append((reduce(or_, [and_(ballots.channel == channel.id, check) for channel, check in active]), reason))
