"""The box is the truth: whatever happens to the published log, ballots go on, and what was signed holds."""

from __future__ import annotations

import asyncio
import shutil
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import CheckpointsFork, ProofInvalid, SignatureInvalid, VoteUnavailable
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.log import Log
from plaudit.ledger.mend import expected, mend, roots
from plaudit.ledger.tree import EMPTY_ROOT, leaf_hashes, root_of, verify_consistency
from plaudit.vote import live
from plaudit.vote.live import LiveVote
from plaudit.vote.publisher import Publisher
from tests.conftest import bytes_below
from tests.profiles import examples
from tests.vote.seasons import CLOSES
from tests.vote.voting import Hands, answered, ask, in_memory, opened, until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.rulebook.season import Season

BALLOTS = 700


@pytest.fixture
def season() -> Iterator[Season]:
    with in_memory() as folder:
        yield opened(folder / "season")


def take(vote: LiveVote, first: int, last: int) -> list[str]:
    return answered(vote.take([ask(voter=voter) for voter in range(first, last)]))


def tiles(log: Path) -> list[Path]:
    return sorted(path for path in (log / "tile").rglob("*") if path.is_file())


def zeroed(log: Path) -> None:
    for path in tiles(log):
        path.write_bytes(bytes(path.stat().st_size))


def in_its_place(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("something else", "utf-8")


def a_folder_for_the_checkpoint(log: Path) -> None:
    (log / "checkpoint").unlink()
    (log / "checkpoint").mkdir()
    (log / "checkpoint" / "x").write_text("x", "utf-8")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "tiles zeroed": zeroed,
    "tiles emptied": lambda log: [path.write_bytes(b"") for path in tiles(log)],
    "tiles deleted": lambda log: shutil.rmtree(log / "tile"),
    "one bundle deleted": lambda log: (log / "tile/entries/001").unlink(),
    "hashes deleted": lambda log: shutil.rmtree(log / "tile/0"),
    "checkpoint truncated": lambda log: (log / "checkpoint").write_bytes((log / "checkpoint").read_bytes()[:40]),
    "checkpoint emptied": lambda log: (log / "checkpoint").write_bytes(b""),
    "checkpoint garbled": lambda log: (log / "checkpoint").write_bytes(b"\xff\x00\n\n" * 9),
    "checkpoint deleted": lambda log: (log / "checkpoint").unlink(),
    "checkpoint a folder": a_folder_for_the_checkpoint,
    "folder gone": shutil.rmtree,
    "folder a file": in_its_place,
    "tiles a file": lambda log: in_its_place(log / "tile"),
    "a level a file": lambda log: in_its_place(log / "tile" / "0"),
}


def assert_whole(vote: LiveVote, before: Checkpoint) -> None:
    """Check that the published log is the box's, whole, and begins with what was published before."""
    assert list(vote.log.entries()) == [vote.opening.leaf, *vote.ballot_store.records(1, vote.ballot_store.last()[0])]
    log = Log(vote.season.log)
    log.check()
    verify_consistency(before.size, before.root, log.size, log.root(), log.prove_consistency(before.size))


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("is_running", [True, False], ids=["while it runs", "before it starts"])
def test_a_damaged_log_is_made_anew_and_ballots_go_on(
    season: Season, caplog: pytest.LogCaptureFixture, damage: Callable[[Path], object], *, is_running: bool
) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 0, BALLOTS)
        before = vote.publish()
        if is_running:
            damage(season.log)
            assert take(vote, BALLOTS, BALLOTS + 5)[-1] == str(BALLOTS + 5)
            vote.publish()
    if not is_running:
        damage(season.log)
    with LiveVote(season, clock=Hands()) as vote:
        assert take(vote, BALLOTS, BALLOTS + 20)[-1] == str(BALLOTS + 20)
        vote.publish()
    with closing(Publisher(season)) as publisher:
        publisher.publish()
        look_at_all(publisher)
    with LiveVote(season, clock=Hands()) as vote:
        assert_whole(vote, before)
    assert any("made again from the ballot store" in record.getMessage() for record in caplog.records)


