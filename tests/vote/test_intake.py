"""Taking ballots: any interleaving gives what a slow oracle gives, one ask after the other."""

from __future__ import annotations

import asyncio
import shutil
import threading
import time
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import AllowanceSpent, BallotRejected, KeyReused, VoteClosed, VoteUnavailable
from plaudit.ledger.proof import TlogProof
from plaudit.rulebook.season import Season, read_season
from plaudit.vote import intake, judge
from plaudit.vote.ballot_store import SqliteBallotStore
from plaudit.vote.judge import AcceptedBallot
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.vote.receipt import commit_origin, receipts
from plaudit.vote.record import Ballot, Names
from tests.oracles.intake_oracle import IntakeOracle
from tests.oracles.tally_oracle import voting_day, window_of
from tests.profiles import examples
from tests.vote.seasons import CLOSES, NOMINEES, NOW, OPENS, live_season
from tests.vote.voting import Hands, answered, ask, in_memory, opened, together, tried

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from plaudit.vote.admission import BallotRequest

SECOND, HOUR = 1_000_000, 3_600_000_000
TWO_WINDOWS = """
[[vote.window]]
id = "again"
from = 2026-01-05T00:00:00Z
to = 2026-01-06T00:00:00Z
channels = ["web"]
"""
CASES: dict[str, dict[str, Any]] = {
    "a day, award": {},
    "a day, nominee, by commit": {"scope": "nominee", "intake": 'in_flight = "committed"'},
    "a short day": {
        "zone": "America/Los_Angeles",
        "opens": "2026-03-07T00:00:00Z",
        "closes": "2026-03-10T00:00:00Z",
    },
    "a long day, the last votes": {
        "zone": "Europe/London",
        "opens": "2026-10-24T00:00:00Z",
        "closes": "2026-10-27T00:00:00Z",
        "keys": 'keep = "last"',
    },
    "a window": {"per": "window", "live": TWO_WINDOWS},
    "the whole vote, nominee": {"per": "vote", "scope": "nominee", "live": TWO_WINDOWS},
    "the whole vote, by commit": {"per": "vote", "intake": 'in_flight = "committed"'},
}


class Prepared(NamedTuple):
    """A season whose vote was opened, and a copy of the folder as it was then."""

    season: Season
    vote: Path


@pytest.fixture(scope="module", params=CASES, ids=lambda name: name.replace(" ", "_"))
def prepared(request: pytest.FixtureRequest) -> Iterator[Prepared]:
    with in_memory() as folder:
        yield prepare(folder, request.param)


def prepare(folder: Path, case: str) -> Prepared:
    season = live_season(folder / "season", **CASES[case])
    rule = season.folder / "rules" / "live-rule@1.toml"
    head, _, post = rule.read_text("utf-8").rpartition("[[channel]]")
    if "nominee" in case:  # one channel without any cap
        post = "\n".join(line for line in post.splitlines() if not line.startswith("cap"))
        post = post.replace("\n[intake]", 'because = "Nobody set one."\n\n[intake]')
        rule.write_text(f"{head}[[channel]]{post}\n", "utf-8")
        season = read_season(season.folder)
    open_vote(season, NOMINEES)
    shutil.copytree(season.folder / "vote", folder / "vote")
    return Prepared(season, folder / "vote")


keys = st.sampled_from([f"key-{number}" for number in range(8)])
asks = st.builds(
    ask,
    voter=st.integers(1, 3),
    votes=st.integers(1, 4),
    key=keys,
    nominee=st.sampled_from([*NOMINEES, "nobody"]),
    channel=st.sampled_from(["web"] * 6 + ["post"] * 2 + ["none-such"]),
    gesture=st.sampled_from(["vote"] * 6 + ["post", "repost"]),
)
steps = st.sampled_from([-SECOND, 0, 0, 0, 1, SECOND, 5 * HOUR, 11 * HOUR, 23 * HOUR])
commits = st.lists(
    st.tuples(st.lists(st.tuples(steps, asks), min_size=1, max_size=8), st.booleans()), min_size=1, max_size=7
)


