"""A vote on a disk of its own that fills up and is emptied, again and again, then is read-only.

For a namespace in which a disk may be mounted:

unshare --map-root-user --mount python -m tests.vote.small_disk FOLDER [ROUNDS]
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import VoteUnavailable
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.vote.ballot_store import SqliteBallotStore
from plaudit.vote.judge import AcceptedBallot
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.vote.publisher_process import PublisherProcess
from plaudit.vote.statements import read_opening
from tests.vote.seasons import NOMINEES
from tests.vote.voting import Hands, ask, opened, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.season import Season

DISK = "4m"
A_START = 7
"""After so many rounds the vote is started anew."""
TROUBLE = (OSError, VoteUnavailable)
"""What publishing raises on a full disk, here or in the publisher's own process."""


def fill_up(season: Season, rounds: int) -> None:
    """Take ballots on a disk that is full from time to time; all that were acknowledged are in box and log, once."""
    filler = season.folder / "filler"
    taken: dict[int, AcceptedBallot] = {}
    failures = refusals = 0
    for first in range(0, rounds, A_START):
        with LiveVote(season, clock=Hands(), publisher=PublisherProcess) as vote:
            for turn in range(first, min(first + A_START, rounds)):
                voters = range(turn * 100, turn * 100 + 150)
                note(taken, vote, voters[:70])
                fill(filler)
                for some in (voters[:100], voters[50:], voters):  # the disk stays full while voters insist
                    failures += note(taken, vote, some)
                try:
                    vote.publish()
                except TROUBLE:
                    refusals += 1
                filler.unlink()
                assert note(taken, vote, voters) == 0, f"round {turn + 1}: full though there is room again"
                vote.publish()
                held(season, taken)
    assert failures
    assert refusals
    assert len(taken) == 100 * rounds + 50
    sys.stdout.write(
        f"{rounds} rounds, {len(taken):,} ballots acknowledged, {failures:,} times refused,"
        f" {refusals} times not published; 0 lost\n"
    )


def held(season: Season, taken: dict[int, AcceptedBallot]) -> None:
    """Check that box and published log hold what was acknowledged, at its leaf, and nothing else."""
    ballot_store = SqliteBallotStore(season.folder / "vote" / "ballots.sqlite", is_view=True)
    records = ballot_store.records(1, len(taken) + 100)
    ballot_store.close()
    log = LogReader(FolderFiles(season.log))
    assert list(log.entries(1)) == records
    assert sorted(cast.leaf for cast in taken.values()) == list(range(1, len(records) + 1))
    names = read_opening(log.entry(0)).names
    assert {cast.leaf: voter for voter, cast in taken.items()} == {
        leaf: names.unpack(record)["voter"] for leaf, record in enumerate(records, 1)
    }


def note(taken: dict[int, AcceptedBallot], vote: LiveVote, voters: Sequence[int]) -> int:
    """Note each voter's answer, which is the one noted before, and give how many got none."""
    failures = 0
    answers = asyncio.run(together(vote, [ask(voter=voter) for voter in voters]))
    for voter, answer in zip(voters, answers, strict=True):
        if isinstance(answer, AcceptedBallot):
            known = taken.setdefault(voter, answer)
            assert (known.leaf, known.receipt) == (answer.leaf, answer.receipt)
        else:
            assert isinstance(answer, VoteUnavailable), answer
            failures += 1
    return failures


def fill(filler: Path) -> None:
    """Leave no byte free."""
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(1 << 12)):
            pass


def read_only(season: Season) -> None:
    """Start on a disk that cannot be written, and again when it can be."""
    disk = str(season.folder.parent)
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    for refused in (lambda: LiveVote(season, clock=Hands()), lambda: open_vote(season, NOMINEES)):
        with pytest.raises(VoteUnavailable, match=r"Read-only file system.*; check the folder, its rights"):
            refused()
    subprocess.run(["mount", "-o", "remount,rw", disk], check=True)
    with LiveVote(season, clock=Hands()) as vote:
        [answer] = vote.take([ask(voter=9_999)])
        assert isinstance(answer, AcceptedBallot)


if __name__ == "__main__":
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", sys.argv[1]], check=True)
    season = opened(Path(sys.argv[1]) / "season")
    fill_up(season, int(sys.argv[2]) if len(sys.argv) > 2 else 4)
    read_only(season)
