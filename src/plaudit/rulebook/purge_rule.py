"""A purge rule: which ballots are set aside, by what method and numbers, and what the voter is told."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from plaudit.rulebook.values import AtLeastTwo, Positive, Ppm, Text

__all__ = [
    "AccountState",
    "LinkedAccounts",
    "Lockstep",
    "Method",
    "OneNetwork",
    "PurgeRule",
    "RegularGaps",
    "RepostClique",
    "Sleepless",
    "YoungBurst",
    "YoungClock",
]


class _Method(Struct, frozen=True, forbid_unknown_fields=True, tag_field="name"):
    """A method and its numbers.

    threshold : the number that is halved and doubled to see whether the result
        depends on it; empty where a method has none.
    """

    threshold: ClassVar[str] = ""


class RegularGaps(_Method, frozen=True, tag="regular_gaps"):
    """Gaps between a voter's ballots in one channel are too even for a hand.

    gaps_least : gaps that are needed before any of this is looked at.
    tap_seconds : a gap no longer than this is left out: a hand that taps keeps a beat.
    pause_seconds : a longer gap is a pause, and is left out.
    steady_ppm : the part of all gaps that must lie between the two.
    spread_ppm : the most that the gaps' standard deviation may be of their mean.
    """

    threshold: ClassVar[str] = "spread_ppm"
    gaps_least: AtLeastTwo
    tap_seconds: Positive
    pause_seconds: Annotated[int, Meta(ge=1, le=3600)]
    steady_ppm: Ppm
    spread_ppm: Ppm


class Sleepless(_Method, frozen=True, tag="sleepless"):
    """A voter votes in nearly every hour of the day, for days on end.

    hours_least : hours of a UTC day with a ballot, of 24.
    days_least : such days in a row.
    """

    threshold: ClassVar[str] = "days_least"
    hours_least: Annotated[int, Meta(ge=1, le=24)]
    days_least: Positive


class YoungBurst(_Method, frozen=True, tag="young_burst"):
    """Accounts made within minutes of each other vote alike: for one nominee, and as often.

    young_days : how many days before the first window opens an account counts as young; or later.
    made_within_minutes : the length of a burst.
    ballots_least : a voter with fewer ballots is like any other, and is not looked at.
    voters_least : accounts of a burst that vote alike, to within a tenth above or below.
    alike_ppm : the part that they must be of all young accounts of that burst that vote for that nominee.
    """

    threshold: ClassVar[str] = "voters_least"
    young_days: Positive
    made_within_minutes: Annotated[int, Meta(ge=2, multiple_of=2)]
    ballots_least: Positive
    voters_least: AtLeastTwo
    alike_ppm: Ppm


class YoungClock(_Method, frozen=True, tag="young_clock"):
    """Accounts made within minutes of each other, for one nominee, come within the same seconds day after day.

    young_days : how many days before the first window opens an account counts as young; or later.
    made_within_minutes : how far apart accounts were made that count as made together.
    within_seconds : the length of one moment, in which the first ballots of a UTC day fall.
    voters_least : accounts made together whose first ballots fall into one moment.
    alike_ppm : the part that they must be of all young accounts made together with them that vote for that nominee.
    days_least : days on which a voter's first ballot is in such a moment.
    share_ppm : the part that these must be of all days on which the voter voted.
    """

    threshold: ClassVar[str] = "days_least"
    young_days: Positive
    made_within_minutes: Annotated[int, Meta(ge=2, multiple_of=2)]
    within_seconds: Annotated[int, Meta(ge=2, multiple_of=2)]
    voters_least: AtLeastTwo
    alike_ppm: Ppm
    days_least: AtLeastTwo
    share_ppm: Ppm


class Lockstep(_Method, frozen=True, tag="lockstep"):
    """Voters begin to vote for the same nominee within seconds of each other, again and again.

    An occasion is a voter's ballot for a nominee after a pause. A crowd that comes
    once is no lockstep: occasions are compared several in a row.

    within_seconds : the length of one moment.
    pause_seconds : how long a voter is silent before the next ballot is a new occasion.
    run : occasions in a row that must fall into the same moments.
    others_least : other voters with the same run.
    crowd_ppm : the share that they must be of all others who began for that nominee in the run's least crowded moment.
    times_least : shared runs of one voter.
    share_ppm : the part of a voter's runs that must be shared.
    """

    threshold: ClassVar[str] = "times_least"
    within_seconds: Positive
    pause_seconds: Positive
    run: Annotated[int, Meta(ge=2, le=12)]
    others_least: Positive
    crowd_ppm: Ppm
    times_least: Positive
    share_ppm: Ppm


class RepostClique(_Method, frozen=True, tag="repost_clique"):
    """The same few accounts repost the same posts within seconds of each other.

    within_seconds : between two reposts of one post.
    times_least : posts that two accounts reposted so; then they are joined.
    members_least : accounts of a clique; each is joined to that many less two of the others, or more.
    """

    threshold: ClassVar[str] = "times_least"
    within_seconds: Positive
    times_least: Positive
    members_least: Annotated[int, Meta(ge=3)]


class OneNetwork(_Method, frozen=True, tag="one_network"):
    """Too many voters behind one network prefix, where a source says which.

    voters_most : voters that one prefix may have.
    """

    threshold: ClassVar[str] = "voters_most"
    voters_most: Positive


class AccountState(_Method, frozen=True, tag="account_state"):
    """Accounts that their platform has closed or suspended, where a source says which.

    states : which of the two.
    """

    states: Annotated[tuple[Literal["closed", "suspended"], ...], Meta(min_length=1)]


class LinkedAccounts(_Method, frozen=True, tag="linked_accounts"):
    """Accounts of one person, where a source says which, share one allowance.

    accounts_least : accounts of one person from which on they share.
    """

    accounts_least: AtLeastTwo


Method = (
    RegularGaps
    | Sleepless
    | YoungBurst
    | YoungClock
    | Lockstep
    | RepostClique
    | OneNetwork
    | AccountState
    | LinkedAccounts
)


class PurgeRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="purge"):
    """A purge rule file as an object.

    id : the rule's name, in lower case with hyphens.
    version : 1 for the first; a change is the next version.
    title : what it is about.
    because : why it is as it is.
    does : `set aside` takes the ballots out of the count; `flag only` shows them and counts them.
    told : what a voter whose ballots are set aside is told.
    method : how the ballots are found, and the numbers.
    channels : the channels it looks at; with none, all that count ballots.
    sources : where its numbers come from.
    not_found : what no source says, by name, and the choice made here.
    supersedes : the version before, as id@version.
    """

    id: Text
    version: Positive
    title: Text
    because: Text
    does: Literal["set aside", "flag only"]
    told: Text
    method: Method
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    not_found: dict[str, str] = {}
    supersedes: str = ""

    @property
    def name(self) -> str:
        """The rule's citation, id@version."""
        return f"{self.id}@{self.version}"