def look_at_all(publisher: Publisher) -> None:
    """Let a publisher compare every file once."""
    publisher._rests_until = 0.0
    give_up_at = time.monotonic() + 20
    while not publisher._rests_until and time.monotonic() < give_up_at:
        publisher.look_after()
        if publisher._log is None:  # it mended something
            publisher.publish()


def test_an_older_copy_of_the_log_in_its_place_is_brought_up_to_what_was_signed(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 0, 10)
        vote.publish()
        shutil.copytree(season.log, season.folder / "then")
        take(vote, 10, 400)
        signed = vote.publish()
        shutil.rmtree(season.log)
        shutil.move(season.folder / "then", season.log)
        take(vote, 400, 410)
        vote.publish()

        assert_whole(vote, signed)


def test_a_log_that_cannot_be_written_keeps_nobody_from_voting(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PUBLISH_SECONDS", 0.001)

    def read_only(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", str(season.log / "tile"))

    async def tend(vote: LiveVote) -> None:
        task = asyncio.create_task(vote.keep_publishing())
        with monkeypatch.context() as patched:
            patched.setattr(FolderFiles, "write", read_only)
            for voter in range(20):
                await vote.cast(ask(voter=voter))
            await until(lambda: vote.trouble == "Permission denied")  # and no path, for everybody reads it
        await until(lambda: vote.log.size == 21 and not vote.trouble)
        task.cancel()

    with LiveVote(season, clock=Hands()) as vote:
        asyncio.run(tend(vote))


def test_a_receipt_from_a_damaged_log_is_late_and_no_defect(season: Season, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "PUBLISH_SECONDS", 0.001)

    async def tend(vote: LiveVote) -> None:
        task = asyncio.create_task(vote.keep_publishing())
        await until(lambda: not vote._damage)
        task.cancel()

    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 0, BALLOTS)
        vote.publish()
        (season.log / "tile/0/000").unlink()
        vote.log = Log(season.log)
        with pytest.raises(VoteUnavailable, match="made again"):
            vote.receipt(5)
        asyncio.run(tend(vote))

        assert vote.receipt(5).verify(vote.record(5), vote.signer.verifier).size == BALLOTS + 1


def test_old_tiles_are_looked_at_in_quiet_moments(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 0, BALLOTS)
        vote.publish()
    whole = bytes_below(season.log)
    with closing(Publisher(season)) as publisher:
        for name in ("tile/0/001", "tile/entries/000"):
            publisher.publish()
            (season.log / name).write_bytes(b"\0")
            look_at_all(publisher)
            assert bytes_below(season.log) == whole, name


# What was signed


def test_a_box_that_was_taken_back_is_refused_though_the_log_is_gone(season: Season) -> None:
    ballot_store = season.folder / "vote" / "ballots.sqlite"
    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 0, 3)
    backup = ballot_store.read_bytes()
    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 3, 9)
        vote.publish()
    ballot_store.write_bytes(backup)
    shutil.rmtree(season.log)

    with pytest.raises(ProofInvalid, match="the log holds 10 leaves, but the ballot store holds 3 ballots"):
        LiveVote(season, clock=Hands())


def test_no_second_checkpoint_of_one_size_is_signed(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 0, 3)
        signed = vote.publish()
        take(vote, 3, 4)
        vote.ballot_store.connection.execute(
            "UPDATE ballots SET record = (SELECT record FROM ballots WHERE leaf = 4) WHERE leaf = 2"
        )
        shutil.rmtree(season.log)
        with pytest.raises(CheckpointsFork, match=r"the ballot store's first 4 leaves give root .*, but .* was signed"):
            vote.publish()
        assert not (season.log / "checkpoint").exists()
    assert signed.size == 4


def test_a_box_whose_past_was_changed_takes_no_ballots(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 0, 3)
        vote.publish()
        vote.ballot_store.connection.execute(
            "UPDATE ballots SET record = (SELECT record FROM ballots WHERE leaf = 1) WHERE leaf = 2"
        )
    shutil.rmtree(season.log)

    with pytest.raises(CheckpointsFork, match="was signed; restore vote/ as it was"):
        LiveVote(season, clock=Hands())


