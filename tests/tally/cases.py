"""One vote as data: a rule, windows, ballots and what was set aside; and its count by product and oracle."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from plaudit.base.weeks import to_instant
from plaudit.rulebook.counting_rule import (
    Cap,
    Channel,
    Combine,
    CountingRule,
    CountingTies,
    Day,
    Gestures,
    Multiplier,
    SameInstant,
)
from plaudit.rulebook.windows import VotingWindow
from plaudit.tally.tally import Tally, tally
from tests.oracles import tally_oracle

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

HOUR = 3_600_000_000
NOMINEES = ["arirang", "bolero", "calypso"]
CHANNELS = ("web", "post", "app")
GESTURES = ("vote", "post", "repost", "quote")
PLACES = [
    ("UTC", date(2018, 5, 14)),
    ("America/New_York", date(2018, 3, 10)),
    ("America/New_York", date(2018, 11, 3)),
    ("Europe/London", date(2018, 10, 27)),
    ("America/Sao_Paulo", date(2018, 11, 3)),
    ("Asia/Seoul", date(2018, 5, 14)),
]
"""Zones and a first day; where the clocks change, they do on the second day."""
DAY_STARTS = [time(0), time(1, 30), time(2, 30), time(6), time(18)]


@dataclass(frozen=True)
class Case:
    """Everything a count is made from."""

    rule: CountingRule
    windows: list[VotingWindow]
    ballots: list[Ballot]
    set_aside: set[int] = field(default_factory=set)
    source_totals: list[dict[str, Any]] = field(default_factory=list)
    nominees: list[str] = field(default_factory=lambda: list(NOMINEES))


def ballot(number: int, cast_at: int, **more: Any) -> Ballot:
    """Give a ballot that any rule takes, but for what is said otherwise."""
    return {
        "ballot": number,
        "channel": "web",
        "nominee": "arirang",
        "votes": 1,
        "cast_at": cast_at,
        "voter": 1,
        "gesture": "vote",
        "tags": 1,
        "is_deleted": False,
        "is_private": False,
        "account_created_at": 0,
        "post": "",
        "source": "made",
        **more,
    }


def counted(case: Case, engine: Evidence) -> Tally:
    """Give the product's count."""
    return tally(
        engine.rows("ballots", case.ballots),
        engine.rows("source_totals", case.source_totals),
        engine.rows(
            "rulings",
            [{"ballot": number, "rule": "r", "case": 1, "outcome": "set aside"} for number in sorted(case.set_aside)],
        ),
        case.nominees,
        case.rule,
        case.windows,
        materialize=engine.materialize,
    )


def expected(case: Case) -> tally_oracle.Tally:
    """Give the oracle's count."""
    found = tally_oracle.count(case.ballots, set(case.nominees), case.rule, case.windows, case.set_aside)
    add_source_totals(found, case)
    return found


def add_source_totals(found: tally_oracle.Tally, case: Case) -> None:
    """Add the last total before the last window closed; of what the rule does not know, as void."""
    closes_at = max(window.closes_at for window in case.windows)
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for row in sorted(case.source_totals, key=lambda row: int(row["observed_at"])):
        if row["observed_at"] < closes_at:
            last[row["nominee"], row["channel"]] = row
    for (nominee, channel_id), row in last.items():
        channel = case.rule.channel_named(channel_id)
        if channel is None or channel.counts != "totals":
            reason = "unknown channel"
        elif nominee not in case.nominees:
            reason = "unknown nominee"
        else:
            tally_oracle.add_totals(found, [row])
            continue
        cell = found.cell(nominee, channel_id)
        cell["votes_cast"] += row["votes"]
        cell["votes_void"] += row["votes"]
        ballots, votes = found.voids.get((nominee, channel_id, reason), (0, 0))
        found.voids[nominee, channel_id, reason] = (ballots, votes + row["votes"])


Cells = dict[tuple[str, str], dict[str, int]]


