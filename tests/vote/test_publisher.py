"""Publishing: the same log from the same box, here or in a process of its own, and one publisher at a time."""

from __future__ import annotations

import shutil
import threading
from contextlib import closing
from multiprocessing import active_children
from multiprocessing.context import SpawnProcess
from typing import TYPE_CHECKING

import pytest

from plaudit.base.digests import folder_sha256
from plaudit.base.errors import OutOfTurn, SignatureInvalid, VoteUnavailable
from plaudit.ledger.log import Log
from plaudit.rulebook.season import read_season
from plaudit.vote import publisher as publisher_room
from plaudit.vote.live import LiveVote
from plaudit.vote.publisher import Publisher
from plaudit.vote.publisher_process import PublisherProcess
from tests.vote.voting import Hands, ask, opened

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.rulebook.season import Season


@pytest.fixture
def season(tmp_path: Path) -> Season:
    return opened(tmp_path / "season")


class Nobody:
    """Publishes nothing, so that another one may."""

    def __init__(self, season: Season) -> None:
        pass

    def publish(self, damage: str = "") -> Checkpoint:
        raise NotImplementedError

    def look(self) -> None:
        pass

    def hurry(self) -> None:
        pass

    def close(self) -> None:
        pass


def cast(season: Season, first: int, last: int) -> None:
    """Take ballots, and publish none of them."""
    with LiveVote(season, clock=Hands(), publisher=Nobody) as vote:
        vote.take([ask(voter=voter) for voter in range(first, last)])


def test_another_process_publishes_the_same_log(season: Season) -> None:
    cast(season, 0, 700)
    other = read_season(shutil.copytree(season.folder, season.folder.with_name("other")))
    with closing(PublisherProcess(other)) as process:
        told = [process.publish()]
        cast(other, 700, 1_300)
        told.append(process.publish())
    with closing(Publisher(season)) as publisher:
        assert publisher.publish() == told[0]
        cast(season, 700, 1_300)
        assert publisher.publish() == told[1]

    assert [checkpoint.size for checkpoint in told] == [701, 1_301]
    assert folder_sha256(other.log) == folder_sha256(season.log)
    Log(other.log).check()


def test_following_writes_what_is_committed_and_publishes_nothing(season: Season) -> None:
    with closing(Publisher(season)) as publisher:
        publisher.publish()
        assert publisher.follow() == 0
        cast(season, 0, 300)
        assert publisher.follow() == 300
        assert Log(season.log).size == 1
        assert publisher.publish().size == 301


def test_a_process_that_cannot_start_says_why(season: Season) -> None:
    (season.folder / "vote" / "ballots.sqlite").write_bytes(b"")
    with pytest.raises(OutOfTurn, match="the vote was not opened"):
        PublisherProcess(season)


def test_what_another_process_cannot_publish_is_raised_here_and_it_goes_on(season: Season) -> None:
    signed = season.folder / "vote" / "signed-checkpoint"
    with closing(PublisherProcess(season)) as process:
        whole = signed.read_bytes()
        cast(season, 0, 3)
        signed.write_bytes(b"no checkpoint\n")
        with pytest.raises(SignatureInvalid, match=r"vote/signed-checkpoint: .*mirror's last checkpoint"):
            process.publish()
        signed.write_bytes(whole)
        assert process.publish().size == 4


def test_a_process_that_was_killed_is_started_again(season: Season) -> None:
    with closing(PublisherProcess(season)) as process:
        for ballots in (3, 6):
            for killed in active_children():
                killed.kill()
                killed.join()
            cast(season, ballots - 3, ballots)
            assert process.publish().size == 1 + ballots
    assert not active_children()


def test_a_process_that_ends_while_it_publishes_is_told(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(PublisherProcess(season)) as process:
        for killed in active_children():
            killed.kill()
            killed.join()
        with monkeypatch.context() as patched:
            patched.setattr(SpawnProcess, "is_alive", lambda _: True)  # as it was a moment ago
            with pytest.raises(VoteUnavailable, match="the process that publishes the log ended"):
                process.publish()
        assert process.publish().size == 1


def test_one_publisher_at_a_time_and_the_next_waits_for_the_one_that_ends(
    season: Season, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = Publisher(season)
    monkeypatch.setattr(publisher_room, "_WAITS_SECONDS", 0.1)
    with pytest.raises(OutOfTurn, match="another process publishes this vote's log"):
        Publisher(season)
    monkeypatch.setattr(publisher_room, "_WAITS_SECONDS", 30)
    ending = threading.Timer(0.2, first.close)
    ending.start()
    with closing(Publisher(season)) as second:
        assert second.publish().size == 1
    ending.join()
