"""What a purge rule does, and how its method finds ballots: every number of it is in one sentence.

Whoever had votes set aside reads this first.
"""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any

from plaudit.rulebook.purge_rule import (
    AccountState,
    LinkedAccounts,
    Lockstep,
    OneNetwork,
    PurgeRule,
    RegularGaps,
    RepostClique,
    Sleepless,
    YoungBurst,
    YoungClock,
)
from plaudit.words.counted import accounts, ballots, days, gaps, hours, minutes, posts, seconds, voters
from plaudit.words.message import Code, Listed, Message, Own, Ppm, count, say

if TYPE_CHECKING:
    from plaudit.rulebook.sentences.section import Section

__all__ = ["how_found", "purge_sections"]


def purge_sections(rule: PurgeRule) -> list[Section]:
    """Give every choice of a purge rule."""
    return [
        (say("What it does"), [_does(rule), _checks(rule)]),
        (say("How it finds ballots"), [*how_found(rule.method)]),
        (say("What the voter is told"), [Own(rule.told)]),
    ]


def _does(rule: PurgeRule) -> Message:
    if rule.does == "flag only":
        return say("This rule only flags ballots. It shows which ones it matches, and they count like any others.")
    return say("Ballots that this rule matches are set aside. They stay in the log, but they do not count.")


def _checks(rule: PurgeRule) -> Message:
    if rule.channels:
        return say("It checks %(channels)s and no other channel.", channels=Listed.of(map(Code, rule.channels)))
    return say("It checks every channel in which ballots are counted one by one.")


@singledispatch
def how_found(method: Any) -> list[Message]:
    """Give sentences that say how a method finds ballots.

    Examples
    --------
    >>> how_found(OneNetwork(voters_most=40))[0].one
    'Voters are matched if the same network prefix has more than %(voters)s.'
    """
    raise TypeError(f"no words for {type(method).__name__}")


@how_found.register
def _(method: RegularGaps) -> list[Message]:
    return [
        say("A gap is the time between one ballot of a voter and that voter's next ballot in the same channel."),
        say(
            "Gaps of %(tap)s or less are left out, because a hand that taps quickly keeps a beat too.",
            tap=seconds(method.tap_seconds),
        ),
        say("Gaps of more than %(pause)s are pauses and are left out too.", pause=seconds(method.pause_seconds)),
        say(
            "A voter is checked only if at least %(gaps)s remain, and if these are at least %(share)s of all gaps "
            "of that voter.",
            gaps=gaps(method.gaps_least),
            share=Ppm(method.steady_ppm),
        ),
        say(
            "The voter is matched if the gaps that remain are too even for a human hand: their standard deviation is "
            "at most %(share)s of their mean.",
            share=Ppm(method.spread_ppm),
        ),
    ]


@how_found.register
def _(method: Sleepless) -> list[Message]:
    return [
        say(
            "A day (UTC) is sleepless if the voter cast ballots in at least %(hours)s of its 24 hours.",
            hours=hours(method.hours_least),
        ),
        count(
            "A voter with at least %(n)s sleepless day is matched.",
            "A voter with at least %(n)s sleepless days in a row is matched.",
            method.days_least,
        ),
    ]


def _young(young_days: int) -> Message:
    return say(
        "An account is young if it was created at most %(days)s before the first voting window opened, or later.",
        days=days(young_days),
    )


@how_found.register
def _(method: YoungBurst) -> list[Message]:
    return [
        _young(method.young_days),
        say("Only young accounts that cast at least %(ballots)s are checked.", ballots=ballots(method.ballots_least)),
        say(
            "Young accounts that were created within %(minutes)s of each other form a burst.",
            minutes=minutes(method.made_within_minutes),
        ),
        say(
            "Accounts of a burst vote alike if they vote for the same nominee and cast the same number of ballots, "
            "give or take a tenth."
        ),
        say(
            "They are matched if at least %(accounts)s vote alike, and if these are at least %(share)s of the young "
            "accounts of that burst that vote for that nominee.",
            accounts=accounts(method.voters_least),
            share=Ppm(method.alike_ppm),
        ),
    ]