def cells_of(found: Tally) -> Cells:
    """Give the product's columns by nominee and channel, without rows of zeros."""
    cells = {
        (row["nominee"], row["channel"]): {name: row[name] for name in tally_oracle.COLUMNS} for row in found.totals
    }
    return {key: columns for key, columns in cells.items() if any(columns.values())}


def voids_of(found: Tally) -> dict[tuple[str, str, str], tuple[int, int]]:
    """Give the product's voids as the oracle writes them."""
    return {(row["nominee"], row["channel"], row["reason"]): (row["ballots"], row["votes"]) for row in found.voids}


def without_zeros(found: tally_oracle.Tally) -> Cells:
    """Give the oracle's columns, without rows of zeros."""
    return {key: columns for key, columns in found.items() if any(columns.values())}


def verdicts() -> st.SearchStrategy[str]:
    return st.sampled_from(["counts", "counts", "void"])


def caps() -> st.SearchStrategy[Cap]:
    return st.builds(
        Cap,
        st.sampled_from([1, 2, 3, 5]),
        st.sampled_from(["day", "window", "vote"]),
        st.sampled_from(["award", "nominee"]),
    )


def gestures() -> st.SearchStrategy[Gestures]:
    some = st.builds(Gestures, verdicts(), verdicts(), verdicts(), verdicts())
    return st.one_of(st.just(Gestures("counts", "counts", "counts", "counts")), some)


@st.composite
def channels(draw: Callable[..., Any]) -> tuple[Channel, ...]:
    ids = draw(st.sampled_from([("web",), ("web", "post"), ("web", "post", "app"), ("web", "sum"), ("sum",)]))
    same_cap = draw(st.none() | caps())
    found = []
    for channel_id in ids:
        if channel_id == "sum":
            found.append(Channel("sum", "sums", counts="totals"))
            continue
        found.append(
            Channel(
                channel_id,
                channel_id,
                gestures=draw(gestures()),
                cap=same_cap or draw(st.none() | caps()),
                tags_most=draw(st.sampled_from([1, 1, 2])),
                deleted=draw(verdicts()),
                private=draw(verdicts()),
                account_age_days=draw(st.sampled_from([0, 0, 2])),
                because="made",
            )
        )
    return tuple(found)


def hours() -> st.SearchStrategy[tuple[time | None, time | None]]:
    """Give whole hours, which are the same whether a clock or an instant is asked."""
    ends = st.tuples(st.integers(0, 21), st.integers(1, 2)).map(lambda pair: (time(pair[0]), time(sum(pair))))
    return st.one_of(st.just((None, None)), ends)


@st.composite
def multipliers(draw: Callable[..., Any], first: date, ids: tuple[str, ...]) -> Multiplier:
    from_time, to_time = draw(hours())
    days = draw(st.sets(st.integers(0, 3), max_size=2))
    return Multiplier(
        draw(st.integers(2, 4)),
        "made",
        channels=draw(st.sampled_from([(), ids[:1], ids[1:]])),
        days=tuple(sorted(first + timedelta(days=day) for day in days)),
        from_time=from_time,
        to_time=to_time,
    )


@st.composite
def windows(draw: Callable[..., Any], start: int, ids: tuple[str, ...]) -> list[VotingWindow]:
    """Give windows that do not overlap for any one channel, in no order of time."""
    found: list[VotingWindow] = []
    groups = draw(st.sampled_from([[()], [()], [(channel,) for channel in ids]]))
    for group in groups:
        cuts = sorted(draw(st.sets(st.integers(0, 120), min_size=2, max_size=6)))
        for opens, closes in zip(cuts[::2], cuts[1::2], strict=False):
            found.append(
                VotingWindow(
                    f"w{len(found)}", start + opens * HOUR // 2, start + closes * HOUR // 2 + draw(NUDGES), group
                )
            )
    return list(draw(st.permutations(found)))


