"""A slow count in plain Python, to hold the product's tally against."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.rulebook.counting_rule import Channel, CountingRule, Multiplier

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_MICROSECONDS = 86_400_000_000
MILLION = 1_000_000
OUTCOMES = ("counted", "over_cap", "outside_window", "void", "set_aside")
COLUMNS = (
    "ballots_cast",
    *(f"ballots_{outcome}" for outcome in OUTCOMES),
    "votes_cast",
    *(f"votes_{outcome}" for outcome in OUTCOMES),
    "votes_weighted",
)

Ballot = dict[str, Any]
Cell = tuple[str, str]
"""Nominee and channel."""


class WindowLike(Protocol):
    """A voting window, half-open, in microseconds."""

    @property
    def id(self) -> str: ...
    @property
    def opens_at(self) -> int: ...
    @property
    def closes_at(self) -> int: ...
    @property
    def channels(self) -> tuple[str, ...]: ...


class OracleWindow(NamedTuple):
    """A window for tests."""

    id: str
    opens_at: int
    closes_at: int
    channels: tuple[str, ...] = ()


class Fate(NamedTuple):
    """What became of a ballot's votes; `reason` only where they are void."""

    outcome: str
    reason: str
    ballots: int
    votes: int


class TornInstantError(Exception):
    """The cap lets only some ballots of one instant count, and nothing says which."""


class Tally(dict[Cell, dict[str, int]]):
    """Columns by nominee and channel; `voids` says why ballots are void."""

    def __init__(self) -> None:
        super().__init__()
        self.voids: dict[tuple[str, str, str], tuple[int, int]] = {}

    def cell(self, nominee: str, channel: str) -> dict[str, int]:
        return self.setdefault((nominee, channel), dict.fromkeys(COLUMNS, 0))


def count(
    ballots: list[Ballot],
    nominees: set[str],
    rule: CountingRule,
    windows: Iterable[WindowLike],
    set_aside: set[int],
) -> Tally:
    """Decide each ballot and add up; the two columns families sum to what was cast.

    Raises
    ------
    TornInstantError : the rule leaves open which ballots of one instant count.
    """
    windows = list(windows)
    tally = Tally()
    fates: dict[int, list[Fate]] = {}
    left: list[Ballot] = []
    for ballot in ballots:
        fate = before_the_cap(ballot, nominees, rule, windows, set_aside)
        if fate is None:
            left.append(ballot)
        else:
            fates[ballot["ballot"]] = [fate]
    fates |= capped(left, rule, windows)

    for ballot in ballots:
        cell = tally.cell(ballot["nominee"], ballot["channel"])
        cell["ballots_cast"] += 1
        cell["votes_cast"] += ballot["votes"]
        for fate in fates[ballot["ballot"]]:
            cell[f"ballots_{fate.outcome}"] += fate.ballots
            cell[f"votes_{fate.outcome}"] += fate.votes
            if fate.outcome == "counted":
                cell["votes_weighted"] += fate.votes * worth(ballot, rule)
            if fate.reason:
                key = (ballot["nominee"], ballot["channel"], fate.reason)
                was = tally.voids.get(key, (0, 0))
                tally.voids[key] = (was[0] + fate.ballots, was[1] + fate.votes)
    return tally


def before_the_cap(
    ballot: Ballot, nominees: set[str], rule: CountingRule, windows: list[WindowLike], set_aside: set[int]
) -> Fate | None:
    """Give the ballot's fate, or None where only the cap is left to decide."""
    channel = rule.channel_named(ballot["channel"])
    if ballot["ballot"] in set_aside:
        return Fate("set_aside", "", 1, ballot["votes"])
    if channel is None or channel.counts == "totals":
        return Fate("void", "unknown channel", 1, ballot["votes"])
    if window_of(ballot, windows) is None:
        return Fate("outside_window", "", 1, ballot["votes"])
    reason = why_void(ballot, nominees, channel)
    return Fate("void", reason, 1, ballot["votes"]) if reason else None


