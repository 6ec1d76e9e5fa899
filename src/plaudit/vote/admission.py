"""The door: which ballots come in, by the rule alone, and on whose allowance.

Window, nominee, gesture and what the rule says of posts are decided here without
looking at anything but the ballot. How much of the allowance is spent only the
box knows; `slot` says which allowance a ballot is charged to.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from plaudit.base.errors import BallotMalformed, UnknownNominee, VoteClosed
from plaudit.base.spelling import by_look, look
from plaudit.base.weeks import instant_text
from plaudit.rulebook.windows import periods

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.counting_rule import Channel, CountingRule
    from plaudit.rulebook.windows import VotingWindow
    from plaudit.vote.record import Names

__all__ = ["Admission", "Allowance", "BallotRequest", "Slot"]

DAY_MICROSECONDS: Final = 86_400_000_000
VOTES_MOST: Final = 2**31 - 1
TAGS_MOST: Final = 2**15 - 1
"""What the table ballots has room for; a record has more."""
Slot = tuple[int, int, int]
"""Channel, period and nominee that an allowance is kept for; nominee is -1 where the cap is over all."""
Allowance = tuple[int, Slot]
"""A voter and a slot."""


class BallotRequest(Struct, frozen=True):
    """What a voter asks for.

    key : the idempotency key; the same key of the same voter is the same ballot, ever.
    source : the way of signing in, or the source the ballot was read from.
    cast_at : the platform's instant of a post; None is the server's clock.
    ballot : the id that its source gives the ballot, where it gives any.
    """

    voter: int
    nominee: str
    votes: int
    key: str
    source: str
    channel: str
    gesture: str = "vote"
    tags: int = 1
    is_deleted: bool = False
    is_private: bool = False
    account_created_at: int | None = None
    post: str = ""
    cast_at: int | None = None
    ballot: str = ""


class Admission:
    """What a counting rule lets in."""

    def __init__(self, rule: CountingRule, windows: Sequence[VotingWindow], names: Names) -> None:
        self.rule = rule
        self._nominees = {nominee: position for position, nominee in enumerate(names.nominees)}
        self._alike = by_look(names.nominees)
        self._lanes = {
            channel.id: _Lane(position, channel, rule, windows)
            for position, channel in enumerate(rule.channel)
            if channel.counts == "ballots"
        }

    def check(self, ask: BallotRequest, cast_at: int) -> None:
        """Refuse a ballot that the rule does not let in at that instant.

        Raises
        ------
        BallotMalformed : no such channel, or the rule voids such a ballot.
        UnknownNominee, VoteClosed : as their names say.
        """
        lane = self._lanes.get(ask.channel)
        if lane is None:
            raise BallotMalformed(f"no channel {ask.channel!r}", f"use one of: {', '.join(self._lanes)}")
        if not (0 < ask.votes <= VOTES_MOST and 0 < ask.tags <= TAGS_MOST):
            raise BallotMalformed(
                f"a ballot of {ask.votes} votes and {ask.tags} tags",
                f"one has 1 to {VOTES_MOST} votes and 1 to {TAGS_MOST} tags",
            )
        if ask.nominee not in self._nominees:
            called = ask.nominee[:80]
            near = self._alike.get(look(called), [])  # and no more: whoever sends many such ballots must not cost much
            remedy = f"did you mean {' or '.join(map(repr, near))}?" if near else "use a nominee's id"
            raise UnknownNominee(f"no nominee is called {called!r}", remedy)
        if not lane.is_open(cast_at):
            raise VoteClosed(
                f"{instant_text(cast_at)} is in no voting window of channel {ask.channel}",
                "the windows are in the vote's rules",
                rule=self.rule.name,
            )
        if reason := lane.voids(ask, cast_at):
            raise BallotMalformed(f"{reason} in channel {ask.channel}", "see the vote's rules", rule=self.rule.name)

    def slot(self, channel: str, nominee: str, instant: int) -> Slot | None:
        """Give what a ballot is charged to, or None where there is no cap or no nominee of that name."""
        lane = self._lanes.get(channel)
        if lane is None or lane.cap is None:
            return None
        if lane.cap.scope == "award":
            return lane.position, lane.period(instant), -1
        return (lane.position, lane.period(instant), self._nominees[nominee]) if nominee in self._nominees else None

    def most(self, channel: str) -> int | None:
        """Give the cap of a channel, in votes."""
        cap = self._lanes[channel].cap
        return cap.votes if cap else None

    def is_open(self, channel: str, now: int) -> bool:
        """Say whether a window is open for a channel."""
        return self._lanes[channel].is_open(now)


class _Lane:
    """One channel, with what does not change during the vote worked out."""

    def __init__(self, position: int, channel: Channel, rule: CountingRule, windows: Sequence[VotingWindow]) -> None:
        taken = [window for window in windows if window.takes(channel.id)]
        self.position = position
        self.cap = channel.cap
        self._channel = channel
        self._spans = [(window.opens_at, window.closes_at) for window in taken]
        self._starts = [start for start, _ in periods(channel.cap, rule, taken)] if channel.cap else []

    def is_open(self, instant: int) -> bool:
        for opens, closes in self._spans:  # noqa: SIM110 - `any` takes three times as long, for every ballot
            if opens <= instant < closes:
                return True
        return False

    def period(self, instant: int) -> int:
        return bisect_right(self._starts, instant) - 1

    def voids(self, ask: BallotRequest, cast_at: int) -> str:
        """Give the reason for which the rule would void a ballot, or nothing."""
        channel = self._channel
        if getattr(channel.gestures, ask.gesture) == "void":
            return f"a {ask.gesture} does not count"
        if ask.tags > channel.tags_most:
            return f"a post that names {ask.tags} nominees does not count"
        if ask.is_deleted and channel.deleted == "void":
            return "a deleted post does not count"
        if ask.is_private and channel.private == "void":
            return "a private account's post does not count"
        return self._is_young(ask, cast_at) if channel.account_age_days else ""

    def _is_young(self, ask: BallotRequest, cast_at: int) -> str:
        if ask.account_created_at is None:
            return "an account of unknown age does not count"
        days = self._channel.account_age_days
        is_young = cast_at - ask.account_created_at < days * DAY_MICROSECONDS
        return f"an account younger than {days} days does not count" if is_young else ""