def test_a_closed_vote_whose_log_is_gone_gets_the_same_closing_checkpoint(season: Season) -> None:
    with LiveVote(season, clock=Hands(CLOSES - 1)) as vote:
        take(vote, 0, 3)
    with LiveVote(season, clock=Hands(CLOSES)) as vote:
        closed = vote.close()
    shutil.rmtree(season.log)
    with LiveVote(season, clock=Hands(CLOSES + 5)) as vote:
        assert vote.publish() == closed


# Snapshots


def snapshot(season: Season) -> Path:
    return Path(shutil.copytree(season.folder, season.folder.with_name("snapshot")))


def restore(season: Season, copy: Path) -> None:
    shutil.rmtree(season.folder)
    copy.rename(season.folder)


@pytest.mark.parametrize("by", ["marker", "note"])
def test_a_restored_snapshot_is_refused_by_what_was_kept_outside(season: Season, by: str) -> None:
    marker = season.folder.with_name("last.note")
    with LiveVote(season, clock=Hands(), marker=marker) as vote:
        take(vote, 0, 3)
        vote.publish()
        copy = snapshot(season)
        take(vote, 3, 6)
        vote.publish()
        known = vote.log.note()
    restore(season, copy)

    kept = {"marker": marker} if by == "marker" else {"at_least": [known]}
    with pytest.raises(ProofInvalid, match="the log holds 7 leaves, but the ballot store holds 3 ballots"):
        LiveVote(season, clock=Hands(), **kept)


def test_a_restored_snapshot_that_went_on_is_refused_by_what_was_kept_outside(season: Season) -> None:
    with LiveVote(season, clock=Hands()) as vote:
        take(vote, 0, 3)
        vote.publish()
        copy = snapshot(season)
        take(vote, 3, 6)
        vote.publish()
        known = vote.log.note()
    restore(season, copy)
    with LiveVote(season, clock=Hands()) as vote:  # nothing in the folder tells; the page says so
        take(vote, 100, 200)
        vote.publish()

    with pytest.raises(CheckpointsFork, match=r"but .* was signed"):
        LiveVote(season, clock=Hands(), at_least=[known])


def test_what_is_held_outside_lets_the_vote_start_that_holds_it(season: Season) -> None:
    marker = season.folder.with_name("last.note")
    with LiveVote(season, clock=Hands(), marker=marker) as vote:
        assert marker.read_text("utf-8") == vote.log.note()
        take(vote, 0, 300)
        vote.publish()
        early = vote.log.note()
        take(vote, 300, 600)
        vote.publish()
        assert marker.read_text("utf-8") == vote.log.note()
    with LiveVote(season, clock=Hands(), marker=marker, at_least=[early]) as vote:
        assert take(vote, 600, 601) == ["601"]
    with pytest.raises(SignatureInvalid, match="not a checkpoint of this log"):
        LiveVote(season, clock=Hands(), at_least=["no note\n"])


# The mending itself


@settings(max_examples=examples(25))
@given(size=st.integers(0, 1_200), early=st.integers(0, 1_200), data=st.data())
def test_whatever_was_done_to_its_files_a_log_is_whole_after_mending(
    size: int, early: int, data: st.DataObject
) -> None:
    leaves = [b"leaf %d" % number for number in range(1_200)]

    def entries(first: int, last: int) -> list[bytes]:
        return leaves[first:last]

    with in_memory() as folder:
        files = FolderFiles(folder)
        for some in (min(size, early), size):
            for path, held in expected(some, entries):
                files.write(path, held)
        whole = bytes_below(folder)
        for name in data.draw(st.lists(st.sampled_from(sorted(whole)), max_size=6)) if whole else []:
            (folder / name).write_bytes(data.draw(st.binary(max_size=40)))
        FolderFiles(folder).write("tile/0/x009/000", b"beyond")
        mend(FolderFiles(folder), size, entries, lambda: None)

        assert bytes_below(folder) == whole
        assert roots([size, early], entries, lambda: None) == {
            some: root_of(leaf_hashes(leaves[:some])) if some else EMPTY_ROOT for some in (size, early)
        }
