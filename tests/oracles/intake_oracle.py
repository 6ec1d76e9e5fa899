"""A slow intake in plain Python: one ask at a time, every sum made anew from all that was taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.oracles.tally_oracle import voting_day, window_of

if TYPE_CHECKING:
    from plaudit.rulebook.counting_rule import Channel, CountingRule
    from plaudit.rulebook.windows import VotingWindow
    from plaudit.vote.admission import BallotRequest


@dataclass
class IntakeOracle:
    """What was taken so far, leaf 1 first."""

    rule: CountingRule
    windows: list[VotingWindow]
    nominees: list[str]
    taken: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, ask: BallotRequest, now: int, *, is_closed: bool = False) -> tuple[str, int | None]:
        """Give the ballot's leaf as text, or the refusal's class; and the votes left."""
        cast_at = now if ask.cast_at is None else ask.cast_at
        for leaf, ballot in enumerate(self.taken, 1):
            if (ballot["voter"], ballot["key"]) == (ask.voter, ask.key):
                is_same = (ballot["nominee"], ballot["votes"], ballot["channel"]) == (
                    ask.nominee,
                    ask.votes,
                    ask.channel,
                )
                return (str(leaf), self.left(ask, cast_at)) if is_same else ("KeyReused", None)
        refusal = "VoteClosed" if is_closed else self.refusal(ask, cast_at)
        if refusal:
            return refusal, None
        self.taken.append(
            {
                "voter": ask.voter,
                "key": ask.key,
                "nominee": ask.nominee,
                "votes": ask.votes,
                "channel": ask.channel,
                "cast_at": cast_at,
            }
        )
        return str(len(self.taken)), self.left(ask, cast_at)

    def refusal(self, ask: BallotRequest, cast_at: int) -> str:
        """Give the class of the first reason to refuse a new ballot, or nothing."""
        channel = self.rule.channel_named(ask.channel)
        if channel is None:
            return "BallotMalformed"
        if ask.nominee not in self.nominees:
            return "UnknownNominee"
        if window_of({"channel": ask.channel, "cast_at": cast_at}, list(self.windows)) is None:
            return "VoteClosed"
        if getattr(channel.gestures, ask.gesture) != "counts":
            return "BallotMalformed"
        left = self.left(ask, cast_at)
        return "AllowanceSpent" if left is not None and ask.votes > left else ""

    def left(self, ask: BallotRequest, cast_at: int) -> int | None:
        """Give the votes that a voter has left, in the period of an instant."""
        channel = self.rule.channel_named(ask.channel)
        if channel is None or channel.cap is None:
            return None
        if self.rule.keep == "last":
            return channel.cap.votes
        spent: int = sum(
            ballot["votes"]
            for ballot in self.taken
            if ballot["voter"] == ask.voter
            and ballot["channel"] == ask.channel
            and (channel.cap.scope == "award" or ballot["nominee"] == ask.nominee)
            and self.period(channel, ballot["cast_at"]) == self.period(channel, cast_at)
        )
        return channel.cap.votes - spent

    def period(self, channel: Channel, instant: int) -> object:
        """Give what a cap starts anew in."""
        assert channel.cap is not None
        if channel.cap.per == "day":
            return voting_day(instant, self.rule.day.zone, self.rule.day.starts_at)
        if channel.cap.per == "window":
            return window_of({"channel": channel.id, "cast_at": instant}, list(self.windows))
        return "the whole vote"

    def is_in_a_window(self, ask: BallotRequest, instant: int) -> bool:
        """Say whether any window of the channel holds an instant; outside, nobody says what is left."""
        return window_of({"channel": ask.channel, "cast_at": instant}, list(self.windows)) is not None

    def standings(self) -> dict[tuple[str, str], int]:
        """Give votes by nominee and channel."""
        found: dict[tuple[str, str], int] = {}
        for ballot in self.taken:
            place = ballot["nominee"], ballot["channel"]
            found[place] = found.get(place, 0) + ballot["votes"]
        return found