class Walk:
    """One vote and the oracle, walked together."""

    def __init__(self, prepared: Prepared, starts_at: int) -> None:
        self.season = prepared.season
        for name in ("vote", "evidence"):
            shutil.rmtree(self.season.folder / name, ignore_errors=True)
        shutil.copytree(prepared.vote, self.season.folder / "vote")
        self.clock = Hands(starts_at)
        self.latest = starts_at
        self.vote = self.started()
        self.rule = self.season.counting_rule()
        self.oracle = IntakeOracle(self.rule, list(self.season.windows()), NOMINEES)
        self.receipts: dict[int, str] = {}

    def started(self) -> LiveVote:
        vote = LiveVote(self.season, clock=self.clock)
        vote.now()
        return vote

    def restart(self) -> None:
        self.vote.stop()
        self.clock.now = self.latest
        self.vote = self.started()

    async def commit(self, timed: list[tuple[int, BallotRequest]]) -> None:
        """Cast ballots that queue for one commit, each at its own instant, and compare every answer."""
        moments = []

        async def one(step: int, ask: BallotRequest) -> AcceptedBallot | BallotRejected:
            self.clock.now = self.latest + step
            self.latest = max(self.latest, self.clock.now)
            moments.append(self.latest)
            return await tried(self.vote, ask)

        answers = await asyncio.gather(*(one(step, asked) for step, asked in timed))
        for (_, asked), answer, received_at in zip(timed, answers, moments, strict=True):
            now = self.latest if self.rule.intake.in_flight == "committed" else received_at
            wanted, left = self.oracle.answer(asked, now)
            assert answered([answer]) == [wanted]
            if isinstance(answer, AcceptedBallot):
                assert answer.left == left or not self.oracle.is_in_a_window(asked, now)
                assert self.receipts.setdefault(answer.leaf, answer.receipt) == answer.receipt
            if isinstance(answer, AllowanceSpent):
                assert answer.values["left"] == self.oracle.left(asked, now)

    def check(self) -> None:
        """Compare what stands in the log, and hold every cap against it."""
        self.vote.publish()
        records = [self.vote.names.unpack(leaf) for leaf in self.vote.log.entries(1)]
        columns = ("voter", "nominee", "votes", "channel", "cast_at")
        assert [{name: record[name] for name in columns} for record in records] == [
            {name: ballot[name] for name in columns} for ballot in self.oracle.taken
        ]
        votes = self.vote.standings().votes
        assert {
            (nominee, channel): sums for nominee, channels in votes.items() for channel, sums in channels.items()
        } == self.oracle.standings()
        for leaf, receipt in self.receipts.items():
            proof = TlogProof.parse(receipt)
            origin = commit_origin(self.vote.signer.verifier.name, leaf - proof.index)
            proof.verify(self.vote.record(leaf), self.vote.signer.verifier, origin=origin)
            assert proof.extra == self.vote.log.entry(leaf)
        if self.rule.keep == "first":
            self.check_caps(records)

    def check_caps(self, records: list[dict[str, Any]]) -> None:
        spent: dict[tuple[object, ...], int] = defaultdict(int)
        for record in records:
            channel = self.rule.channel_named(record["channel"])
            assert channel is not None
            if channel.cap is None:
                continue
            day = voting_day(record["cast_at"], self.rule.day.zone, self.rule.day.starts_at)
            period = {"day": day, "window": window_of(record, list(self.season.windows())), "vote": None}
            scope = record["nominee"] if channel.cap.scope == "nominee" else ""
            spent[record["voter"], channel.id, period[channel.cap.per], scope] += record["votes"]
        assert all(votes <= 5 for votes in spent.values())


