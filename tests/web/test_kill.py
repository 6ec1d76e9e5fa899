"""A server that is killed at any moment: what it acknowledged stays, once, under the cap, in one log."""

from __future__ import annotations

import asyncio
import json
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
import pytest

from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log
from plaudit.ledger.proof import TlogProof
from plaudit.ledger.reader import LogReader
from plaudit.ledger.tree import verify_consistency
from plaudit.vote.keys import log_signer
from plaudit.vote.open_vote import open_vote
from plaudit.vote.receipt import commit_origin
from plaudit.vote.statements import read_opening
from tests.vote.seasons import NOMINEES, open_now
from tests.web.load import Connection, session
from tests.web.serving import EDITION, Running, running_server

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season

pytestmark = pytest.mark.kill

ROUNDS = int(os.environ.get("PLAUDIT_KILL_ROUNDS", "4"))
SEED = int(os.environ.get("PLAUDIT_KILL_SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
CAP = 5
DAY = 86_400_000_000
VOTERS, CONNECTIONS_EACH = 8, 3


@dataclass(frozen=True)
class Sent:
    """A ballot as it was sent; voter and key make it one."""

    voter: int
    nominee: str
    votes: int
    key: str


@dataclass
class Book:
    """What the voters know: what was acknowledged, what was never answered, and every checkpoint they saw."""

    season: Season
    chance: random.Random
    kept: dict[Sent, tuple[int, str]] = field(default_factory=dict)
    unanswered: set[Sent] = field(default_factory=set)
    checkpoints: list[str] = field(default_factory=list)
    seen: int = 0
    replays: int = 0
    refused: int = 0
    voters: int = 0
    sessions: dict[int, str] = field(default_factory=dict)
    helpers: list[psutil.Process] = field(default_factory=list)  # of servers that ended

    def new_voter(self) -> int:
        self.voters += 1
        self.sessions[self.voters] = session(self.season, self.voters)
        return self.voters

    async def cast(self, ballot: Sent, connection: Connection) -> bool:
        """Send a ballot, and note what came of it; say whether it was accepted."""
        body = {"nominee": ballot.nominee, "votes": ballot.votes, "key": ballot.key}
        self.unanswered.add(ballot)
        answer = await connection.ask(
            "POST",
            f"{EDITION}/ballots",
            json.dumps(body).encode(),
            authorization=f"Bearer {self.sessions[ballot.voter]}",
        )
        told = answer.json()
        self.unanswered.discard(ballot)
        if answer.status == 503 and "stopping" in told["detail"]:
            self.unanswered.add(ballot)
            raise ConnectionError(told["detail"])
        if answer.status == 403:
            assert told["title"] == "AllowanceSpent", told
            assert ballot not in self.kept, f"{ballot} was acknowledged and is refused now: {told}"
            self.refused += 1
            return False
        assert answer.status in {200, 201}, told
        assert told["is_replay"] == (answer.status == 200)
        self.replays += told["is_replay"]
        given = (told["leaf"], told["receipt"])
        assert self.kept.setdefault(ballot, given) == given, f"{ballot} was given two receipts"
        return True


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """A season whose vote is open; its voters' chance is told when a test fails."""
    season = open_now(tmp_path / "live")
    open_vote(season, NOMINEES)
    sys.stdout.write(f"seed {SEED}; the same voters again with PLAUDIT_KILL_SEED={SEED}\n")
    return Book(season, random.Random(SEED))


def test_a_server_killed_at_any_moment_keeps_what_it_acknowledged(book: Book) -> None:
    for number in range(ROUNDS):
        with running_server(book.season.folder) as running:
            asyncio.run(settled(running, book))
            if number % 3 != 2:  # every third time, the next one falls before the log was looked at
                asyncio.run(published(running, book))
                check(book)
            asyncio.run(ended_under_load(running, book, signal.SIGKILL, book.chance.uniform(0, 0.7)))
        assert running.process.returncode == -signal.SIGKILL
    with running_server(book.season.folder) as running:
        asyncio.run(settled(running, book))
        asyncio.run(published(running, book))
        check(book)
    Log(book.season.log).check()

    assert running.process.returncode == 0
    assert ended_all(book), "one kill ends all of a server"
    assert len(book.kept) > 10 * ROUNDS
    assert book.replays > ROUNDS
    assert book.refused > 0
    assert book.seen > ROUNDS // 2


def test_a_server_that_stood_still_goes_on_and_ends_with_everything_published(book: Book) -> None:
    with running_server(book.season.folder) as running:
        before, after = asyncio.run(stood_still(running, book, seconds=2.0))
        asyncio.run(ended_under_load(running, book, signal.SIGTERM, 0.5))
    check(book)
    Log(book.season.log).check()

    assert running.process.returncode == 0
    assert ended_all(book)
    assert 0 < before < after < len(book.kept)


def test_a_publisher_that_is_killed_is_started_again(book: Book) -> None:
    with running_server(book.season.folder) as running:
        for _ in range(3):
            asyncio.run(voted(running, book))
            for helper in (found := psutil.Process(running.process.pid).children()):
                helper.kill()
            book.helpers += found
            asyncio.run(voted(running, book))
            asyncio.run(published(running, book))
            check(book)
    Log(book.season.log).check()

    assert running.process.returncode == 0
    assert ended_all(book)


def test_a_publisher_that_hangs_is_noticed_and_replaced_and_keeps_the_server_from_nothing(book: Book) -> None:
    said = book.season.folder.parent / "serve.err"
    with running_server(book.season.folder) as running:
        asyncio.run(voted(running, book))
        asyncio.run(published(running, book))
        [first] = publishers(running, book)
        first.suspend()  # while nothing is asked of it
        psutil.wait_procs([first], 15)
        assert "no sign of life" in said.read_text("utf-8")
        asyncio.run(voted(running, book))
        asyncio.run(published(running, book))
        check(book)
        [second] = publishers(running, book)
        assert second.pid != first.pid
        asyncio.run(voted(running, book))
        second.suspend()
        began = time.monotonic()
        running.process.terminate()
        assert running.process.wait(30) == 0
        assert time.monotonic() - began < 15
    check(book)

    assert ended_all(book)


def test_a_server_goes_on_whatever_happens_to_its_log_and_whatever_is_asked_of_it(book: Book) -> None:
    vote, log = book.season.folder / "vote", book.season.log
    said = book.season.folder.parent / "serve.err"
    with running_server(book.season.folder) as running:
        for damage in (
            lambda: [path.write_bytes(bytes(path.stat().st_size)) for path in (log / "tile").rglob("*/*/*")],
            lambda: (log / "checkpoint").write_bytes(b"plaudit.example/live/log\n3\n"),
            lambda: shutil.rmtree(log),
            lambda: (vote / "close-request").write_bytes(b"\xff\xfe"),
            lambda: (vote / "import-request").write_bytes(b"\xff\xfe"),
        ):
            damage()
            asyncio.run(voted(running, book))
        asyncio.run(published(running, book))
        check(book)
    Log(log).check()

    assert running.process.returncode == 0
    assert sorted(path.name for path in vote.glob("*.refused")) == ["close-request.refused", "import-request.refused"]
    assert "made again from the ballot store" in said.read_text("utf-8")
    assert "vote/close-request was not carried out, it is not UTF-8" in said.read_text("utf-8")
    assert "Traceback" not in said.read_text("utf-8")


def publishers(running: Running, book: Book) -> list[psutil.Process]:
    """Give the processes that publish the log."""
    found = psutil.Process(running.process.pid).children()
    found = [one for one in found if "resource_tracker" not in " ".join(one.cmdline())]
    book.helpers += found
    return found


def ended_all(book: Book) -> bool:
    """Say whether servers that ended left at least one process each, and all of these ended too."""
    return len(book.helpers) > 0 and not psutil.wait_procs(book.helpers, 5)[1]


async def voted(running: Running, book: Book) -> None:
    """Have a new voter spend an allowance."""
    connection, voter = Connection(running.url), book.new_voter()
    for number in range(CAP):
        assert await book.cast(
            Sent(voter, NOMINEES[number % len(NOMINEES)], 1, f"once-{voter:04}-{number}"), connection
        )
    await connection.close()


async def settled(running: Running, book: Book) -> None:
    """Send again what was never answered, and some of what was: all get what they would have got the first time."""
    connection = Connection(running.url)
    again = sorted(book.kept, key=lambda ballot: book.kept[ballot])
    for ballot in [*book.unanswered, *again[-20:], *book.chance.sample(again, min(20, len(again)))]:
        await book.cast(ballot, connection)
    await connection.close()
    assert not book.unanswered


async def published(running: Running, book: Book) -> None:
    """Wait until the last ballot is in the log, and compare the standings with what was acknowledged."""
    connection = Connection(running.url)
    last = max((leaf for leaf, _ in book.kept.values()), default=0)
    async with asyncio.timeout(20):
        while last and (await connection.ask("GET", f"{EDITION}/receipts/{last}")).status != 200:
            await asyncio.sleep(0.02)
    await look(connection, book)
    standings = (await connection.ask("GET", f"{EDITION}/standings")).json()
    await connection.close()
    votes = Counter(dict.fromkeys(NOMINEES, 0))
    for ballot in book.kept:
        votes[ballot.nominee] += ballot.votes
    assert standings["ballots"] == len(book.kept)
    assert {nominee["id"]: nominee["votes"] for nominee in standings["nominees"]} == votes


async def ended_under_load(running: Running, book: Book, ending: signal.Signals, after_seconds: float) -> None:
    """Let voters vote, and some time after their first ballot send the server a signal that ends it."""
    before = len(book.kept)
    book.helpers += psutil.Process(running.process.pid).children()
    tasks = [asyncio.create_task(voting(running.url, book)) for _ in range(VOTERS)]
    tasks.append(asyncio.create_task(watching(running.url, book)))
    async with asyncio.timeout(30):
        while len(book.kept) == before and not any(task.done() for task in tasks):
            await asyncio.sleep(0.001)
    await asyncio.sleep(after_seconds)
    running.process.send_signal(ending)
    await asyncio.to_thread(running.process.wait, 30)
    await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def stood_still(running: Running, book: Book, seconds: float) -> tuple[int, int]:
    """Stop the process and let it go on; give the ballots acknowledged before and after."""
    tasks = [asyncio.create_task(voting(running.url, book)) for _ in range(VOTERS)]
    await asyncio.sleep(0.4)
    running.process.send_signal(signal.SIGSTOP)
    await asyncio.sleep(seconds / 2)
    before = len(book.kept)
    await asyncio.sleep(seconds / 2)
    assert len(book.kept) == before
    running.process.send_signal(signal.SIGCONT)
    await asyncio.sleep(0.6)
    after = len(book.kept)
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if isinstance(ended, Exception):
            raise ended
    return before, after


async def voting(url: str, book: Book) -> None:
    """Be one voter after the other, each over several connections at once, until the server is gone."""
    connections = [Connection(url) for _ in range(CONNECTIONS_EACH)]
    try:
        is_there = True
        while is_there:
            voter, sent = book.new_voter(), list[Sent]()
            is_there = all(await asyncio.gather(*(spending(book, voter, sent, one) for one in connections)))
    finally:
        for connection in connections:
            await connection.close()


async def spending(book: Book, voter: int, sent: list[Sent], connection: Connection) -> bool:
    """Vote until the allowance is spent, now and then with a ballot that went out before; say if the server is there.

    `sent` is shared by the voter's connections.
    """
    while True:
        if sent and book.chance.random() < 0.2:
            ballot = book.chance.choice(sent)
        else:
            ballot = Sent(
                voter, book.chance.choice(NOMINEES), book.chance.choice([1, 1, 2, 3]), f"{voter}-{len(sent):07}"
            )
            sent.append(ballot)
        try:
            if not await book.cast(ballot, connection):
                return True
        except ConnectionError:
            return False


async def watching(url: str, book: Book) -> None:
    """Keep every checkpoint that is shown, until the server is gone."""
    connection = Connection(url)
    try:
        while True:
            await look(connection, book)
            await asyncio.sleep(0.02)
    except ConnectionError:
        await connection.close()


async def look(connection: Connection, book: Book) -> None:
    shown = await connection.ask("GET", f"{EDITION}/log/checkpoint")
    assert shown.status == 200
    note = shown.body.decode()
    if book.checkpoints[-1:] != [note]:
        book.checkpoints.append(note)
        book.seen += 1


def check(book: Book) -> None:
    """Compare the log in the folder with what the voters know, leaf by leaf."""
    verifier = log_signer(book.season.folder, book.season.origin).verifier
    reader = LogReader(FolderFiles(book.season.log))
    now = open_checkpoint(reader.note(), verifier)
    for note in book.checkpoints:
        old = open_checkpoint(note, verifier)
        verify_consistency(old.size, old.root, now.size, now.root, reader.prove_consistency(old.size))
    book.checkpoints = [reader.note()]
    opening, *records = reader.entries()
    names = read_opening(opening).names
    ballots = [names.unpack(record) for record in records]

    acknowledged = {leaf: ballot for ballot, (leaf, _) in book.kept.items()}
    assert len(acknowledged) == len(book.kept), "two ballots were given one leaf"
    rest = Counter((ballot.voter, ballot.nominee, ballot.votes) for ballot in book.unanswered)
    for leaf, found in enumerate(ballots, start=1):
        told = (found["voter"], found["nominee"], found["votes"])
        known = acknowledged.pop(leaf, None)
        if known is None:
            rest[told] -= 1
            assert rest[told] >= 0, f"nobody knows of leaf {leaf}: {told}"
        else:
            assert told == (known.voter, known.nominee, known.votes), f"leaf {leaf} is another ballot"
    assert not acknowledged, f"acknowledged and lost: {acknowledged}"
    check_receipts(book, records)

    spent: Counter[tuple[int, int]] = Counter()
    for found in ballots:
        spent[found["voter"], found["cast_at"] // DAY] += found["votes"]
    assert max(spent.values(), default=0) <= CAP
    assert [found["cast_at"] for found in ballots] == sorted(found["cast_at"] for found in ballots)


def check_receipts(book: Book, records: list[bytes]) -> None:
    """Compare each receipt with the log, and verify some of them."""
    verifier = log_signer(book.season.folder, book.season.origin).verifier
    proofs = [(leaf, TlogProof.parse(receipt)) for leaf, receipt in book.kept.values()]
    for leaf, proof in proofs:
        assert proof.extra == records[leaf - 1]
    for leaf, proof in book.chance.sample(proofs, min(50, len(proofs))):
        proof.verify(records[leaf - 1], verifier, origin=commit_origin(verifier.name, leaf - proof.index))
