"""A vote on a disk of its own that fills up and is emptied, then is read-only.

For a namespace in which a disk may be mounted:

unshare --map-root-user --mount python -m tests.vote.small_disk FOLDER
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
from plaudit.vote.intake import Cast
from plaudit.vote.live import LiveVote, open_vote
from tests.vote.seasons import NOMINEES
from tests.vote.voting import Hands, ask, opened, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.season import Season


def fill_up(season: Season) -> None:
    """Take ballots on a disk that is full from time to time; all that were acknowledged are there, once."""
    filler = season.folder / "filler"
    taken: dict[int, Cast] = {}
    failures = 0
    with LiveVote(season, clock=Hands()) as vote:
        for wave in range(4):
            voters = range(wave * 100, wave * 100 + 150)
            note(taken, vote, voters[:70])
            fill(filler)
            failures += note(taken, vote, voters)
            with pytest.raises(OSError, match="No space left"):
                vote.publish()
            filler.unlink()
            assert note(taken, vote, voters) == 0
            vote.publish()
        assert vote.log.size == 1 + vote.standings().ballots == 1 + len(taken)
        assert sorted(cast.leaf for cast in taken.values()) == list(range(1, len(taken) + 1))
    assert failures
    assert len(taken) == 450


def note(taken: dict[int, Cast], vote: LiveVote, voters: Sequence[int]) -> int:
    """Note each voter's answer, which is the one noted before, and give how many got none."""
    failures = 0
    answers = asyncio.run(together(vote, [ask(voter=voter) for voter in voters]))
    for voter, answer in zip(voters, answers, strict=True):
        if isinstance(answer, Cast):
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
        assert isinstance(answer, Cast)


if __name__ == "__main__":
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "none", sys.argv[1]], check=True)
    season = opened(Path(sys.argv[1]) / "season")
    fill_up(season)
    read_only(season)
