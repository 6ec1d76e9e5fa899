"""Judging asks: each one after the other, in the order they came, so that no interleaving passes a cap."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from plaudit.base.errors import AllowanceSpent, BallotRejected, KeyReused, VoteClosed
from plaudit.vote.admission import BallotRequest
from plaudit.vote.ballot_store import Batch
from plaudit.vote.receipt import receipts
from plaudit.vote.record import Ballot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.ledger.note import Signer
    from plaudit.vote.admission import Admission, Allowance, Slot
    from plaudit.vote.ballot_store import BallotStore
    from plaudit.vote.record import Names

__all__ = ["AcceptedBallot", "Asked", "Judge"]


class AcceptedBallot(Struct):
    """An accepted ballot: its leaf to come, what was asked, the instant that counts, the votes left, the receipt."""

    leaf: int
    ask: BallotRequest
    cast_at: int
    left: int | None
    is_replay: bool
    receipt: str = ""


class Asked(Struct):
    """An ask, the instant it was received at, and whether the vote was closed then."""

    ask: BallotRequest
    received_at: int
    is_late: bool


class Judge:
    """Judges asks by the ballot store, the counting rule and the windows; knows no queue and no clock of its own.

    Parameters
    ----------
    now : gives the vote's instant, which decides where the rule goes by the commit
    """

    def __init__(
        self, ballot_store: BallotStore, admission: Admission, names: Names, signer: Signer, now: Callable[[], int]
    ) -> None:
        self._ballot_store = ballot_store
        self._admission = admission
        self._names = names
        self._signer = signer
        self._now = now
        self._is_by_commit = admission.rule.intake.in_flight == "committed"

    def judged(self, first: int, asks: Sequence[Asked]) -> tuple[Batch, list[AcceptedBallot | BallotRejected]]:
        """Give what the asks add to the ballot store, and each one's answer, receipts included; nothing is added here.

        Parameters
        ----------
        first : the leaf that the next ballot will have
        """
        at = self._now() if self._is_by_commit else asks[-1].received_at
        moments = [at if self._is_by_commit else asked.received_at for asked in asks]
        slots = [self._slot(asked.ask, now) for asked, now in zip(asks, moments, strict=True)]
        batch = Batch(first, at, [], {}, {}, {})
        known, spent = self._ballot_store.known(
            [(asked.ask.voter, asked.ask.key) for asked in asks],
            [(asked.ask.voter, slot) for asked, slot in zip(asks, slots, strict=True) if slot],
        )
        answers: list[AcceptedBallot | BallotRejected] = []
        for asked, now, slot in zip(asks, moments, slots, strict=True):
            try:
                answers.append(self._admitted(asked, now, slot, batch, known, spent))
            except BallotRejected as refused:
                answers.append(refused)
        self._give_receipts(batch, answers)
        return batch, answers

    def _slot(self, ask: BallotRequest, now: int) -> Slot | None:
        return self._admission.slot(ask.channel, ask.nominee, now if ask.cast_at is None else ask.cast_at)

    def _admitted(
        self,
        asked: Asked,
        now: int,
        slot: Slot | None,
        batch: Batch,
        known: dict[tuple[int, str], int],
        spent: dict[Allowance, int],
    ) -> AcceptedBallot:
        """Add one ballot to the batch; `known` and `spent` grow with it, so the next ask of the voter sees it."""
        ask = asked.ask
        allowance = None if slot is None else (ask.voter, slot)
        sent = ask.voter, ask.key
        leaf = known.get(sent)
        if leaf is not None:
            return self._replayed(ask, leaf, batch, self._left(ask, allowance, spent))
        if asked.is_late:
            raise VoteClosed("the vote is closed for good", "see the result", rule=self._admission.rule.name)
        cast_at = now if ask.cast_at is None else ask.cast_at
        self._admission.check(ask, cast_at)
        if allowance is not None:
            spent[allowance] = batch.spent[allowance] = self._charged(ask, spent.get(allowance, 0))
        leaf = batch.first + len(batch.ballots)
        batch.ballots.append((leaf, self._names.pack(_ballot(ask, cast_at)), ask.post))
        known[sent] = batch.asked[sent] = leaf
        sums = batch.standings.setdefault((ask.nominee, ask.channel), [0, 0])
        sums[0] += 1
        sums[1] += ask.votes
        return AcceptedBallot(leaf, ask, cast_at, self._left(ask, allowance, spent), is_replay=False)

    def _charged(self, ask: BallotRequest, spent: int) -> int:
        """Give what of an allowance is spent with this ballot."""
        most = self._admission.most(ask.channel)
        assert most is not None
        if self._admission.rule.keep == "last":
            spent = 0  # the last votes replace the ones before, so each ballot has the whole allowance
        if spent + ask.votes > most:
            raise AllowanceSpent(
                f"{ask.votes} votes asked for, {most - spent} of {most} left",
                "ask for fewer, or wait for the next period" if most > spent else "wait for the next period",
                left=most - spent,
                cap=most,
                rule=self._admission.rule.name,
            )
        return spent + ask.votes

    def _left(self, ask: BallotRequest, allowance: Allowance | None, spent: dict[Allowance, int]) -> int | None:
        if allowance is None:
            return None
        most = self._admission.most(ask.channel)
        if most is None or self._admission.rule.keep == "last":
            return most
        return most - spent.get(allowance, 0)

    def _replayed(self, ask: BallotRequest, leaf: int, batch: Batch, left: int | None) -> AcceptedBallot:
        """Give the ballot that a key already stands for."""
        is_staged = leaf >= batch.first
        record = batch.ballots[leaf - batch.first][1] if is_staged else self._ballot_store.record(leaf)
        assert record is not None
        values = self._names.unpack(record)
        if (values["nominee"], values["votes"], values["channel"]) != (ask.nominee, ask.votes, ask.channel):
            raise KeyReused(
                f"key {ask.key} was used for {values['votes']} votes for {values['nominee']}",
                "use a new key for a new ballot",
                leaf=leaf,
            )
        return AcceptedBallot(leaf, ask, values["cast_at"], left, is_replay=True)

    def _give_receipts(self, batch: Batch, answers: Sequence[AcceptedBallot | BallotRejected]) -> None:
        given = [answer for answer in answers if isinstance(answer, AcceptedBallot)]
        new = [answer for answer in given if answer.leaf >= batch.first]
        if new:
            records = [record for _, record, _ in batch.ballots]
            texts = receipts(records, batch.first, self._signer, [answer.leaf - batch.first for answer in new])
            for answer, text in zip(new, texts, strict=True):
                answer.receipt = text
        self._give_old_receipts([answer for answer in given if answer.leaf < batch.first])

    def _give_old_receipts(self, answers: Sequence[AcceptedBallot]) -> None:
        """Give the receipts of earlier commits, each of which is hashed once however many keys of it are sent again."""
        rest = deque(sorted(answers, key=lambda answer: answer.leaf))
        while rest:
            first, records = self._ballot_store.commit_of(rest[0].leaf)
            again = []
            while rest and rest[0].leaf < first + len(records):
                again.append(rest.popleft())
            texts = receipts(records, first, self._signer, [answer.leaf - first for answer in again])
            for answer, text in zip(again, texts, strict=True):
                answer.receipt = text


def _ballot(ask: BallotRequest, cast_at: int) -> Ballot:
    return Ballot(
        ask.channel,
        ask.nominee,
        ask.votes,
        cast_at,
        ask.voter,
        ask.source,
        ask.gesture,
        ask.tags,
        ask.is_deleted,
        ask.is_private,
        ask.account_created_at,
        ask.post,
    )
