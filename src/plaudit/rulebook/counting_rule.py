"""A counting rule: which ballots count, how many of them, and how channels make a result."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct, field

from plaudit.rulebook.values import Positive, Ppm, Text

__all__ = [
    "SAME_INSTANT_REMEDY",
    "Cap",
    "Channel",
    "Combine",
    "CountingRule",
    "CountingTies",
    "Day",
    "Gestures",
    "Intake",
    "Multiplier",
    "SameInstant",
]

Verdict = Literal["counts", "void"]


SAME_INSTANT_REMEDY: Final = (
    "get the instants as fine as they are known, or let the counting rule's next version settle it: "
    '[same_instant] then = "none", or "recorded"'
)


class Day(Struct, frozen=True, forbid_unknown_fields=True):
    """When a voting day starts.

    zone : an IANA time zone.
    starts_at : the local time, as in 00:00:00.
    """

    zone: Text
    starts_at: time = time(0)


class Cap(Struct, frozen=True, forbid_unknown_fields=True):
    """The most votes one voter has in a channel, per period and per scope.

    votes : how many.
    per : `day` (see `[day]`), `window` (each voting window) or `vote` (all windows together).
    scope : `award` (over all nominees) or `nominee` (for each one).
    """

    votes: Positive
    per: Literal["day", "window", "vote"]
    scope: Literal["award", "nominee"] = "award"


class Gestures(Struct, frozen=True, forbid_unknown_fields=True):
    """Whether each way of acting is a vote: it `counts` or is `void`.

    vote : a vote on a site or in an app.
    post : a post of one's own.
    repost : another's post passed on as it is.
    quote : another's post passed on with words of one's own.
    """

    vote: Verdict = "void"
    post: Verdict = "void"
    repost: Verdict = "void"
    quote: Verdict = "void"


class Channel(Struct, frozen=True, forbid_unknown_fields=True):
    """One way of voting, or one outside component, and what it accepts.

    id : what ballots, totals and windows call it.
    name : what readers call it.
    counts : `ballots` are single acts, checked one by one; `totals` are sums that
        somebody else counted, whose caps nobody here can check.
    gestures : which ways of acting count.
    cap : the most votes of one voter; if left out there is no cap, and `because` says why.
    tags_most : nominees that one post may name; a post that names more is void.
    deleted : whether a ballot counts if its post was deleted.
    private : whether a ballot counts if its account is private.
    account_age_days : how many days old an account must be when it votes.
    share_ppm : the channel's part in the result in parts per million, with
        `combine.method = "shares"`; all channels add up to 1000000.
    because : why the channel is as it is.
    """

    id: Text
    name: Text
    counts: Literal["ballots", "totals"] = "ballots"
    gestures: Gestures = Gestures()
    cap: Cap | None = None
    tags_most: Positive = 1
    deleted: Verdict = "counts"
    private: Verdict = "counts"
    account_age_days: Annotated[int, Meta(ge=0)] = 0
    share_ppm: Ppm = 0
    because: str = ""


class Multiplier(Struct, frozen=True, forbid_unknown_fields=True):
    """Days, or hours of days, in which each counted vote is worth several.

    With no dates, every day of the vote; with no hours, the whole day. Caps are
    applied to the votes as cast, before they are multiplied. Where several apply,
    the greatest does, alone.

    times : what a vote is worth.
    because : why.
    channels : the channels it applies to; all if left out.
    days : local dates, from midnight to midnight in `day.zone`.
    from_time : the local time it starts at.
    to_time : the local time it ends before, later than `from_time`.
    """

    times: Annotated[int, Meta(ge=2)]
    because: Text
    channels: tuple[str, ...] = ()
    days: tuple[date, ...] = ()
    from_time: time | None = None
    to_time: time | None = None


class Combine(Struct, frozen=True, forbid_unknown_fields=True):
    """How channels make one result.

    method : `sum` adds votes; `shares` gives each nominee the channel's share_ppm
        times the nominee's share of that channel's counted votes.
    """

    method: Literal["sum", "shares"] = "sum"


class CountingTies(Struct, frozen=True, forbid_unknown_fields=True):
    """What settles equal results.

    channels : channels whose votes are compared in turn, the larger first.
    then : nominees who are still equal may `share` the title, or `raise` an error.
    """

    channels: tuple[str, ...] = ()
    then: Literal["share", "raise"] = "raise"


class SameInstant(Struct, frozen=True, forbid_unknown_fields=True):
    """What becomes of ballots of one voter at one instant where the cap lets only some of them count.

    It is asked only where the choice matters: for ballots of one nominee and as
    many votes it does not. A vote that the season takes itself has the order of its log.

    then : `raise` an error, that `none` of them counts, or the order in which they
        are `recorded` decides, which in files is that of names and rows.
    """

    then: Literal["raise", "none", "recorded"] = "raise"


class Intake(Struct, frozen=True, forbid_unknown_fields=True):
    """How a live vote is taken, where a critic could dispute it.

    standings : what is seen before the result: `public` shows them all along,
        `hidden` shows none until the vote is closed, `sealed` none until
        `plaudit reveal`.
    in_flight : a ballot is cast when it was `received` whole, or when it was
        `committed`; a ballot cast at the closing instant or later is refused.
    clock_step_seconds : by how much the server's clock may step while it runs. After
        a step back, ballots bear the last instant it showed; after a larger step
        either way, none are taken until it is right again; a clock that was set
        forward on purpose is accepted after a restart.
    repost_waits_hours : how long a repost waits for the post it passes on.
    reposts_waiting_most : the most that may wait; one more is refused.
    """

    standings: Literal["public", "hidden", "sealed"] = "public"
    in_flight: Literal["received", "committed"] = "received"
    clock_step_seconds: Annotated[int, Meta(ge=0, le=3600)] = 5
    repost_waits_hours: Annotated[int, Meta(ge=0, le=24 * 31)] = 24
    reposts_waiting_most: Annotated[int, Meta(ge=0)] = 100_000


class CountingRule(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", tag="counting"):
    """A counting rule file as an object.

    id : the rule's name, in lower case with hyphens.
    version : 1 for the first; a change is the next version.
    title : what the vote is called.
    because : why the rule is as it is.
    day : when a voting day starts.
    channel : the ways of voting and the outside components.
    keep : which ballots use up the allowance, the `first` or the `last`; with
        `last`, the ones before are replaced.
    partial : a ballot with more votes than the allowance left has its first votes
        counted (`count`) or is refused whole (`refuse`), and with it
        all that follow in the same period.
    same_instant : what happens to ballots of one instant if the result depends on their order.
    combine : how channels make one result.
    ties : what settles equal results.
    multiplier : times in which a vote is worth several.
    intake : how a live vote is taken; not used for a vote that comes from files.
    sources : where the rule was published.
    not_found : what no source says, with the choice made here and its reason.
    supersedes : the rule id@version that this one replaces.
    """

    id: Text
    version: Positive
    title: Text
    because: Text
    day: Day
    channel: tuple[Channel, ...]
    keep: Literal["first", "last"] = "first"
    partial: Literal["count", "refuse"] = "count"
    same_instant: SameInstant = SameInstant()
    combine: Combine = Combine()
    ties: CountingTies = CountingTies()
    multiplier: tuple[Multiplier, ...] = ()
    intake: Intake = Intake()
    sources: tuple[str, ...] = ()
    not_found: dict[str, str] = field(default_factory=dict)
    supersedes: str = ""

    @property
    def name(self) -> str:
        """The rule's citation, id@version."""
        return f"{self.id}@{self.version}"

    def channel_named(self, channel_id: str) -> Channel | None:
        """Give the channel with that id, or None."""
        return next((channel for channel in self.channel if channel.id == channel_id), None)