@settings(max_examples=examples(60))
@given(commits=commits, offset=st.sampled_from([-SECOND, 0, HOUR, 20 * HOUR]), quick_seconds=st.sampled_from([0, 60]))
def test_any_interleaving_is_what_one_ask_at_a_time_gives(
    prepared: Prepared, commits: list[tuple[list[tuple[int, BallotRequest]], bool]], offset: int, quick_seconds: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(intake, "QUICK_SECONDS", quick_seconds)
        walk = Walk(prepared, min(window.opens_at for window in prepared.season.windows()) + offset)
        try:
            for timed, is_restarted in commits:
                asyncio.run(walk.commit(timed))
                if is_restarted:
                    walk.restart()
            walk.check()
        finally:
            walk.vote.stop()


@pytest.fixture
def folder() -> Iterator[Path]:
    with in_memory() as path:
        yield path / "season"


@pytest.fixture
def season(folder: Path) -> Season:
    return opened(folder)


def test_a_key_has_one_receipt_in_the_same_commit_later_after_a_restart_and_after_closing(season: Season) -> None:
    clock = Hands()
    with LiveVote(season, clock=clock) as vote:
        others = [ask(voter=voter, key=f"other-{voter}") for voter in range(2, 30)]
        first, *_, again = asyncio.run(together(vote, [ask(), *others, ask()]))
        [later] = vote.take([ask()])
    with LiveVote(season, clock=clock) as vote:
        [restarted] = vote.take([ask()])
        clock.now = CLOSES
        vote.close()
        [closed] = vote.take([ask()])
        [new] = vote.take([ask(key="another")])
    with LiveVote(season, clock=clock) as vote:
        [reopened] = vote.take([ask()])
        kept = vote.names.unpack(vote.record(1))

    answers = [first, again, later, restarted, closed, reopened]
    assert all(isinstance(answer, AcceptedBallot) for answer in answers)
    assert {(one.leaf, one.receipt, one.cast_at, one.ask) for one in answers if isinstance(one, AcceptedBallot)} == {
        (1, first.receipt, kept["cast_at"], ask()) if isinstance(first, AcceptedBallot) else ()
    }
    assert (kept["nominee"], kept["votes"], kept["voter"], kept["source"]) == ("bts", 1, 1, "guest")
    assert [answer.is_replay for answer in answers if isinstance(answer, AcceptedBallot)] == [False] + [True] * 5
    assert isinstance(new, VoteClosed)


@pytest.mark.parametrize("change", [{"nominee": "drake"}, {"votes": 2}, {"channel": "post", "gesture": "post"}])
def test_a_key_stands_for_one_ballot(season: Season, change: dict[str, Any]) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        _, staged = vote.take([ask(), ask(**change)])
        [later] = vote.take([ask(**change)])
        [others] = vote.take([ask(voter=2, **change)])

        assert isinstance(staged, KeyReused)
        assert isinstance(later, KeyReused)
        assert later.values == {"leaf": 1}
        assert answered([others]) == ["2"]


def test_receipts_of_many_keys_sent_again_are_made_commit_by_commit(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        sent = [[ask(voter=voter, key=f"key-{size}") for voter in range(size)] for size in (3, 1, 40)]
        given_at_first = [answer for some in sent for answer in vote.take(some)]
        made: list[int] = []

        def counted(records: list[bytes], first: int, *rest: Any) -> list[str]:
            made.append(first)
            return receipts(records, first, *rest)

        monkeypatch.setattr(judge, "receipts", counted)
        again = vote.take([one for some in sent for one in some][::-1])[::-1]

        assert [one.receipt for one in again if isinstance(one, AcceptedBallot)] == [
            one.receipt for one in given_at_first if isinstance(one, AcceptedBallot)
        ]
        assert made == [1, 4, 5]


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("cap", [1, 7])
def test_many_at_once_of_one_voter_are_taken_up_to_the_cap_and_no_further(folder: Path, cap: int) -> None:
    async def rush(vote: LiveVote) -> list[str]:
        waves = []
        for wave in range(6):
            waves.append(asyncio.create_task(together(vote, [ask(key=f"{wave}-{one}") for one in range(50)])))
            await asyncio.sleep(0)
        return [word for wave in await asyncio.gather(*waves) for word in answered(wave)]

    with LiveVote(opened(folder, votes=cap), clock=Hands()) as vote:
        words = asyncio.run(rush(vote))

        assert sorted(words) == sorted([*map(str, range(1, cap + 1)), *["AllowanceSpent"] * (300 - cap)])
        assert vote.left(1) == 0


@pytest.mark.usefixtures("disk")
def test_more_than_one_commit_holds_are_all_taken_in_order(season: Season) -> None:
    many = [ask(voter=voter) for voter in range(2_345)]
    with LiveVote(season, clock=Hands()) as vote:
        answers = asyncio.run(together(vote, many))
        sizes = vote.ballot_store.connection.execute("SELECT first, ballots FROM commits ORDER BY first").fetchall()

    assert answered(answers) == [str(leaf) for leaf in range(1, 2_346)]
    assert sizes == [(1, 1000), (1001, 1000), (2001, 345)]


@pytest.mark.usefixtures("disk")
def test_a_voter_who_hangs_up_breaks_nobody_and_its_ballot_stands_once(season: Season) -> None:
    async def rush(vote: LiveVote) -> list[Any]:
        tasks = [asyncio.create_task(vote.cast(ask(voter=voter))) for voter in range(9)]
        await asyncio.sleep(0)
        tasks[4].cancel()
        await asyncio.sleep(0)
        tasks[5].cancel()
        return [*await asyncio.gather(*tasks, return_exceptions=True), await vote.cast(ask(voter=4))]

    with LiveVote(season, clock=Hands()) as vote:
        *answers, again = asyncio.run(rush(vote))

        assert [answer.leaf for answer in answers if isinstance(answer, AcceptedBallot)] == [1, 2, 3, 4, 7, 8, 9]
        assert (again.leaf, again.is_replay, vote.standings().ballots) == (5, True, 9)


@pytest.mark.usefixtures("slow_disk")
def test_ballots_that_queue_while_a_commit_runs_are_judged_after_it(season: Season) -> None:
    async def rush(vote: LiveVote) -> list[str]:
        first = asyncio.create_task(vote.cast(ask(votes=4)))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # its commit runs now
        rest = await together(vote, [ask(votes=4), ask(votes=2, key="k2"), ask(votes=1, key="k3")])
        return answered([await first, *rest])

    with LiveVote(season, clock=Hands()) as vote:
        assert asyncio.run(rush(vote)) == ["1", "1", "AllowanceSpent", "2"]


def test_a_full_queue_refuses_and_forgets_nobody(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "QUEUE_MOST", 10)
    with LiveVote(season, clock=Hands()) as vote:
        answers = asyncio.run(together(vote, [ask(voter=voter) for voter in range(15)]))
        again = vote.take([ask(voter=voter) for voter in range(15)])

    assert answered(answers) == [*map(str, range(1, 11)), *["VoteUnavailable"] * 5]
    assert answered(again) == [str(leaf) for leaf in range(1, 16)]


@pytest.mark.usefixtures("slow_disk")
def test_stopping_answers_everybody(season: Season) -> None:
    async def rush(vote: LiveVote) -> list[Any]:
        begun = asyncio.create_task(tried(vote, ask()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        queued = asyncio.create_task(tried(vote, ask(voter=2)))
        await asyncio.sleep(0)
        vote.stop()
        late = asyncio.create_task(tried(vote, ask(voter=3)))
        return list(await asyncio.wait_for(asyncio.gather(begun, queued, late), 5))

    assert answered(asyncio.run(rush(LiveVote(season, clock=Hands())))) == ["1", "VoteUnavailable", "VoteUnavailable"]
    with LiveVote(season, clock=Hands()) as vote:
        assert vote.standings().ballots == 1


def test_a_disk_is_waited_for_as_long_as_it_is_quick(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    committing: list[int] = []
    seconds = iter([0.0, 0.3, 0.3, 0.0, 0.0])
    commit = SqliteBallotStore.commit

    def timed(ballot_store: SqliteBallotStore) -> None:
        committing.append(threading.get_ident())
        time.sleep(next(seconds))
        commit(ballot_store)

    monkeypatch.setattr(SqliteBallotStore, "commit", timed)
    monkeypatch.setattr(intake, "QUICK_SECONDS", 0.25)
    with LiveVote(season, clock=Hands()) as vote:
        answers = [asyncio.run(vote.cast(ask(voter=voter))).leaf for voter in range(5)]

    assert answers == [1, 2, 3, 4, 5]
    assert [thread == threading.get_ident() for thread in committing] == [True, True, False, False, True]


@pytest.mark.usefixtures("slow_disk")
def test_an_import_keeps_out_of_the_way_of_a_commit(season: Season) -> None:
    async def rush(vote: LiveVote) -> str:
        begun = asyncio.create_task(vote.cast(ask()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        with pytest.raises(VoteUnavailable, match="in flight"):
            vote.take([ask(voter=2)])
        return answered([await begun])[0]

    with LiveVote(season, clock=Hands()) as vote:
        assert asyncio.run(rush(vote)) == "1"
        assert answered(vote.take([ask(voter=2)])) == ["2"]
        assert vote.take([]) == []


def test_with_the_last_votes_kept_each_ballot_has_the_whole_cap(folder: Path) -> None:
    season = opened(folder, keys='keep = "last"')
    with LiveVote(season, clock=Hands()) as vote:
        answers = vote.take([ask(votes=4), ask(votes=5, key="k2"), ask(votes=6, key="k3")])

        assert answered(answers) == ["1", "2", "AllowanceSpent"]
        assert [answer.left for answer in answers if isinstance(answer, AcceptedBallot)] == [5, 5]
        assert vote.left(1) == 5


def test_an_imported_post_counts_on_the_day_it_was_posted(season: Season) -> None:
    yesterday = OPENS + HOUR
    posts = [
        ask(channel="post", gesture="post", votes=5, key=f"post-{at}", cast_at=at, post=f"https://s.example/{at}")
        for at in (yesterday, yesterday + 1, yesterday + 24 * HOUR)
    ]
    with LiveVote(season, clock=Hands(NOW + 30 * HOUR)) as vote:
        answers = vote.take(posts)

        assert answered(answers) == ["1", "AllowanceSpent", "2"]
        assert vote.left(1) == 5  # of the page's channel


def test_a_batch_that_holds_a_defect_of_ours_takes_nothing_and_the_next_goes_on(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        for broken in (ask(voter=1 << 63), ask(voter=3, post="\ud800")):
            with pytest.raises((OverflowError, UnicodeEncodeError)):
                vote.take([ask(), broken])
            with pytest.raises((OverflowError, UnicodeEncodeError)):
                asyncio.run(vote.cast(broken))

        assert answered(vote.take([ask(voter=2)])) == ["1"]
        assert vote.left(1) == 5


# Defects


@pytest.mark.usefixtures("disk")
def test_a_defect_that_one_ballot_meets_is_that_ballots_answer_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = Names.pack

    def defect(names: Names, ballot: Ballot) -> bytes:
        if ballot.voter in {3, 7}:
            raise ZeroDivisionError(str(ballot.voter))
        return pack(names, ballot)

    monkeypatch.setattr(Names, "pack", defect)
    with LiveVote(opened(tmp_path / "s"), clock=Hands()) as vote:
        answers = asyncio.run(gathered(vote, [ask(voter=voter) for voter in range(10)]))
        assert [str(answer) for answer in answers if not isinstance(answer, AcceptedBallot)] == ["3", "7"]
        monkeypatch.setattr(Names, "pack", pack)
        again = asyncio.run(gathered(vote, [ask(voter=voter) for voter in range(10)]))

        leaves = [answer.leaf for answer in again if isinstance(answer, AcceptedBallot)]
        assert sorted(leaves) == list(range(1, 11))
        assert {leaves[3], leaves[7]} == {9, 10}
        assert vote.standings().ballots == 10


@pytest.mark.usefixtures("disk")
def test_a_voter_who_cannot_be_told_keeps_no_other_from_being_told(tmp_path: Path) -> None:
    told: list[object] = []

    def breaks(_: object) -> None:
        raise ZeroDivisionError

    async def rush(vote: LiveVote) -> None:
        loop = asyncio.get_running_loop()
        for voter in range(5):
            vote.submit(ask(voter=voter), breaks if voter == 1 else told.append, loop)
        await vote.cast(ask(voter=9))

    with LiveVote(opened(tmp_path / "s"), clock=Hands()) as vote:
        asyncio.run(asyncio.wait_for(rush(vote), 10))
        assert len(told) == 4
        assert vote.standings().ballots == 6


async def gathered(vote: LiveVote, asks: list[BallotRequest]) -> list[object]:
    return await asyncio.gather(*(vote.cast(one) for one in asks), return_exceptions=True)
