"""A live vote opens, publishes and closes; nothing of it is changed, skipped or taken back."""

from __future__ import annotations

import asyncio
import json
import shutil
import subprocess
import sys
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import CheckpointsFork, OutOfTurn, ProofInvalid, UnknownName, VoteUnavailable
from plaudit.base.weeks import instant_text
from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.log import Log
from plaudit.ledger.proven import ProvenTiles
from plaudit.ledger.tree import verify_consistency
from plaudit.rulebook.season import Season, read_season
from plaudit.vote import live
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from tests.conftest import bytes_below
from tests.profiles import examples
from tests.vote.seasons import CLOSES, NOMINEES, NOW, OPENS, live_season
from tests.vote.voting import Hands, answered, ask, in_memory, opened, together, tried, until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from plaudit.ledger.checkpoint import Checkpoint

HOUR = 3_600_000_000


@pytest.fixture
def folder() -> Iterator[Path]:
    with in_memory() as path:
        yield path / "season"


@pytest.fixture
def season(folder: Path) -> Season:
    return opened(folder)


def ballots(vote: LiveVote, voters: Sequence[int]) -> list[str]:
    """Take one ballot of each voter."""
    return answered(vote.take([ask(voter=voter) for voter in voters]))


def closing_leaf(vote: LiveVote) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(vote.log.entry(vote.log.size - 1))
    return found


# Opening


def test_opening_twice_changes_nothing(season: Season) -> None:
    def made() -> dict[str, bytes]:
        return bytes_below(season.folder, lambda name: name.startswith("vote/"))

    before = made()
    checkpoint = open_vote(season, NOMINEES[::-1])

    assert made() == before
    assert checkpoint.size == 1
    assert Log(season.log).entry(0) == open_leaf(season)


def open_leaf(season: Season) -> bytes:
    with LiveVote(season, clock=Hands()) as vote:
        return vote.opening.leaf


