"""How each purge method finds ballots, in sentences made from its numbers."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from plaudit.rulebook.purge_rule import (
    AccountState,
    LinkedAccounts,
    Lockstep,
    OneNetwork,
    RegularGaps,
    RepostClique,
    Sleepless,
    YoungBurst,
    YoungClock,
)
from plaudit.rulebook.words import counted, percent

__all__ = ["how_found"]


@singledispatch
def how_found(method: Any) -> list[str]:
    """Give sentences that say how a method finds ballots; every number of it is in one.

    Examples
    --------
    >>> how_found(OneNetwork(voters_most=40))[0]
    'Voters are matched when more than 40 of them vote from one network prefix.'
    """
    raise TypeError(f"no words for {type(method).__name__}")


@how_found.register(RegularGaps)
def _(method: RegularGaps) -> list[str]:
    return [
        "The time between a voter's ballots in one channel is a gap.",
        f"A gap of {counted(method.tap_seconds, 'second')} or less is left out: a hand that taps keeps a beat too.",
        f"A gap of more than {counted(method.pause_seconds, 'second')} is a pause and is left out.",
        f"A voter is looked at who has at least {counted(method.gaps_least, 'gap')} between the two, "
        f"and they must be at least {percent(method.steady_ppm)} of all the voter's gaps.",
        "The voter is matched when the gaps are too even for a hand: "
        f"their standard deviation is at most {percent(method.spread_ppm)} of their mean.",
    ]


@how_found.register(Sleepless)
def _(method: Sleepless) -> list[str]:
    return [
        f"A day of a voter is sleepless when ballots were cast in at least {counted(method.hours_least, 'hour')} "
        "of its 24 hours, in UTC.",
        f"The voter is matched who has at least {counted(method.days_least, 'such day')} in a row.",
    ]


@how_found.register(YoungBurst)
def _(method: YoungBurst) -> list[str]:
    return [
        f"An account is young when it was made at most {counted(method.young_days, 'day')} before the first window "
        "opened, or later.",
        f"Only young accounts with at least {counted(method.ballots_least, 'ballot')} are looked at.",
        f"Accounts made within {counted(method.made_within_minutes, 'minute')} of each other are a burst.",
        "Accounts of a burst vote alike when they vote for the same nominee and as often, to within a tenth.",
        f"They are matched when at least {counted(method.voters_least, 'account')} vote alike, and when these are at "
        f"least {percent(method.alike_ppm)} of the young accounts of that burst that vote for that nominee.",
    ]


@how_found.register(YoungClock)
def _(method: YoungClock) -> list[str]:
    return [
        f"An account is young when it was made at most {counted(method.young_days, 'day')} before the first window "
        "opened, or later.",
        f"Young accounts are made together when they were made within {counted(method.made_within_minutes, 'minute')} "
        "of each other and vote for the same nominee.",
        "A day of a voter, in UTC, is by the clock when its first ballot came within the same "
        f"{counted(method.within_seconds, 'second')} as those of at least {counted(method.voters_least, 'account')} "
        f"made together, the voter's included, and when these are at least {percent(method.alike_ppm)} of all that "
        "were made together, come or not.",
        f"The voter is matched who has at least {counted(method.days_least, 'such day')}, when these are at least "
        f"{percent(method.share_ppm)} of all days on which the voter voted.",
        "Fans who come on cue stay away now and then, and are not matched.",
    ]


@how_found.register(Lockstep)
def _(method: Lockstep) -> list[str]:
    return [
        f"A ballot for a nominee after a pause of {counted(method.pause_seconds, 'second')} or more is an occasion.",
        f"Occasions fall into the same moment when they lie within {counted(method.within_seconds, 'second')}.",
        f"A run is {counted(method.run, 'occasion')} in a row.",
        "A run is shared when at least "
        f"{counted(method.others_least, 'other voter')} had occasions for the same nominee in the same moments, "
        f"and when these are at least {percent(method.crowd_ppm)} of the others who had one for that nominee "
        "in the least crowded of these moments.",
        f"A voter is matched when at least {counted(method.times_least, 'run')} of the voter's "
        f"{'is' if method.times_least == 1 else 'are'} shared, "
        f"and these are at least {percent(method.share_ppm)} of all the voter's runs.",
        "A crowd that comes once, on cue, shares no run.",
    ]


@how_found.register(RepostClique)
def _(method: RepostClique) -> list[str]:
    return [
        f"Two accounts are joined when they reposted at least {counted(method.times_least, 'post')} "
        f"within {counted(method.within_seconds, 'second')} of each other.",
        "A clique is a set of accounts of which each is joined to all but one of the others, or to all.",
        f"Accounts are matched that are in a clique of at least {counted(method.members_least, 'account')}.",
        "The same words in several posts match nobody.",
    ]


@how_found.register(OneNetwork)
def _(method: OneNetwork) -> list[str]:
    return [
        f"Voters are matched when more than {method.voters_most:,} of them vote from one network prefix.",
        "A voter whose network no source states is not matched.",
    ]


@how_found.register(AccountState)
def _(method: AccountState) -> list[str]:
    states = " or ".join(sorted(method.states))
    return [
        f"Accounts are matched that their platform has {states}.",
        "An account whose state no source states is not matched.",
    ]


@how_found.register(LinkedAccounts)
def _(method: LinkedAccounts) -> list[str]:
    return [
        "Accounts are linked when a source states that they are one person's.",
        f"At least {counted(method.accounts_least, 'linked account')} share one allowance. "
        "What they cast beyond it is matched.",
    ]
