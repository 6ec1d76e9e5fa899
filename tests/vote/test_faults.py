"""Disks that fill up, fail or lie, and processes that are killed: nothing is lost, nothing is counted twice."""

from __future__ import annotations

import asyncio
import json
import os
import random
import resource
import shutil
import subprocess
import sys
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.base.errors import OutOfTurn, ProofInvalid, VoteUnavailable
from plaudit.ledger.log import Log
from plaudit.ledger.tree import verify_consistency
from plaudit.vote import live
from plaudit.vote.judge import AcceptedBallot
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.vote.publisher import Publisher
from tests.vote.seasons import CLOSES, NOMINEES, NOW
from tests.vote.voting import Hands, answered, ask, in_memory, opened, together, tried, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plaudit.rulebook.season import Season

ROOT = Path(__file__).parents[2]
WAL_FRAME = 24 + 4_096
DISK_ROUNDS = int(os.environ.get("PLAUDIT_DISK_ROUNDS", "2"))
"""How often a disk of its own fills up and is emptied."""


@pytest.fixture
def season() -> Iterator[Season]:
    with in_memory() as folder:
        yield opened(folder / "season")


@contextmanager
def disk_full_at(file_bytes: int) -> Iterator[None]:
    """Let no file grow beyond so many bytes; what is written across the limit is torn there."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def wal_bytes(vote: LiveVote) -> int:
    return vote.ballot_store.path.with_name("ballots.sqlite-wal").stat().st_size


def cast(vote: LiveVote, *voters: int) -> list[str]:
    """Cast a ballot of each voter at the same time, and give the answers as words."""
    return answered(asyncio.run(together(vote, [ask(voter=voter) for voter in voters])))


def assert_sound(vote: LiveVote, ballots: int) -> None:
    """Check that box, allowances, standings and log hold so many ballots of a vote each, and each once."""
    ballot_store = vote.ballot_store.connection
    assert ballot_store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    for of_all in (
        "count(*) FROM ballots",
        "count(*) FROM voters WHERE fact LIKE 'asked %'",
        "sum(value) FROM voters WHERE fact LIKE 'spent %'",
        "sum(votes) FROM standings",
    ):
        assert ballot_store.execute(f"SELECT {of_all}").fetchone() == (ballots,), of_all
    assert vote.standings().ballots == vote.ballot_store.last()[0] == ballots
    assert sum(sums for channels in vote.standings().votes.values() for sums in channels.values()) == ballots
    vote.publish()
    assert list(vote.log.entries(1)) == vote.ballot_store.records(1, ballots)


# Commits that fail


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("free", [0, 1, 23, 24, 100, 4_120, 5_000, 8_240, 12_360, 16_400])
def test_a_disk_that_fills_up_anywhere_in_a_commit_takes_nothing_and_the_same_keys_count_once_later(
    season: Season, free: int
) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        assert cast(vote, 1, 2, 3) == ["1", "2", "3"]
        with disk_full_at(wal_bytes(vote) + free):
            assert cast(vote, 4, 5) == ["VoteUnavailable"] * 2
            meanwhile = cast(vote, 3, 4)  # where the write-ahead log could be moved into the box, there is room again
            assert meanwhile in (["VoteUnavailable"] * 2, ["3", "4"])
            if meanwhile == ["VoteUnavailable"] * 2:
                with pytest.raises(VoteUnavailable, match=r"be made durable: .*; try again with the same key"):
                    vote.take([ask(voter=7)])
            assert cast(vote, 3) == ["3"]
        assert cast(vote, 4, 6) == ["4", "5"]
        assert cast(vote, 5, 4) == ["6", "4"]
        assert_sound(vote, 6)
    with LiveVote(season, clock=Hands()) as vote:
        assert_sound(vote, 6)


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize(
    ("fault", "repair", "said"),
    [
        ("max_page_count = 1", "max_page_count = 1000000", "database or disk is full"),
        ("query_only = ON", "query_only = OFF", "attempt to write a readonly database"),
    ],
)
def test_a_box_that_cannot_be_written_says_so_and_goes_on_afterwards(
    season: Season, fault: str, repair: str, said: str
) -> None:
    crowd = range(1, 1_500)
    with LiveVote(season, clock=Hands()) as vote:
        vote.ballot_store.connection.execute(f"PRAGMA {fault}")
        answers = asyncio.run(together(vote, [ask(voter=voter) for voter in crowd]))
        assert {(type(answer), said in str(answer)) for answer in answers[-400:]} == {(VoteUnavailable, True)}
        kept = [
            answer.leaf for answer in answers if isinstance(answer, AcceptedBallot)
        ]  # as long as there was room in pages
        assert kept == list(range(1, len(kept) + 1))
        vote.ballot_store.connection.execute(f"PRAGMA {repair}")

        assert cast(vote, *crowd) == [str(leaf) for leaf in crowd]
        assert_sound(vote, 1_499)


@pytest.mark.usefixtures("disk")
def test_a_commit_broken_off_at_any_step_takes_all_or_nothing(season: Season) -> None:
    def broken_off(vote: LiveVote, after: int) -> Callable[[], object]:
        vote.ballot_store.connection.set_progress_handler(lambda: next(steps) == after, 1)
        steps = count()
        return lambda: vote.ballot_store.connection.set_progress_handler(None, 1)

    outcomes = set()
    with LiveVote(season, clock=Hands()) as vote:
        for voter, after in enumerate(range(0, 400, 3), 1):
            repair = broken_off(vote, after)
            words = cast(vote, 2 * voter, 2 * voter + 1)
            repair()
            first = 2 * voter - 1
            assert words in (["VoteUnavailable"] * 2, [str(first), str(first + 1)])
            outcomes.add(words[0] == "VoteUnavailable")
            assert cast(vote, 2 * voter, 2 * voter + 1) == [str(first), str(first + 1)]
        assert outcomes == {True, False}
        assert_sound(vote, 2 * voter)


@pytest.mark.usefixtures("disk")
@pytest.mark.parametrize("table", ["ballots", "commits", "voters", "standings"])
def test_a_statement_that_fails_leaves_nothing_staged(season: Season, table: str) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        for _ in range(2):
            vote.ballot_store.connection.execute(f"ALTER TABLE {table} RENAME TO away")
            with pytest.raises(VoteUnavailable, match="no such table"):
                vote.take([ask(voter=1)])
            assert not vote.ballot_store.connection.in_transaction
            assert cast(vote, 1, 2) == ["VoteUnavailable"] * 2
            assert not vote.ballot_store.connection.in_transaction
            vote.ballot_store.connection.execute(f"ALTER TABLE away RENAME TO {table}")
        assert answered(vote.take([ask(voter=1)])) == ["1"]
        assert_sound(vote, 1)


@pytest.mark.usefixtures("slow_disk")
def test_whoever_waits_behind_a_commit_that_fails_is_still_decided(season: Season) -> None:
    async def rush(vote: LiveVote, full_at: int) -> list[str]:
        with disk_full_at(full_at):
            first = asyncio.create_task(tried(vote, ask(voter=1)))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            behind = [asyncio.create_task(tried(vote, ask(voter=voter))) for voter in (1, 2)]
            gone = asyncio.create_task(tried(vote, ask(voter=3)))
            await asyncio.sleep(0)
            gone.cancel()
            found = [await first]
        return answered([*found, *[await one for one in behind]])

    with LiveVote(season, clock=Hands()) as vote:
        cast(vote, 9)
        words = asyncio.run(asyncio.wait_for(rush(vote, wal_bytes(vote) + 10), 10))
        assert words[0] == "VoteUnavailable"
        taken = cast(vote, 1, 2, 3)
        assert sorted(taken) == ["2", "3", "4"]
        assert all(word in {"VoteUnavailable", found} for word, found in zip(words[1:], taken, strict=False))
        assert_sound(vote, 4)


def test_closing_on_a_full_disk_is_asked_again(season: Season) -> None:
    clock = Hands()
    with LiveVote(season, clock=clock) as vote:
        cast(vote, 1)
        clock.now = CLOSES
        with disk_full_at(wal_bytes(vote) + 5):
            with pytest.raises(VoteUnavailable, match=r"ballots\.sqlite: "):
                vote.close()
            assert vote.closed_at is None
        assert vote.close().size == 3


# The log


@pytest.mark.parametrize("most", [0, 10, 60, 150, 300, 1_000, 3_000, 8_200, 14_000])
def test_a_disk_that_fills_up_while_publishing_leaves_the_log_consistent(season: Season, most: int) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        failures = 0
        old = vote.publish()
        for wave in range(4):
            vote.take([ask(voter=wave * 1_000 + voter) for voter in range(150 + 100 * wave)])
            with disk_full_at(most):
                try:
                    vote.publish()
                except OSError:
                    failures += 1
            new = vote.publish()
            verify_consistency(old.size, old.root, new.size, new.root, vote.log.prove_consistency(old.size))
            assert new.size == vote.standings().ballots + 1
            old = new
        assert failures
        assert_sound(vote, 1_200)
        Log(season.log).check()


def test_publishing_tells_of_each_trouble_once_and_goes_on_when_there_is_room(
    season: Season, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(live, "PUBLISH_SECONDS", 0.001)
    clock = Hands()

    async def tend(vote: LiveVote) -> None:
        task = asyncio.create_task(vote.keep_publishing())
        await vote.cast(ask(voter=1))
        await until(lambda: vote.log.size == 2)
        await vote.cast(ask(voter=2))
        with disk_full_at(10):
            await until(lambda: "File too large" in vote.trouble)
            clock.now = CLOSES
            await until(lambda: "disk I/O error" in vote.trouble)
        assert vote.closed_at is None
        await until(lambda: vote.log.size == 4 and not vote.trouble)
        assert not task.done()
        task.cancel()

    with LiveVote(season, clock=clock) as vote:
        asyncio.run(tend(vote))
        assert vote.closed_at == CLOSES
        told = [(record.name, record.levelname, record.getMessage()) for record in caplog.records]
        assert [(name, level) for name, level, _ in told] == [
            ("plaudit.vote", "ERROR"),
            ("plaudit.vote", "ERROR"),
            ("plaudit.vote", "WARNING"),
        ]
        assert ["File too large" in told[0][2], "disk I/O error" in told[1][2], "again" in told[2][2]] == [True] * 3


# Files that are not what they were


def test_a_disk_of_its_own_may_fill_up_or_be_read_only(tmp_path: Path) -> None:
    in_namespace = ["unshare", "--map-root-user", "--mount"]
    if not shutil.which("unshare") or subprocess.run([*in_namespace, "true"], check=False).returncode:
        pytest.skip("this system lets nobody mount a disk")
    ran = subprocess.run(
        [*in_namespace, sys.executable, "-m", "tests.vote.small_disk", str(tmp_path), str(DISK_ROUNDS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120 + 10 * DISK_ROUNDS,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (0, "")


@pytest.mark.parametrize(
    ("damage", "refusal", "said"),
    [
        (lambda data: os.urandom(100) + data[100:], VoteUnavailable, "file is not a database"),
        (lambda data: data[:4096] + b"\xff" * (len(data) - 4096), VoteUnavailable, "malformed"),
        (lambda data: data[: len(data) // 2], VoteUnavailable, "malformed"),
        (lambda data: b"", OutOfTurn, "the vote was not opened"),
    ],
    ids=["header", "pages", "cut", "empty"],
)
def test_a_damaged_box_takes_nothing_and_a_restored_one_goes_on(
    season: Season, damage: Callable[[bytes], bytes], refusal: type[Exception], said: str
) -> None:
    path = season.folder / "vote" / "ballots.sqlite"
    with LiveVote(season, clock=Hands()) as vote:
        cast(vote, *range(600))
        vote.publish()
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    with pytest.raises(refusal, match=said):
        LiveVote(season, clock=Hands())
    path.write_bytes(whole)

    with LiveVote(season, clock=Hands()) as vote:
        assert cast(vote, 600) == ["601"]
        assert_sound(vote, 601)


def test_damage_found_while_ballots_are_taken_is_told_to_the_voter(season: Season) -> None:
    path = season.folder / "vote" / "ballots.sqlite"
    with LiveVote(season, clock=Hands()) as vote:
        cast(vote, *range(600))
    with LiveVote(season, clock=Hands()) as vote:
        [page] = vote.ballot_store.connection.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'voters'"
        ).fetchone()
        with path.open("r+b") as file:
            file.seek((page - 1) * 4_096)
            file.write(b"\xff" * 4_096)

        assert cast(vote, 601) == ["VoteUnavailable"]
        assert cast(vote, 602) == ["VoteUnavailable"]


def test_an_emptied_box_beside_a_published_log_opens_no_second_vote(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        cast(vote, 1)
        vote.publish()
    (season.folder / "vote" / "ballots.sqlite").unlink()
    with pytest.raises(OutOfTurn, match="not opened"):
        LiveVote(season)
    with pytest.raises(ProofInvalid, match="the log holds 2 leaves, but the ballot store holds 0 ballots"):
        open_vote(season, NOMINEES)


# Processes that are killed


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Season, list[Any]]:
    """A season whose taker was killed, and what it had acknowledged: voter, leaf, receipt."""
    season = opened(tmp_path_factory.mktemp("killed") / "season")
    command = [sys.executable, "-m", "tests.vote.taker", str(season.folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as taker:
        assert taker.stdout is not None
        acknowledged = [json.loads(taker.stdout.readline()) for _ in range(60)]
        taker.kill()
        acknowledged += [json.loads(line) for line in taker.stdout if line.endswith("\n")]
    return season, acknowledged


def torn(kind: str, wal: bytes, seed: int) -> bytes:
    """Give a write-ahead log whose last page was being written when the power went."""
    chance = random.Random(seed)
    last = wal[-WAL_FRAME:]
    return {
        "as it was": b"",
        "garbage": chance.randbytes(chance.randrange(1, 3 * WAL_FRAME)),
        "zeros": bytes(chance.randrange(1, 3 * WAL_FRAME)),
        "a part of a frame": last[: chance.randrange(1, WAL_FRAME)],
        "a frame with a wrong page": last[:24] + chance.randbytes(4_096),
        "the same frame again": last,
    }[kind]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize(
    "kind",
    ["as it was", "garbage", "zeros", "a part of a frame", "a frame with a wrong page", "the same frame again"],
)
def test_what_was_acknowledged_outlives_a_kill_and_a_torn_page(
    killed: tuple[Season, list[Any]], kind: str, seed: int
) -> None:
    season, acknowledged = killed
    was, here = season.folder / "vote", season.folder.parent / "as-killed"
    if not here.exists():
        shutil.copytree(was, here)
    for folder in (was, season.log):
        shutil.rmtree(folder)
    shutil.copytree(here, was)
    wal = was / "ballots.sqlite-wal"
    assert wal.stat().st_size > 60 * WAL_FRAME
    with wal.open("ab") as file:
        file.write(torn(kind, wal.read_bytes(), seed))

    with LiveVote(season, clock=Hands(NOW)) as vote:
        ballots = vote.standings().ballots
        assert 0 <= ballots - len(acknowledged) <= 1  # one may be durable that was not acknowledged any more
        for voter, leaf, receipt in acknowledged:
            [again] = vote.take([ask(voter=voter)])
            assert isinstance(again, AcceptedBallot)
            assert (again.leaf, again.receipt, again.is_replay) == (leaf, receipt, True)
        assert cast(vote, 5_000) == [str(ballots + 1)]
        assert_sound(vote, ballots + 1)


def test_a_log_killed_half_way_is_taken_up_again(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        cast(vote, *range(100))
        vote.publish()
        cast(vote, *range(100, 700))
    with closing(Publisher(season)) as publisher:
        publisher.follow()  # tiles and bundles are written, the checkpoint is not
    with LiveVote(season, clock=Hands()) as vote:
        assert vote.log.size == 101
        cast(vote, *range(700, 800))
        assert_sound(vote, 800)
    Log(season.log).check()
