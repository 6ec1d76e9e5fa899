"""The second count of one channel as SQL text, to be run in the season's folder."""

# ruff: noqa: S608 - the query is a text for readers; nothing here runs it
from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.audit.checks.sql import BALLOTS, NOMINEES, RULINGS, SOURCE_TOTALS, any_of, word, words
from plaudit.rulebook.windows import Span, multiplied_spans, periods

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.audit.checks.counted import Counted
    from plaudit.rulebook.counting_rule import Channel

__all__ = ["second_query"]

_DAY_MICROSECONDS: Final = 86_400_000_000
_RULED: Final = f"SELECT DISTINCT ballot AS ruled FROM {RULINGS} WHERE outcome = 'set aside'"


def second_query(channel: str, counted: Counted) -> str:
    """Give the query: votes by nominee and column, as the table totals has them in that channel."""
    declared = counted.rule.channel_named(channel)
    if declared is None:
        return (
            "SELECT nominee, count(*) AS ballots_cast, sum(votes)::BIGINT AS votes_cast "
            f"FROM {BALLOTS} WHERE channel = {word(channel)} GROUP BY nominee ORDER BY nominee"
        )
    if declared.counts == "totals":
        closes_at = max((window.closes_at for window in counted.windows), default=0)
        return (
            "SELECT nominee, last(votes ORDER BY observed_at) AS votes_cast "
            f"FROM {SOURCE_TOTALS} WHERE channel = {word(channel)} AND observed_at < {closes_at} "
            "GROUP BY nominee ORDER BY nominee"
        )
    return _query(declared, counted)


def _query(channel: Channel, counted: Counted) -> str:
    over = "0"
    window = ""
    if channel.cap is not None:
        spans = periods(channel.cap, counted.rule, counted.windows_of(channel.id))
        direction = "" if counted.rule.keep == "first" else " DESC"
        keys = ["voter", _case(spans), *(["nominee"] if channel.cap.scope == "nominee" else [])]
        window = (
            f", sum(used) OVER (PARTITION BY {', '.join(keys)} ORDER BY cast_at{direction}, ballot{direction} "
            f"ROWS UNBOUNDED PRECEDING) - {channel.cap.votes} AS passed"
        )
        part = "used" if counted.rule.partial == "refuse" else "least(used, passed)"
        over = f"CASE WHEN passed > 0 THEN {part} ELSE 0 END"
        if counted.rule.same_instant.then == "none":
            by = ", ".join(keys)
            at_once = f"FILTER (WHERE column_ = 'counted') OVER (PARTITION BY {by}, cast_at)"
            ends = f"sum(used) OVER (PARTITION BY {by} ORDER BY cast_at{direction} RANGE UNBOUNDED PRECEDING)"
            window += (
                f", {ends} - {channel.cap.votes} AS ends, sum(used) OVER (PARTITION BY {by}, cast_at) AS at_once, "
                f"min(nominee) {at_once} <> max(nominee) {at_once} OR min(votes) {at_once} <> max(votes) {at_once} "
                "AS mixed"
            )
            over = f"CASE WHEN mixed AND ends > 0 AND ends < at_once THEN used WHEN passed > 0 THEN {part} ELSE 0 END"
    passed_to = "over_cap" if counted.rule.keep == "first" else "void"
    sums = []
    for column in ("counted", "over_cap", "outside_window", "void", "set_aside"):
        held = f"column_ = '{column}'"
        more = f" + sum({over})" if column == passed_to else f" - sum({over})" if column == "counted" else ""
        sums.append(f"(coalesce(sum(votes) FILTER (WHERE {held}), 0){more})::BIGINT AS votes_{column}")
    sums.append(
        f"coalesce(sum((votes - {over}) * worth) FILTER (WHERE column_ = 'counted'), 0)::BIGINT AS votes_weighted"
    )
    return (
        f"WITH fated AS (SELECT *, {_fate(channel, counted)} AS column_, {_worth(channel, counted)} AS worth "
        f"FROM {BALLOTS} LEFT JOIN ({_RULED}) ON ballot = ruled WHERE channel = {word(channel.id)}), "
        "used AS (SELECT *, CASE WHEN column_ = 'counted' THEN votes ELSE 0 END AS used FROM fated), "
        f"ordered AS (SELECT *{window} FROM used) "
        f"SELECT nominee, count(*) AS ballots_cast, sum(votes)::BIGINT AS votes_cast, {', '.join(sums)} "
        "FROM ordered GROUP BY nominee ORDER BY nominee"
    )


def _fate(channel: Channel, counted: Counted) -> str:
    spans = [(window.opens_at, window.closes_at) for window in counted.windows_of(channel.id)]
    refused = [name for name in ("vote", "post", "repost", "quote") if getattr(channel.gestures, name) == "void"]
    void = [f"nominee NOT IN (SELECT nominee FROM {NOMINEES})", f"tags > {channel.tags_most}"]
    void += [f"gesture IN {words(refused)}"] if refused else []
    void += ["is_deleted"] if channel.deleted == "void" else []
    void += ["is_private"] if channel.private == "void" else []
    if channel.account_age_days:
        void.append(f"coalesce(cast_at - account_created_at < {channel.account_age_days * _DAY_MICROSECONDS}, true)")
    return (
        f"CASE WHEN ruled IS NOT NULL THEN 'set_aside' WHEN NOT ({_within(spans)}) THEN 'outside_window' "
        f"WHEN {any_of(void)} THEN 'void' ELSE 'counted' END"
    )


def _worth(channel: Channel, counted: Counted) -> str:
    times = [
        f"WHEN {_within([span])} THEN {multiplier.times}"
        for multiplier, span in multiplied_spans(counted.rule, counted.windows)
        if not multiplier.channels or channel.id in multiplier.channels
    ]
    return f"CASE {' '.join(times)} ELSE 1 END" if times else "1"


def _case(spans: Iterable[Span]) -> str:
    cases = [f"WHEN {_within([span])} THEN {span[0]}" for span in spans]
    return f"CASE {' '.join(cases)} ELSE -1 END" if cases else "-1"


def _within(spans: Iterable[Span]) -> str:
    return any_of(f"cast_at >= {first} AND cast_at < {end}" for first, end in spans)