@how_found.register
def _(method: YoungClock) -> list[Message]:
    return [
        _young(method.young_days),
        say(
            "Young accounts belong together if they were created within %(minutes)s of each other and vote for the "
            "same nominee.",
            minutes=minutes(method.made_within_minutes),
        ),
        say("For each account, we look at the time of its first ballot of the day (UTC)."),
        say(
            "A voter votes by the clock on a day if at least %(accounts)s that belong together, including the "
            "voter's own, cast their first ballots of that day within the same %(seconds)s.",
            accounts=accounts(method.voters_least),
            seconds=seconds(method.within_seconds),
        ),
        say(
            "These must be at least %(share)s of all the accounts that belong together, including those that did not "
            "vote that day.",
            share=Ppm(method.alike_ppm),
        ),
        say(
            "A voter who votes by the clock on at least %(days)s is matched, if these are at least %(share)s of all "
            "days on which the voter voted.",
            days=days(method.days_least),
            share=Ppm(method.share_ppm),
        ),
        say("Fans who come when somebody calls them are not matched, because each of them misses some days."),
    ]


@how_found.register
def _(method: Lockstep) -> list[Message]:
    return [
        say(
            "A start is a voter's first ballot for a nominee after a pause of %(pause)s or more.",
            pause=seconds(method.pause_seconds),
        ),
        say("Starts within %(within)s of each other share a moment.", within=seconds(method.within_seconds)),
        say("A run is %(run)s starts of one voter in a row.", run=method.run),
        count(
            "A run is shared if at least %(n)s other voter started for the same nominee in the same moments.",
            "A run is shared if at least %(n)s other voters started for the same nominee in the same moments.",
            method.others_least,
        ),
        say(
            "In whichever of these moments has the fewest others starting for that nominee, they must also be at least "
            "%(share)s of those others.",
            share=Ppm(method.crowd_ppm),
        ),
        count(
            "A voter with at least %(n)s shared run is matched, if shared runs are at least %(share)s of all runs of "
            "that voter.",
            "A voter with at least %(n)s shared runs is matched, if shared runs are at least %(share)s of all runs of "
            "that voter.",
            method.times_least,
            share=Ppm(method.share_ppm),
        ),
        say("Fans who all come once when somebody calls them share no run."),
    ]


@how_found.register
def _(method: RepostClique) -> list[Message]:
    return [
        say(
            "Two accounts are linked if both reposted at least %(posts)s, each time within %(seconds)s of each other.",
            posts=posts(method.times_least),
            seconds=seconds(method.within_seconds),
        ),
        say("A clique is a group in which each account is linked to all the others, or to all but one."),
        say(
            "Accounts are matched if they are in a clique of at least %(accounts)s.",
            accounts=accounts(method.members_least),
        ),
        say("Nobody is matched for using the same words in several posts."),
    ]


@how_found.register
def _(method: OneNetwork) -> list[Message]:
    return [
        say(
            "Voters are matched if the same network prefix has more than %(voters)s.",
            voters=voters(method.voters_most),
        ),
        say("A voter is not matched if no source states the voter's network."),
    ]


@how_found.register
def _(method: AccountState) -> list[Message]:
    states = {"closed": say("closed"), "suspended": say("suspended")}
    return [
        say(
            "Accounts are matched if their platform has %(states)s them.",
            states=Listed(tuple(states[state] for state in method.states), is_or=True),
        ),
        say("An account is not matched if no source states what became of it."),
    ]


@how_found.register
def _(method: LinkedAccounts) -> list[Message]:
    return [
        say("Accounts are linked if a source states that they belong to one person."),
        say(
            "A person with at least %(accounts)s has one allowance for all of them. Ballots beyond it are matched.",
            accounts=accounts(method.accounts_least),
        ),
    ]
