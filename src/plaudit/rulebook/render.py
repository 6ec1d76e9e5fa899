"""A rule in plain words, made from the rule alone."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any, Final

from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.method_words import how_found
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.words import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import time

    from plaudit.rulebook.counting_rule import Cap, Channel, Intake, Multiplier

__all__ = ["render"]

Rendered = ChartRule | CountingRule | NominationRule | PurgeRule

_GESTURES: Final = {
    "vote": "a vote on a site or in an app",
    "post": "a post of the voter's own",
    "repost": "a repost",
    "quote": "a quote",
}
_PERIODS: Final = {"day": "on each voting day", "window": "in each voting window", "vote": "in the whole vote"}
_HISTORY: Final = {
    "weeks_at_no_1": "more weeks at no. 1",
    "peak": "the better peak",
    "weeks_on_chart": "more weeks on the chart",
}


@singledispatch
def render(rule: Any) -> str:
    r"""Give the rule as Markdown that a fan can read aloud.

    Every number and every choice of the rule appears, and nothing else does.

    Examples
    --------
    >>> from plaudit.rulebook.library import RuleLibrary
    >>> print("\n".join(render(RuleLibrary().cited("one-a-day@1").rule).splitlines()[6:17]))
    ## Voting days
    <BLANKLINE>
    A voting day starts at 00:00 in the zone UTC.
    <BLANKLINE>
    ## Channel `web`: the vote's site
    <BLANKLINE>
    - Each ballot is checked.
    - What counts: a vote on a site or in an app.
    - What does not count: a post of the voter's own, a repost, a quote.
    - A voter has at most 1 vote on each voting day, over all nominees together.
    - A ballot may name at most 1 nominee. A ballot that names more is void.
    """
    raise TypeError(f"no words for {type(rule).__name__}")


@render.register(CountingRule)
def _(rule: CountingRule) -> str:
    lines = _opening(rule, "counting")
    lines += _section(
        "Voting days", [f"A voting day starts at {_clock(rule.day.starts_at)} in the zone {rule.day.zone}."]
    )
    for channel in rule.channel:
        lines += _section(f"Channel `{channel.id}`: {channel.name}", _channel(channel, rule))
    lines += _section("When a voter has more votes than allowed", _allowance(rule))
    if rule.multiplier:
        lines += _section("Votes that are worth several", _multipliers(rule.multiplier))
    lines += _section("From channels to a result", _combined(rule))
    lines += _section("Ties", _ties("results", [f"the votes in `{one}`" for one in rule.ties.channels], rule.ties.then))
    if any(channel.counts == "ballots" for channel in rule.channel):
        lines += _section("When the vote is live", _intake(rule.intake))
    return _closed(lines, rule)


@render.register(ChartRule)
def _(rule: ChartRule) -> str:
    lines = _opening(rule, "chart")
    week = f"A week starts on {rule.week.starts_on.capitalize()} at midnight in the zone {rule.week.zone}."
    lines += _section("Weeks", [week])
    parts = [_sentences(f"`{part.measure}` gives {percent(part.weight_ppm)}.", part.because) for part in rule.part]
    shares = "Each part is split among the eligible artists by their shares of that measure in that week."
    once = "Parts are added exactly and rounded once; positions go by the sums before they are rounded."
    lines += _section("Points", ["The points of a week are 1,000,000, made of these parts.", *parts, shares, once])
    lines += _section("Gains", _gains(rule))
    lines += _section("Who is eligible", _eligible(rule))
    lines += _section("Positions", [f"The chart has {rule.positions:,} positions. Position 1 has the most points."])
    lines += _section("Ties", _ties("points", [f"the greater `{one}`" for one in rule.ties.order], rule.ties.then))
    lines += _section(
        "Weeks with days missing",
        [
            f"A chart is final when {_days(rule.coverage.full_days)} of its 7 days were seen.",
            f"With fewer it is provisional. With fewer than {_days(rule.coverage.least_days)} there is no chart.",
            "If no source gives the numbers of a part, there is no chart: that is an error."
            if rule.coverage.unfed_part == "refuse"
            else "If no source gives the numbers of a part, nobody has its points, and the part is named.",
        ],
    )
    skips = rule.history.uncharted_week == "skip"
    skipped = "Last week and streaks skip a week without a chart."
    broken = "A week without a chart breaks streaks, and the chart after it has no last week."
    lines += _section("History", [skipped if skips else broken])
    return _closed(lines, rule)


@render.register(NominationRule)
def _(rule: NominationRule) -> str:
    lines = _opening(rule, "nomination")
    if rule.named:
        named = f"A list names at most {counted(rule.named.places, 'nominee')}, each with its source."
        lines += _section("By name", [named, *(["Named nominees come first."] if rule.chart else [])])
    if rule.chart:
        final = "Provisional charts count too." if rule.chart.counts == "all" else "Provisional charts do not count."
        most = f"The {counted(rule.chart.places, 'artist')} with the most chart points are nominated."
        if rule.chart.places == 1:
            most = "The 1 artist with the most chart points is nominated."
        lines += _section("By the chart", [most, "Points are added up over the eligibility period.", final])
    if rule.chart and rule.named:
        lines += _section("On both grounds", ["An artist with both grounds is one nominee."])
    lines += _section(
        "Ties", _ties("claims to the last place", [_HISTORY[one] for one in rule.ties.order], rule.ties.then)
    )
    return _closed(lines, rule)


@render.register(PurgeRule)
def _(rule: PurgeRule) -> str:
    does = "The ballots that this rule matches are set aside. They stay in the log, and nobody counts them."
    if rule.does == "flag only":
        does = "This rule only flags. It shows whom it matches, and their ballots count like any other."
    looks = "It looks at every channel whose ballots are checked one by one."
    if rule.channels:
        looks = f"It looks at {_listed([f'`{channel}`' for channel in rule.channels])} and at no other channel."
    lines = _opening(rule, "purge")
    lines += _section("What it does", [does, looks])
    lines += _section("How voters and ballots are matched", how_found(rule.method))
    lines += _section("What the voter is told", [rule.told])
    return _closed(lines, rule)


def _opening(rule: Rendered, kind: str) -> list[str]:
    lines = [f"# {rule.title}", "", f"This is the {kind} rule `{rule.name}`.", "", rule.because, ""]
    return [*lines[:4], f"It replaces `{rule.supersedes}`.", "", *lines[4:]] if rule.supersedes else lines


def _section(title: str, sentences: Iterable[str]) -> list[str]:
    found = list(sentences)
    marks = [f"- {sentence}" for sentence in found] if len(found) > 1 else found
    return [f"## {title}", "", *marks, ""]


def _closed(lines: list[str], rule: Rendered) -> str:
    if rule.not_found:
        silent = [f"{text} (`{key}`)" for key, text in rule.not_found.items()]
        lines += ["## What no source says, and the choice made here", "", *(f"- {text}" for text in silent), ""]
    if rule.sources:
        lines += ["## Sources", "", *(f"- {source}" for source in rule.sources), ""]
    return "\n".join(lines)


def _channel(channel: Channel, rule: CountingRule) -> list[str]:
    if channel.counts == "totals":
        lines = ["Somebody else counted this channel. Its totals are taken as they are, and nobody can check a cap."]
    else:
        lines = [*_accepted(channel), *_cap(channel.cap), *_conditions(channel)]
    if rule.combine.method == "shares":
        lines.append(f"The channel gives {percent(channel.share_ppm)} of the result.")
    return [*lines, channel.because] if channel.because else lines


def _accepted(channel: Channel) -> list[str]:
    counts = [words for gesture, words in _GESTURES.items() if getattr(channel.gestures, gesture) == "counts"]
    void = [words for words in _GESTURES.values() if words not in counts]
    lines = ["Each ballot is checked.", f"What counts: {', '.join(counts)}."]
    return [*lines, f"What does not count: {', '.join(void)}."] if void else lines


def _cap(cap: Cap | None) -> list[str]:
    if cap is None:
        return ["There is no cap on the votes of a voter."]
    scope = "over all nominees together" if cap.scope == "award" else "for each nominee"
    return [f"A voter has at most {counted(cap.votes, 'vote')} {_PERIODS[cap.per]}, {scope}."]


def _conditions(channel: Channel) -> list[str]:
    deleted = "still counts" if channel.deleted == "counts" else "is void"
    private = "counts too" if channel.private == "counts" else "is void"
    age = "An account may vote from its first day: the least age is 0 days."
    if channel.account_age_days:
        age = f"An account must be {_days(channel.account_age_days)} old. One of unknown age cannot vote."
    return [
        f"A ballot may name at most {counted(channel.tags_most, 'nominee')}. A ballot that names more is void.",
        f"A ballot whose post was deleted {deleted}.",
        f"A ballot from a private account {private}.",
        age,
    ]


_SAME_INSTANT: Final = {
    "raise": "Where the cap lets only some of a voter's ballots of one instant count, and they differ, "
    "that is an error: no order of rows decides.",
    "none": "Where the cap lets only some of a voter's ballots of one instant count, and they differ, "
    "none of them does.",
    "recorded": "Of a voter's ballots of one instant, those recorded first come first.",
}


def _allowance(rule: CountingRule) -> list[str]:
    if all(channel.cap is None for channel in rule.channel):
        lines = ["No channel has a cap, so no vote is over it."]
    elif rule.keep == "first":
        lines = ["The first votes count. What comes after them is over the cap."]
    else:
        lines = ["The last votes count. They replace those before them, which become void."]
    whole = "A ballot that fits in part is refused whole, and so is every one that follows it in the same period."
    lines.append("A ballot that fits in part counts in part." if rule.partial == "count" else whole)
    if any(channel.cap for channel in rule.channel):
        lines.append(_SAME_INSTANT[rule.same_instant.then])
    return lines


def _multipliers(multipliers: tuple[Multiplier, ...]) -> list[str]:
    lines = []
    for multiplier in multipliers:
        where = " and ".join(f"`{channel}`" for channel in multiplier.channels)
        days = f"on {', '.join(day.isoformat() for day in multiplier.days)}" if multiplier.days else "on every day"
        hours = ""
        if multiplier.from_time is not None and multiplier.to_time is not None:
            hours = f" from {_clock(multiplier.from_time)} to {_clock(multiplier.to_time)}"
        worth = f"A counted vote is worth {multiplier.times:,} votes {days}{hours}, in {where or 'every channel'}."
        lines.append(_sentences(worth, multiplier.because))
    greatest = "Where several of these apply, the greatest does, alone." if len(lines) > 1 else ""
    return [*lines, _sentences("Caps are applied before votes are multiplied.", greatest)]


def _combined(rule: CountingRule) -> list[str]:
    if rule.combine.method == "sum":
        return ["The counted votes of all channels are added. The most votes win."]
    return [
        "Each channel's share of the result is split among the nominees by their shares of its counted votes.",
        "A result is counted in parts per million. The most points win.",
        "Shares are added exactly and rounded once; positions go by the sums before they are rounded.",
    ]


def _intake(intake: Intake) -> list[str]:
    seen = {
        "public": "The standings are seen all along: accepted ballots, before any audit.",
        "hidden": "Nobody sees standings, nor who was voted for, until the vote is closed.",
        "sealed": "Nobody sees standings, nor who was voted for, until the result is revealed. "
        "A commitment to the sealed result is published before.",
    }[intake.standings]
    when = "was received whole" if intake.in_flight == "received" else "was committed"
    return [
        seen,
        f"A ballot is cast at the instant it {when}, by the server's clock. At the closing instant it is too late.",
        f"The server's clock may step by {counted(intake.clock_step_seconds, 'second')}. "
        "After a step back, ballots bear the last instant it showed. "
        "After a larger step none are taken until it is right again.",
        f"A repost waits {counted(intake.repost_waits_hours, 'hour')} for the post it passes on; "
        f"{intake.reposts_waiting_most:,} wait at most.",
        "Closing is final.",
    ]


def _gains(rule: ChartRule) -> list[str]:
    observed = "A week's gain is what was gained between the readings of that week."
    published = "The last reading of a post is given whole to the week the post was published in."
    metrics = " and ".join(f"`{metric}`" for metric in rule.response.metrics) or "none"
    several = {
        "each": "A post of several artists counts whole for each of them.",
        "share": "What a post of several artists gains is divided equally among them.",
        "none": "A post of several artists counts for none of them.",
    }
    highest = "A counter that falls gains nothing until it passes its highest reading so far."
    if rule.gain.may_fall:
        highest += (
            f" These may fall honestly: {', '.join(rule.gain.may_fall)}; their last reading counts, unless it is less "
            "than half of the highest."
        )
    as_read = "A counter that falls and comes back gains what its last readings differ by."
    rounded = {
        "count": "A counter that its source rounds is counted as it is told, and flagged.",
        "smooth": "A counter that its source rounds has the mean gain of its last "
        f"{counted(rule.gain.smooth_weeks, 'week')}.",
        "refuse": "A counter that its source rounds is not taken: the chart is an error.",
    }[rule.gain.rounded]
    return [
        observed if rule.gain.attribution == "observed" else published,
        highest if rule.gain.falls == "high-water" else as_read,
        rounded,
        several[rule.collaborations.counts],
        "A gain is flagged when the last reading lies more than "
        f"{counted(rule.gain.edge_gap_hours, 'hour')} before the end of the week.",
        f"The metrics that are fans' response: {metrics}.",
    ]


def _eligible(rule: ChartRule) -> list[str]:
    kinds = {"person": "persons", "group": "groups"}
    eligible = rule.eligibility
    lines = []
    if eligible.kinds:
        lines.append(f"Only {' and '.join(kinds[kind] for kind in eligible.kinds)}.")
    if eligible.countries:
        lines.append(f"Only artists from {', '.join(eligible.countries)}.")
    if eligible.genres:
        lines.append(f"Only artists of these genres: {', '.join(eligible.genres)}.")
    if eligible.excluded:
        lines.append(f"Not eligible: {', '.join(eligible.excluded)}.")
    return lines or ["Every artist of the season."]


def _ties(what: str, order: list[str], then: str) -> list[str]:
    lines = [f"Equal {what} are settled by {order[0]}."] if order else []
    lines += [f"Then by {words}." for words in order[1:]]
    still = " still" if order else ""
    shared = {"results": "share the title", "points": "share the position"}.get(what, "are nominated")
    undecided = f"A tie that is{still} there is an error. Nothing is decided until the rule says more."
    return [*lines, undecided if then == "raise" else f"All who are{still} equal {shared}."]


def _listed(words: list[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _sentences(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _days(number: int) -> str:
    return counted(number, "day")


def _clock(moment: time) -> str:
    return moment.strftime("%H:%M") if not (moment.second or moment.microsecond) else moment.isoformat()
