"""Which ballots a counting rule counts, how many of them, and how channels make a result."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.words.counted import days, hours, votes
from plaudit.words.message import Code, Listed, Message, Own, Ppm, Value, count, say

if TYPE_CHECKING:
    from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, CountingTies, Intake, Multiplier
    from plaudit.rulebook.sentences.section import Section, Sentences

__all__ = ["counting_sections"]

_GESTURES: Final = {
    "vote": say("a vote on a site or in an app"),
    "post": say("a post of the voter's own"),
    "repost": say("a repost"),
    "quote": say("a quote"),
}


def counting_sections(rule: CountingRule) -> list[Section]:
    """Give every choice of a counting rule."""
    day = say("A voting day starts at %(time)s in the time zone %(zone)s.", time=rule.day.starts_at, zone=rule.day.zone)
    sections: list[Section] = [(say("Voting days"), [day])]
    for channel in rule.channel:
        heading = say("Channel %(channel)s: %(name)s", channel=Code(channel.id), name=Own(channel.name))
        sections.append((heading, _channel(channel, rule)))
    sections.append((say("If a voter has more votes than allowed"), [*_allowance(rule)]))
    if rule.multiplier:
        sections.append((say("Votes that are worth several"), _multipliers(rule.multiplier)))
    sections.append((say("From channels to a result"), [*_combined(rule)]))
    sections.append((say("Ties"), [*_ties(rule.ties)]))
    if any(channel.counts == "ballots" for channel in rule.channel):
        sections.append((say("While the vote is live"), [*_intake(rule.intake)]))
    return sections


def _channel(channel: Channel, rule: CountingRule) -> list[Sentences]:
    found: list[Sentences] = [*_accepted(channel), _cap(channel.cap), *_conditions(channel)]
    if channel.counts == "totals":
        found = [
            say("Somebody else counted this channel. Its totals are taken as they are, and nobody can check a cap.")
        ]
    if rule.combine.method == "shares":
        found.append(say("This channel makes up %(share)s of the result.", share=Ppm(channel.share_ppm)))
    return [*found, Own(channel.because)] if channel.because else found


def _accepted(channel: Channel) -> list[Message]:
    counts = [words for gesture, words in _GESTURES.items() if getattr(channel.gestures, gesture) == "counts"]
    void = [words for words in _GESTURES.values() if words not in counts]
    found = [say("Each ballot is checked.")]
    if counts:
        found.append(say("What counts: %(gestures)s.", gestures=Listed.of(counts)))
    if void:
        found.append(say("What does not count: %(gestures)s.", gestures=Listed(tuple(void), is_or=True)))
    return found


def _cap(cap: Cap | None) -> Message:
    if cap is None:
        return say("There is no limit on a voter's votes.")
    n = votes(cap.votes)
    return {
        ("day", "award"): say("A voter has at most %(votes)s on each voting day, for all nominees together.", votes=n),
        ("window", "award"): say(
            "A voter has at most %(votes)s in each voting window, for all nominees together.", votes=n
        ),
        ("vote", "award"): say("A voter has at most %(votes)s in the whole vote, for all nominees together.", votes=n),
        ("day", "nominee"): say("A voter has at most %(votes)s on each voting day for each nominee.", votes=n),
        ("window", "nominee"): say("A voter has at most %(votes)s in each voting window for each nominee.", votes=n),
        ("vote", "nominee"): say("A voter has at most %(votes)s in the whole vote for each nominee.", votes=n),
    }[cap.per, cap.scope]


def _conditions(channel: Channel) -> list[Message]:
    deleted = say("A ballot still counts if its post was deleted.")
    if channel.deleted == "void":
        deleted = say("A ballot is void if its post was deleted.")
    private = say("A ballot from a private account counts too.")
    if channel.private == "void":
        private = say("A ballot from a private account is void.")
    age = say("An account may vote from the day it is created.")
    if channel.account_age_days:
        age = say(
            "An account must be at least %(days)s old to vote. One of unknown age cannot vote.",
            days=days(channel.account_age_days),
        )
    tags = count(
        "A ballot may name at most %(n)s nominee. A ballot that names more is void.",
        "A ballot may name at most %(n)s nominees. A ballot that names more is void.",
        channel.tags_most,
    )
    return [tags, deleted, private, age]


def _allowance(rule: CountingRule) -> list[Message]:
    first = say("A voter's first votes count. Votes beyond the cap do not.")
    if rule.keep == "last":
        first = say("A voter's last votes count. They replace earlier ones, which become void.")
    if all(channel.cap is None for channel in rule.channel):
        first = say("No channel has a cap, so no vote is beyond it.")
    partial = say("If a voter has fewer votes left than a ballot carries, as many as are left count.")
    if rule.partial == "refuse":
        partial = say(
            "If a voter has fewer votes left than a ballot carries, the whole ballot is refused, and so is every later "
            "ballot of the voter in that period."
        )
    if not any(channel.cap for channel in rule.channel):
        return [first, partial]
    at_once = {
        "raise": say(
            "If a voter cast different ballots at the same instant and the cap has room for only some of them, that "
            "is an error: the order of rows decides nothing."
        ),
        "none": say(
            "If a voter cast different ballots at the same instant and the cap has room for only some of them, none "
            "of them counts."
        ),
        "recorded": say("If a voter cast several ballots at the same instant, those recorded first come first."),
    }
    return [first, partial, at_once[rule.same_instant.then]]


def _multipliers(multipliers: tuple[Multiplier, ...]) -> list[Sentences]:
    found: list[Sentences] = []
    for one in multipliers:
        when: Value = say("on %(days)s", days=Listed.of(one.days)) if one.days else say("on every day")
        if one.from_time is not None and one.to_time is not None:
            when = say("%(days)s from %(starts)s to %(ends)s", days=when, starts=one.from_time, ends=one.to_time)
        where = say("in every channel")
        if one.channels:
            where = say("in %(channels)s", channels=Listed.of(map(Code, one.channels)))
        worth = say(
            "A counted vote is worth %(times)s votes %(when)s, %(where)s.", times=one.times, when=when, where=where
        )
        found.append((worth, Own(one.because)))
    if len(found) > 1:
        found.append(say("If several of these apply at once, only the greatest does."))
    return [*found, say("Caps apply before votes are multiplied.")]


def _combined(rule: CountingRule) -> list[Message]:
    if rule.combine.method == "sum":
        return [say("The counted votes of all channels are added up. Whoever has the most votes wins.")]
    return [
        say("Each channel's share of the result is divided among the nominees in proportion to their counted votes."),
        say("A result is given in parts per million. Whoever has the most wins."),
        say("The shares are added exactly and rounded once. Positions follow the sums before rounding."),
    ]


def _ties(ties: CountingTies) -> list[Message]:
    settled = [
        say("If results are equal, whoever has more votes in %(channel)s is ahead.", channel=Code(one))
        for one in ties.channels
    ]
    if ties.then == "raise":
        return [*settled, say("A tie that remains is an error: nothing is decided until the rule says how.")]
    return [*settled, say("All who are still equal share the title.")]


def _intake(intake: Intake) -> list[Message]:
    seen = {
        "public": say("The standings are public throughout. They show accepted ballots, before any audit."),
        "hidden": say("Nobody sees the standings, or who got votes, until the vote is closed."),
        "sealed": say(
            "Nobody sees the standings, or who got votes, until the result is revealed. A commitment to the sealed "
            "result is published beforehand."
        ),
    }[intake.standings]
    cast = say("A ballot is cast at the instant at which the server has received all of it, by the server's clock.")
    if intake.in_flight == "committed":
        cast = say("A ballot is cast at the instant at which the server has stored it, by the server's clock.")
    step = count(
        "The server's clock may step by at most %(n)s second. After a step back, ballots carry the latest time that "
        "it showed. After a larger step, no ballot is taken until the clock is right again.",
        "The server's clock may step by at most %(n)s seconds. After a step back, ballots carry the latest time that "
        "it showed. After a larger step, no ballot is taken until the clock is right again.",
        intake.clock_step_seconds,
    )
    waits = say(
        "A repost waits up to %(hours)s for the post that it passes on. At most %(most)s reposts wait at a time.",
        hours=hours(intake.repost_waits_hours),
        most=intake.reposts_waiting_most,
    )
    late = say("From the closing instant on, ballots are refused. Closing is final.")
    return [seen, cast, late, step, waits]
