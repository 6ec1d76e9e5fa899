"""Numbers of things, as phrases to stand in a sentence: 7,500 votes."""

from __future__ import annotations

from typing import Final

from plaudit.words.message import Message, count, say
from plaudit.words.texts import N_

__all__ = [
    "accounts",
    "allowance",
    "ballots",
    "cases",
    "days",
    "gaps",
    "hours",
    "minutes",
    "nominees",
    "ordinal",
    "posts",
    "readings",
    "seconds",
    "voters",
    "votes",
]


_ORDINALS: Final = (
    say("second"),
    say("third"),
    say("fourth"),
    say("fifth"),
    say("sixth"),
    say("seventh"),
    say("eighth"),
    say("ninth"),
)
_ENDINGS: Final = {1: N_("%(n)sst"), 2: N_("%(n)snd"), 3: N_("%(n)srd")}


def accounts(n: int) -> Message:
    """Give `1 account`, `2 accounts`."""
    return count("%(n)s account", "%(n)s accounts", n)


def allowance(votes: int, per: str, scope: str) -> Message:
    """Give what a cap allows: `10 votes a day for each nominee`."""
    said = {
        "day": count("%(n)s vote a day", "%(n)s votes a day", votes),
        "window": count("%(n)s vote in each window", "%(n)s votes in each window", votes),
        "vote": count("%(n)s vote in all", "%(n)s votes in all", votes),
    }[per]
    return say("%(cap)s for each nominee", cap=said) if scope == "nominee" else said


def ballots(n: int) -> Message:
    """Give `1 ballot`, `2 ballots`."""
    return count("%(n)s ballot", "%(n)s ballots", n)


def cases(n: int) -> Message:
    """Give `1 case`, `2 cases`."""
    return count("%(n)s case", "%(n)s cases", n)


def days(n: int) -> Message:
    """Give `1 day`, `2 days`."""
    return count("%(n)s day", "%(n)s days", n)


def gaps(n: int) -> Message:
    """Give `1 gap`, `2 gaps`."""
    return count("%(n)s gap", "%(n)s gaps", n)


def hours(n: int) -> Message:
    """Give `1 hour`, `2 hours`."""
    return count("%(n)s hour", "%(n)s hours", n)


def minutes(n: int) -> Message:
    """Give `1 minute`, `2 minutes`."""
    return count("%(n)s minute", "%(n)s minutes", n)


def nominees(n: int) -> Message:
    """Give `1 nominee`, `2 nominees`."""
    return count("%(n)s nominee", "%(n)s nominees", n)


def ordinal(n: int) -> Message:
    """Give a number that counts places, in words where newspapers use words: `second`, `21st`."""
    if 2 <= n < 2 + len(_ORDINALS):
        return _ORDINALS[n - 2]
    is_teen = n // 10 % 10 == 1
    return Message(N_("%(n)sth") if is_teen else _ENDINGS.get(n % 10, N_("%(n)sth")), {"n": n})


def posts(n: int) -> Message:
    """Give `1 post`, `2 posts`."""
    return count("%(n)s post", "%(n)s posts", n)


def readings(n: int) -> Message:
    """Give `1 reading`, `2 readings`."""
    return count("%(n)s reading", "%(n)s readings", n)


def seconds(n: int) -> Message:
    """Give `1 second`, `2 seconds`."""
    return count("%(n)s second", "%(n)s seconds", n)


def voters(n: int) -> Message:
    """Give `1 voter`, `2 voters`."""
    return count("%(n)s voter", "%(n)s voters", n)


def votes(n: int) -> Message:
    """Give `1 vote`, `2 votes`."""
    return count("%(n)s vote", "%(n)s votes", n)