def test_the_verifier_key_stands_beside_the_log(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        wanted = f"{vote.signer.verifier}\n"

    assert (season.log / "verifier.key").read_text("utf-8") == wanted


def test_what_was_not_opened_takes_no_ballots(folder: Path) -> None:
    season = live_season(folder)
    with pytest.raises(OutOfTurn, match="plaudit vote open"):
        LiveVote(season)
    with pytest.raises(OutOfTurn, match="nobody is nominated"):
        open_vote(season, [])

    assert not (season.folder / "vote").exists()


@pytest.mark.parametrize(
    ("was", "then", "what"),
    [
        ("to = 2026-01-04T00:00:00Z", "to = 2026-01-05T00:00:00Z", "windows"),
        ('edition = "2026"', 'edition = "2027"', "edition"),
        ('award = "tests/live"', 'award = "tests/other"', "award"),
        ("guests = true", 'guests = true\nemail = { host = "h", sender = "s@h.example" }', "sources"),
    ],
)
def test_a_season_changed_after_opening_is_refused_and_says_in_what(
    season: Season, was: str, then: str, what: str
) -> None:
    file = season.folder / "season.toml"
    text = file.read_text("utf-8")
    assert was in text
    file.write_text(text.replace(was, then), "utf-8")
    changed = read_season(season.folder)
    for refused in (lambda: LiveVote(changed), lambda: open_vote(changed, NOMINEES)):
        with pytest.raises(ProofInvalid, match=f"the vote was opened with {what} .*, now it is "):
            refused()
    file.write_text(text, "utf-8")

    with LiveVote(read_season(season.folder), clock=Hands()) as vote:
        assert ballots(vote, [1]) == ["1"]


def test_a_changed_rule_or_other_nominees_are_refused(season: Season) -> None:
    with pytest.raises(ProofInvalid, match=r"opened with nominees .*, now it is "):
        open_vote(season, ["bts"])
    rule = season.folder / "rules" / "live-rule@1.toml"
    rule.write_text(rule.read_text("utf-8").replace("votes = 5", "votes = 6"), "utf-8")
    with pytest.raises(ProofInvalid, match=r"opened with rules .*, now it is "):
        LiveVote(read_season(season.folder))


def test_a_vote_does_not_start_again_with_the_names_of_two_nominees_swapped(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        assert ballots(vote, [1]) == ["1"]
    file = season.folder / "artists.toml"
    file.write_text(file.read_text("utf-8").replace("BTS", "?").replace("IU", "BTS").replace("?", "IU"), "utf-8")
    changed = read_season(season.folder)
    for refused in (lambda: LiveVote(changed), lambda: open_vote(changed, NOMINEES)):
        with pytest.raises(ProofInvalid, match="opened with nominee bts called 'BTS' in en, and now it is 'IU' in en"):
            refused()


# One process


def test_a_second_taker_is_refused_and_the_first_goes_on(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        with pytest.raises(OutOfTurn, match="another process"):
            LiveVote(season)
        assert ballots(vote, [1]) == ["1"]
    with LiveVote(season, clock=Hands()) as vote:
        assert ballots(vote, [1, 2]) == ["1", "2"]


def test_opening_again_beside_the_taker_changes_nothing_and_other_nominees_are_refused(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        ballots(vote, [1])
        published = vote.publish()
        before = bytes_below(season.folder)

        assert open_vote(season, NOMINEES) == published
        with pytest.raises(ProofInvalid, match="opened with nominees"):
            open_vote(season, ["bts"])
        assert bytes_below(season.folder) == before


def test_a_second_process_is_refused(season: Season) -> None:
    script = (
        "import sys; from pathlib import Path; from plaudit.base.errors import OutOfTurn\n"
        "from plaudit.rulebook.season import read_season; from plaudit.vote.live import LiveVote\n"
        "try: LiveVote(read_season(Path(sys.argv[1])))\n"
        "except OutOfTurn as refused: print(refused.what)"
    )
    with LiveVote(season, clock=Hands()):
        said = subprocess.run(
            [sys.executable, "-c", script, str(season.folder)], capture_output=True, text=True, check=True, timeout=60
        )

    assert said.stdout == "another process takes this vote's ballots\n"


# Publishing


@settings(max_examples=examples(12))
@given(st.lists(st.integers(0, 300), min_size=1, max_size=6), st.sets(st.integers(0, 5)))
def test_each_checkpoint_is_consistent_with_the_one_before(sizes: list[int], restarts: set[int]) -> None:
    with in_memory() as folder:
        publish_and_compare(opened(folder / "season"), sizes, restarts)


def publish_and_compare(season: Season, sizes: list[int], restarts: set[int]) -> None:
    vote = LiveVote(season, clock=Hands())
    seen: list[Checkpoint] = [vote.publish()]
    voters = iter(range(10_000))
    try:
        for number, size in enumerate(sizes):
            ballots(vote, [next(voters) for _ in range(size)])
            seen += [vote.publish(), vote.publish()]
            if number in restarts:
                vote.stop()
                vote = LiveVote(season, clock=Hands())
        seen.append(vote.close("to see the end"))

        note = (season.log / "checkpoint").read_text("utf-8")
        assert open_checkpoint(note, vote.signer.verifier) == seen[-1]
        assert [one.size for one in seen[::2]] == [1 + sum(sizes[:n]) for n in range(len(sizes) + 1)]
        for old, new in pairwise(seen):
            path = vote.log.prove_consistency(old.size, new.size)
            verify_consistency(old.size, old.root, new.size, new.root, path)
        Log(season.log).check()
    finally:
        vote.stop()


def test_a_published_receipt_verifies_and_its_leaf_is_the_logs(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        ballots(vote, range(20))
        with pytest.raises(UnknownName, match="leaf 7 is in no checkpoint yet") as early:
            vote.receipt(7)
        assert early.value.values["retry_after"] == 1
        checkpoint = vote.publish()

        for leaf in range(1, 21):
            proof = vote.receipt(leaf)
            assert proof.extra == vote.record(leaf) == vote.log.entry(leaf)
            assert proof.verify(vote.record(leaf), vote.signer.verifier) == checkpoint
            with pytest.raises(ProofInvalid):
                proof.verify(vote.record(leaf % 20 + 1), vote.signer.verifier)
        for none in (0, 21):
            with pytest.raises(UnknownName, match=f"no ballot at leaf {none}; the last one is 20"):
                vote.receipt(none)


def test_receipts_read_while_the_log_is_published_are_whole(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(*args: Any) -> ProvenTiles:
        time.sleep(0.005)  # between reading the checkpoint and reading its tiles
        return ProvenTiles(*args)

    monkeypatch.setattr("plaudit.ledger.reader.ProvenTiles", slowly)

    async def read(vote: LiveVote) -> int:
        verified = 0
        for wave in range(12):
            await together(vote, [ask(voter=wave * 100 + voter) for voter in range(100)])
            publishing = asyncio.ensure_future(asyncio.to_thread(vote.publish))
            while not publishing.done():
                if vote.log.size > 1:
                    leaf = vote.log.size - 1
                    vote.receipt(leaf).verify(vote.record(leaf), vote.signer.verifier)
                    verified += 1
                await asyncio.sleep(0)
            await publishing
        return verified

    with LiveVote(season, clock=Hands()) as vote:
        assert asyncio.run(read(vote)) > 12
        assert vote.log.size == 1_201


def test_the_log_is_rebuilt_from_the_box_to_the_same_root(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        ballots(vote, range(700))
        before = vote.publish()
    shutil.rmtree(season.log)
    with LiveVote(season, clock=Hands()) as vote:
        assert vote.publish() == before


def test_a_log_behind_the_box_is_brought_up_and_one_ahead_is_refused(season: Season) -> None:
    ballot_store = season.folder / "vote" / "ballots.sqlite"
    with LiveVote(season, clock=Hands()) as vote:
        ballots(vote, range(3))
        vote.publish()
    backup = ballot_store.read_bytes()
    log = shutil.copytree(season.log, season.folder / "log-of-then")
    with LiveVote(season, clock=Hands()) as vote:
        ballots(vote, range(3, 9))
        ahead = vote.publish()
    newer = ballot_store.read_bytes()
    ballot_store.write_bytes(backup)
    with pytest.raises(ProofInvalid, match="the log holds 10 leaves, but the ballot store holds 3 ballots; restore"):
        LiveVote(season)
    ballot_store.write_bytes(newer)
    shutil.rmtree(season.log)
    shutil.move(log, season.log)

    with LiveVote(season, clock=Hands()) as vote:
        assert vote.publish() == ahead


def test_a_log_of_other_ballots_is_refused(season: Season) -> None:
    ballot_store = season.folder / "vote" / "ballots.sqlite"
    backup = ballot_store.read_bytes()
    with LiveVote(season, clock=Hands()) as vote:
        ballots(vote, [1])
        vote.publish()
    ballot_store.write_bytes(backup)
    shutil.move(season.log, season.folder / "log-of-then")
    with pytest.raises(ProofInvalid, match="the log holds 2 leaves, but the ballot store holds 0 ballots"):
        LiveVote(season)  # by what was signed
    (season.folder / "vote" / "signed-checkpoint").rename(season.folder / "signed-then")
    with LiveVote(season, clock=Hands()) as vote:
        ballots(vote, [2])
    shutil.move(season.folder / "log-of-then", season.log)

    with pytest.raises(ProofInvalid, match="leaf 1 is not the ballot in the ballot store"):
        LiveVote(season)
    shutil.rmtree(season.log)
    (season.folder / "signed-then").rename(season.folder / "vote" / "signed-checkpoint")
    with pytest.raises(CheckpointsFork, match=r"the ballot store's first 2 leaves give root .*, but .* was signed"):
        LiveVote(season)


# The window's edges


def test_a_ballot_a_microsecond_before_the_closing_instant_counts_and_one_at_it_does_not(season: Season) -> None:
    clock = Hands(OPENS - 1)
    with LiveVote(season, clock=clock) as vote:
        words = []
        for voter, now in enumerate([OPENS - 1, OPENS, CLOSES - 1, CLOSES]):
            clock.now = now
            words += ballots(vote, [voter])
            assert vote.is_open(now) == (words[-1] != "VoteClosed")

    assert words == ["VoteClosed", "1", "2", "VoteClosed"]


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize(("in_flight", "word"), [("received", "2"), ("committed", "VoteClosed")])
def test_what_is_in_flight_at_the_closing_instant_is_decided_by_the_rule(
    folder: Path, in_flight: str, word: str
) -> None:
    season = opened(folder, intake=f'in_flight = "{in_flight}"')
    clock = Hands(CLOSES - 1)

    async def rush(vote: LiveVote) -> list[str]:
        begun = asyncio.create_task(tried(vote, ask()))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # its commit runs
        queued = asyncio.create_task(tried(vote, ask(voter=2)))
        await asyncio.sleep(0)
        clock.now = CLOSES
        finishing = asyncio.create_task(vote.finish())
        words = answered([await begun, await queued, await tried(vote, ask(voter=3))])
        assert (await finishing).size == 2 + len([word for word in words if word.isdigit()])
        return words

    with LiveVote(season, clock=clock) as vote:
        assert asyncio.run(rush(vote)) == ["1", word, "VoteClosed"]
        assert vote.closed_at == CLOSES
        assert closing_leaf(vote)["ballots"] == vote.standings().ballots


@pytest.mark.usefixtures("disk")
def test_whoever_asked_before_an_early_closing_is_decided_and_whoever_asks_after_is_not(season: Season) -> None:
    async def rush(vote: LiveVote) -> list[str]:
        before = [asyncio.create_task(tried(vote, ask(voter=voter))) for voter in range(1_500)]
        await asyncio.sleep(0)
        finishing = asyncio.create_task(vote.finish("a rehearsal"))
        await asyncio.sleep(0)
        after = [asyncio.create_task(tried(vote, ask(voter=voter))) for voter in range(1_400, 1_600)]
        words = answered(await asyncio.gather(*before, *after))
        await finishing
        return words

    with LiveVote(season, clock=Hands()) as vote:
        words = asyncio.run(rush(vote))

        assert words[:1_500] == [str(leaf) for leaf in range(1, 1_501)]
        assert words[1_500:1_600] == [str(leaf) for leaf in range(1_401, 1_501)]  # the same keys, the same ballots
        assert set(words[1_600:]) == {"VoteClosed"}
        assert closing_leaf(vote)["ballots"] == 1_500


def test_closing_ends_though_voters_keep_asking(season: Season) -> None:
    async def rush(vote: LiveVote) -> Checkpoint:
        async def insist() -> None:
            while True:
                await tried(vote, ask(voter=5))

        insisting = [asyncio.create_task(insist()) for _ in range(20)]
        await asyncio.sleep(0.01)
        checkpoint = await asyncio.wait_for(vote.finish("a rehearsal"), 10)
        for task in insisting:
            task.cancel()
        return checkpoint

    with LiveVote(season, clock=Hands()) as vote:
        assert asyncio.run(rush(vote)).size == 3


# Closing


def test_closing_before_the_end_needs_a_reason_and_the_log_holds_it(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        ballots(vote, [1])
        with pytest.raises(OutOfTurn, match="the last window ends at 2026-01-04T00:00:00Z; wait, or"):
            vote.close()
        assert ballots(vote, [2]) == ["2"]
        vote.close("the broadcaster asked")

        assert closing_leaf(vote) == {
            "type": "https://plaudit.dev/closing/v1",
            "ballots": 2,
            "closed_at": instant_text(NOW),
            "because": "the broadcaster asked",
        }


def test_closing_twice_changes_nothing(season: Season) -> None:
    clock = Hands(CLOSES)
    with LiveVote(season, clock=clock) as vote:
        first = vote.close()
        clock.now += HOUR
        again = vote.close("another reason")
        by_then = asyncio.run(vote.finish("a third"))
    with LiveVote(season, clock=clock) as vote:
        clock.now += HOUR
        reopened = vote.close()

        assert first == again == by_then == reopened
        assert closing_leaf(vote)["because"] == ""
        assert vote.closed_at == CLOSES
        assert not vote.is_open(NOW)


def test_a_reason_that_led_to_no_closing_is_not_the_later_ones(season: Season) -> None:
    clock = Hands()
    with LiveVote(season, clock=clock) as vote:
        vote.ballot_store.set_state("closed_because", "killed before it was closed")
        clock.now = CLOSES
        vote.close()

        assert closing_leaf(vote)["because"] == ""


def test_a_vote_closed_in_the_box_alone_is_closed_in_the_log_by_the_next_start(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PUBLISH_SECONDS", 0.001)
    with LiveVote(season, clock=Hands(CLOSES)) as vote:
        vote.publish()
        vote.ballot_store.set_state("closed_at", CLOSES)

    async def tend(vote: LiveVote) -> None:
        task = asyncio.create_task(vote.keep_publishing())
        await until(lambda: vote.log.size == 2)
        task.cancel()

    with LiveVote(season, clock=Hands(CLOSES + 5)) as vote:
        asyncio.run(tend(vote))
        assert closing_leaf(vote)["closed_at"] == instant_text(CLOSES)


def test_it_publishes_by_itself_and_closes_when_the_window_does(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PUBLISH_SECONDS", 0.001)
    clock = Hands()

    async def tend(vote: LiveVote) -> None:
        task = asyncio.create_task(vote.keep_publishing())
        await together(vote, [ask(voter=1), ask(voter=2)])
        await until(lambda: vote.log.size == 3)
        clock.now = CLOSES - 1
        await asyncio.sleep(0.05)
        assert vote.closed_at is None
        clock.now = CLOSES
        await until(lambda: vote.log.size == 4)
        task.cancel()

    with LiveVote(season, clock=clock) as vote:
        asyncio.run(tend(vote))
        assert closing_leaf(vote)["ballots"] == 2


@pytest.mark.parametrize("early", ["", "  \n"])
def test_a_request_closes_the_vote_once_it_gives_a_reason(
    season: Season, monkeypatch: pytest.MonkeyPatch, early: str
) -> None:
    monkeypatch.setattr(live, "PUBLISH_SECONDS", 0.001)
    request = season.folder / "vote" / "close-request"

    async def tend(vote: LiveVote) -> None:
        task = asyncio.create_task(vote.keep_publishing())
        request.write_text(early, "utf-8")  # a file is there before what is written into it
        await asyncio.sleep(0.05)
        assert (vote.closed_at, task.done()) == (None, False)
        request.write_text("the broadcaster asked\n", "utf-8")
        await until(lambda: vote.log.size == 2 and not request.exists())
        task.cancel()

    with LiveVote(season, clock=Hands()) as vote:
        asyncio.run(tend(vote))
        assert closing_leaf(vote)["because"] == "the broadcaster asked"


# The clock


def test_a_jump_ahead_closes_nothing_and_takes_nothing_until_the_clock_is_right(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PUBLISH_SECONDS", 0.001)
    wall, steady = Hands(), Hands(0)

    async def jump(vote: LiveVote) -> list[str]:
        task = asyncio.create_task(vote.keep_publishing())
        wall.now = CLOSES + HOUR
        words = answered([await tried(vote, ask())])
        await asyncio.sleep(0.05)
        assert (vote.closed_at, task.done()) == (None, False)
        wall.now, steady.now = NOW + HOUR, HOUR
        words += answered([await tried(vote, ask())])
        task.cancel()
        return words

    with LiveVote(season, clock=wall, steady=steady) as vote:
        assert asyncio.run(jump(vote)) == ["VoteUnavailable", "1"]


def test_a_request_made_while_the_clock_is_wrong_is_kept_until_it_is_right(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PUBLISH_SECONDS", 0.001)
    wall, steady = Hands(), Hands(0)
    request = season.folder / "vote" / "close-request"

    async def jump(vote: LiveVote) -> None:
        task = asyncio.create_task(vote.keep_publishing())
        wall.now = CLOSES + HOUR
        request.write_text("a rehearsal", "utf-8")
        await until(lambda: "stepped" in vote.trouble)
        assert request.exists()
        wall.now = NOW
        await until(lambda: not request.exists() and not vote.trouble)
        task.cancel()

    with LiveVote(season, clock=wall, steady=steady) as vote:
        asyncio.run(jump(vote))
        assert vote.closed_at == NOW


def test_ballots_after_a_step_back_bear_the_last_instant_and_over_a_restart_too(season: Season) -> None:
    clock = Hands()
    with LiveVote(season, clock=clock) as vote:
        ballots(vote, [1])
        clock.now = NOW - 5_000_000
        ballots(vote, [2])
    with LiveVote(season, clock=clock) as vote:
        ballots(vote, [3])
        instants = [vote.names.unpack(vote.record(leaf))["cast_at"] for leaf in (1, 2, 3)]
    clock.now -= 1
    with LiveVote(season, clock=clock) as vote, pytest.raises(VoteUnavailable, match="stepped from"):
        vote.take([ask(voter=4)])

    assert instants == [NOW] * 3


# What is seen


def test_standings_and_votes_left_are_those_of_what_was_taken(season: Season) -> None:
    clock = Hands()
    with LiveVote(season, clock=clock) as vote:
        vote.take([ask(votes=2), ask(votes=1, key="k2", nominee="iu"), ask(voter=2, channel="post", gesture="post")])
        seen = vote.standings()
    with LiveVote(season, clock=clock) as vote:
        assert vote.standings() == seen
        assert (seen.as_of, seen.ballots) == (NOW, 3)
        assert seen.votes == {"bts": {"web": 2, "post": 1}, "drake": {}, "iu": {"web": 1}}
        assert [vote.left(voter) for voter in (1, 2, 3)] == [2, 5, 5]
        clock.now += 24 * HOUR
        assert vote.left(1) == 5


def test_votes_left_for_each_nominee_are_told_by_nominee(folder: Path) -> None:
    with LiveVote(opened(folder, scope="nominee"), clock=Hands()) as vote:
        vote.take([ask(votes=2)])

        assert [vote.left(1, nominee) for nominee in ("bts", "iu", "")] == [3, 5, 5]