def why_void(ballot: Ballot, nominees: set[str], channel: Channel) -> str:
    """Give the first reason that holds, or nothing."""
    if ballot["nominee"] not in nominees:
        return "unknown nominee"
    if getattr(channel.gestures, ballot["gesture"]) != "counts":
        return f"{ballot['gesture']} does not count"
    if ballot["tags"] > channel.tags_most:
        return "names too many nominees"
    if ballot["is_deleted"] and channel.deleted == "void":
        return "deleted"
    if ballot["is_private"] and channel.private == "void":
        return "private"
    if channel.account_age_days > 0:
        if ballot["account_created_at"] is None:
            return "account age unknown"
        if ballot["cast_at"] - ballot["account_created_at"] < channel.account_age_days * DAY_MICROSECONDS:
            return "account too young"
    return ""


def capped(ballots: list[Ballot], rule: CountingRule, windows: list[WindowLike]) -> dict[int, list[Fate]]:
    """Give the fates of the ballots that are otherwise good."""
    fates: dict[int, list[Fate]] = {}
    groups: dict[tuple[object, ...], list[Ballot]] = defaultdict(list)
    for ballot in ballots:
        channel = rule.channel_named(ballot["channel"])
        assert channel is not None
        if channel.cap is None:
            fates[ballot["ballot"]] = [Fate("counted", "", 1, ballot["votes"])]
            continue
        scope = ballot["nominee"] if channel.cap.scope == "nominee" else None
        period: object = None
        if channel.cap.per == "day":
            period = voting_day(ballot["cast_at"], rule.day.zone, rule.day.starts_at)
        if channel.cap.per == "window":
            period = window_of(ballot, windows)
        groups[(ballot["voter"], ballot["channel"], period, scope)].append(ballot)

    for (_, channel_id, _, _), group in groups.items():
        channel = rule.channel_named(str(channel_id))
        assert channel is not None
        assert channel.cap is not None
        group.sort(key=lambda ballot: (ballot["cast_at"], ballot["ballot"]), reverse=rule.keep == "last")
        torn = torn_ballots(group, channel.cap.votes) if rule.same_instant.then != "recorded" else set()
        if torn and rule.same_instant.then == "raise":
            raise TornInstantError
        before = 0
        for ballot in group:
            counted = fitting(ballot["votes"], before, channel.cap.votes, rule.partial)
            counted = 0 if ballot["ballot"] in torn else counted
            fates[ballot["ballot"]] = split(ballot["votes"], counted, rule.keep)
            before += ballot["votes"]
    return fates


def torn_ballots(group: list[Ballot], cap: int) -> set[int]:
    """Give the ballots of the one instant within which an ordered group passes the cap, unless they are all alike."""
    before = 0
    for _, together in groupby(group, key=lambda ballot: ballot["cast_at"]):
        some = list(together)
        votes = sum(ballot["votes"] for ballot in some)
        if before < cap < before + votes and len({(ballot["nominee"], ballot["votes"]) for ballot in some}) > 1:
            return {ballot["ballot"] for ballot in some}
        before += votes
    return set()


def fitting(votes: int, before: int, cap: int, partial: str) -> int:
    """Give how many votes of a ballot count, after `before` votes in the same group."""
    if partial == "count":
        return max(0, min(votes, cap - before))
    return votes if before + votes <= cap else 0


def split(votes: int, counted: int, keep: str) -> list[Fate]:
    """Give the fates of a ballot's votes; a ballot of which some count is a counted one."""
    outcome, reason = ("void", "replaced") if keep == "last" else ("over_cap", "")
    fates = []
    if counted:
        fates.append(Fate("counted", "", 1, counted))
    if votes > counted:
        fates.append(Fate(outcome, reason, 0 if counted else 1, votes - counted))
    return fates


def window_of(ballot: Ballot, windows: list[WindowLike]) -> str | None:
    """Give the id of the window the ballot was cast in, or None."""
    for window in windows:
        is_for = not window.channels or ballot["channel"] in window.channels
        if is_for and window.opens_at <= ballot["cast_at"] < window.closes_at:
            return window.id
    return None