NUDGES = st.sampled_from([0, 0, 0, -1, 1 - HOUR // 4])


@st.composite
def cases(draw: Callable[..., Any], most_ballots: int = 40, thens: tuple[str, ...] = ("none", "recorded")) -> Case:
    """Give votes of few voters and nominees, so that caps are hit and instants coincide.

    thens : what may become of ballots of one instant; with `raise`, there may be no count.
    """
    zone, first = draw(st.sampled_from(PLACES))
    start = to_instant(datetime.combine(first, time(0), ZoneInfo(zone)))
    found = draw(channels())
    ids = tuple(channel.id for channel in found)
    counting = [channel.id for channel in found if channel.counts == "ballots"]
    shares = draw(st.booleans())
    if shares:
        cut = draw(st.integers(0, 1_000_000))
        parts = {1: [1_000_000], 2: [cut, 1_000_000 - cut], 3: [cut // 3, cut - cut // 3, 1_000_000 - cut]}[len(found)]
        found = tuple(
            Channel(**{**{name: getattr(channel, name) for name in channel.__struct_fields__}, "share_ppm": part})
            for channel, part in zip(found, parts, strict=True)
        )
    rule = CountingRule(
        "made",
        1,
        "made",
        "made",
        Day(zone, draw(st.sampled_from(DAY_STARTS))),
        found,
        keep=draw(st.sampled_from(["first", "last"])),
        partial=draw(st.sampled_from(["count", "refuse"])),
        same_instant=SameInstant(draw(st.sampled_from(thens))),
        combine=Combine("shares" if shares else "sum"),
        ties=CountingTies(draw(st.sampled_from([(), ids, ids[::-1]])), draw(st.sampled_from(["share", "raise"]))),
        multiplier=tuple(draw(st.lists(multipliers(first, tuple(counting)), max_size=2))) if counting else (),
    )
    open_windows = draw(windows(start, ids))
    edges = [edge for window in open_windows for edge in (window.opens_at, window.closes_at)]
    moments = st.one_of(
        st.integers(-2, 124).map(lambda half: start + half * HOUR // 2),
        st.tuples(st.sampled_from(edges), st.sampled_from([-1, 0, 1])).map(sum),
        st.tuples(st.integers(0, 62), st.sampled_from([-1, 1])).map(lambda pair: start + pair[0] * HOUR + pair[1]),
    )
    created = st.one_of(
        st.just(0),
        st.none(),
        st.integers(-3, 0).map(lambda days: start + days * 24 * HOUR),
        st.just(start + 24 * HOUR + 1),
    )
    one = st.fixed_dictionaries(
        {
            "channel": st.sampled_from([*ids, *ids, *ids, "nowhere"]),
            "nominee": st.sampled_from([*NOMINEES, *NOMINEES, "nobody"]),
            "votes": st.sampled_from([1, 1, 1, 2, 3, 7, 4_000_000]),
            "cast_at": moments,
            "voter": st.sampled_from([1, 1, 2, 1 + 2**40]),
            "gesture": st.sampled_from(["vote", *GESTURES]),
            "tags": st.sampled_from([1, 1, 1, 2, 3]),
            "is_deleted": st.sampled_from([False, False, True]),
            "is_private": st.sampled_from([False, False, True]),
            "account_created_at": created,
        }
    )
    given = draw(st.lists(one, max_size=most_ballots))
    numbers = draw(st.permutations(range(len(given))))
    ballots = [ballot(number, **values) for number, values in zip(numbers, given, strict=True)]
    totals = st.fixed_dictionaries(
        {
            "channel": st.sampled_from(["sum", "sum", "web"]),
            "nominee": st.sampled_from([*NOMINEES, "nobody"]),
            "observed_at": st.sampled_from([*edges, start + HOUR, start + 40 * HOUR]),
            "votes": st.integers(0, 9),
            "source": st.just("made"),
            "row": st.just(1),
        }
    )
    rows = draw(
        st.lists(totals, max_size=5, unique_by=lambda row: (row["channel"], row["nominee"], row["observed_at"]))
    )
    set_aside = draw(st.sets(st.sampled_from(sorted(numbers)), max_size=4)) if ballots else set()
    return Case(rule, open_windows, ballots, set_aside, rows)