def voting_day(instant: int, zone: str, starts_at: time) -> date:
    """Give the local day an instant belongs to: the last one that had started by then.

    A day starts at one instant, so an hour that a clock shows twice, or never, moves nobody back.
    """
    nearby = local(instant, zone).date()
    days = [nearby + timedelta(days=offset) for offset in (-2, -1, 0, 1)]
    started = [day for day in days if instant_of(datetime.combine(day, starts_at, ZoneInfo(zone))) <= instant]
    return started[-1]


def worth(ballot: Ballot, rule: CountingRule) -> int:
    """Give what one counted vote of the ballot is worth."""
    moment = local(ballot["cast_at"], rule.day.zone)
    return max((one.times for one in rule.multiplier if applies(one, ballot["channel"], moment)), default=1)


def applies(multiplier: Multiplier, channel: str, moment: datetime) -> bool:
    """Say whether a multiplier holds for a channel at a local time."""
    if multiplier.channels and channel not in multiplier.channels:
        return False
    if multiplier.days and moment.date() not in multiplier.days:
        return False
    if multiplier.from_time is None or multiplier.to_time is None:
        return True
    return multiplier.from_time <= moment.time() < multiplier.to_time


def local(instant: int, zone: str) -> datetime:
    """Give an instant as the clocks of a zone show it."""
    return (EPOCH + timedelta(microseconds=instant)).astimezone(ZoneInfo(zone))


def instant_of(moment: datetime) -> int:
    """Give a moment in microseconds."""
    return (moment.astimezone(UTC) - EPOCH) // timedelta(microseconds=1)


def add_totals(tally: Tally, totals: Iterable[dict[str, Any]]) -> None:
    """Add sums that somebody else counted: votes and no ballots."""
    for total in totals:
        cell = tally.cell(total["nominee"], total["channel"])
        for column in ("votes_cast", "votes_counted", "votes_weighted"):
            cell[column] += total["votes"]


def results(tally: Tally, nominees: set[str], rule: CountingRule) -> dict[str, int]:
    """Give each nominee's votes, or points in parts per million where channels have shares, rounded once."""
    exact = exact_results(tally, nominees, rule)
    return {nominee: half_even(value.numerator, value.denominator) for nominee, value in exact.items()}


def exact_results(tally: Tally, nominees: set[str], rule: CountingRule) -> dict[str, Fraction]:
    """Give the same before they are rounded."""
    found = dict.fromkeys(nominees, Fraction(0))
    for channel in rule.channel:
        votes = {nominee: weighted(tally, nominee, channel.id) for nominee in nominees}
        total = sum(votes.values())
        for nominee in nominees:
            if rule.combine.method == "sum":
                found[nominee] += votes[nominee]
            elif total:
                found[nominee] += Fraction(channel.share_ppm * votes[nominee], total)
    return found


def weighted(tally: Tally, nominee: str, channel: str) -> int:
    """Give one nominee's weighted votes in one channel."""
    cell = tally.get((nominee, channel))
    return cell["votes_weighted"] if cell else 0


def leaders(tally: Tally, nominees: set[str], rule: CountingRule) -> set[str]:
    """Give who is first after the rule's tie-breaks; several where they tie."""
    found = exact_results(tally, nominees, rule)
    first = {nominee for nominee in nominees if found[nominee] == max(found.values())}
    for channel in rule.ties.channels:
        best = max(weighted(tally, nominee, channel) for nominee in first)
        first = {nominee for nominee in first if weighted(tally, nominee, channel) == best}
    return first


def half_even(numerator: int, denominator: int) -> int:
    """Give the nearest integer, ties to the even one, written another way than the product's."""
    low = numerator // denominator
    distance_down = numerator - low * denominator
    distance_up = (low + 1) * denominator - numerator
    if distance_down != distance_up:
        return low if distance_down < distance_up else low + 1
    return low if low % 2 == 0 else low + 1
