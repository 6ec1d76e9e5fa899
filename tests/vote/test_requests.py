"""What is asked of the serving process: whole or not at all, one at a time, answered once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import OutOfTurn, UnknownName, VoteUnavailable
from plaudit.vote.live import LiveVote
from plaudit.vote.lock import is_served
from plaudit.vote.open_vote import open_vote
from plaudit.vote.requests import (
    import_requested,
    keep_importing,
    request_closing,
    request_import,
    requested_import,
    withdraw_import,
)
from tests.vote.seasons import NOMINEES, NOW, live_season
from tests.vote.test_posts import Row, put, with_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def vote(tmp_path: Path) -> Iterator[LiveVote]:
    season = with_source(live_season(tmp_path / "s"))
    open_vote(season, NOMINEES)
    with LiveVote(season, clock=lambda: NOW) as vote:
        yield vote


def files(vote: LiveVote) -> set[str]:
    return {
        path.name for path in (vote.season.folder / "vote").iterdir() if "request" in path.name or "answer" in path.name
    }


def test_a_vote_is_served_while_a_process_has_it(vote: LiveVote) -> None:
    seen = [is_served(vote.season.folder)]
    vote.stop()
    seen.append(is_served(vote.season.folder))

    assert seen == [True, False]


def test_looking_whether_it_is_served_leaves_it_free(vote: LiveVote) -> None:
    vote.stop()
    assert not is_served(vote.season.folder)

    LiveVote(vote.season, clock=lambda: NOW).stop()


def test_a_season_that_never_had_a_vote_is_not_served(tmp_path: Path) -> None:
    assert not is_served(tmp_path)


def test_an_import_is_answered_once(vote: LiveVote) -> None:
    put(vote, [Row("@a", "post", "1", "bts")])
    request_import(vote.season.folder, "social")
    assert requested_import(vote.season.folder) is None
    asyncio.run(import_requested(vote))
    made = requested_import(vote.season.folder)

    assert made is not None
    assert (made.accepted, made.refused) == (1, {})
    assert requested_import(vote.season.folder) is None
    assert files(vote) == set()


def test_an_answer_to_an_earlier_import_is_not_taken_for_this_one(vote: LiveVote) -> None:
    put(vote, [Row("@a", "post", "1", "bts")])
    request_import(vote.season.folder, "social")
    asyncio.run(import_requested(vote))
    request_import(vote.season.folder, "social")

    assert requested_import(vote.season.folder) is None


def test_a_second_request_waits_for_the_first(vote: LiveVote) -> None:
    request_import(vote.season.folder, "social")
    with pytest.raises(OutOfTurn, match="import-request already exists"):
        request_import(vote.season.folder, "social")

    assert withdraw_import(vote.season.folder)
    assert not withdraw_import(vote.season.folder)
    assert files(vote) == set()


def test_an_error_of_the_import_is_raised_where_it_was_asked_for(vote: LiveVote) -> None:
    request_import(vote.season.folder, "nowhere")
    asyncio.run(import_requested(vote))

    with pytest.raises(UnknownName, match="no source of ballots 'nowhere'"):
        requested_import(vote.season.folder)


def test_without_a_request_nothing_is_imported(vote: LiveVote) -> None:
    asyncio.run(import_requested(vote))

    assert requested_import(vote.season.folder) is None


def test_a_request_to_close_holds_its_reason_whole(vote: LiveVote) -> None:
    request_closing(vote.season.folder, "wegen Regens abgesagt – 中止")

    assert (vote.season.folder / "vote" / "close-request").read_text("utf-8") == "wegen Regens abgesagt – 中止"
    assert files(vote) == {"close-request"}


@pytest.mark.parametrize("request_name", ["close-request", "import-request"])
@pytest.mark.parametrize("data", [b"\xff\xfe", b"x" * 70_000, "é".encode("utf-16")], ids=["bytes", "long", "utf-16"])
def test_a_request_that_cannot_be_read_is_set_aside_and_met_once(
    vote: LiveVote, request_name: str, data: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    request = vote.season.folder / "vote" / request_name
    request.write_bytes(data)

    async def tend() -> None:
        tending = [asyncio.create_task(vote.keep_publishing()), asyncio.create_task(keep_importing(vote))]
        while request.exists() or vote.trouble:
            await asyncio.sleep(0.01)
        await asyncio.sleep(1.2)
        assert not any(task.done() for task in tending)
        for task in tending:
            task.cancel()

    asyncio.run(asyncio.wait_for(tend(), 20))

    assert request.with_name(f"{request_name}.refused").read_bytes() == data
    said = [record.getMessage() for record in caplog.records]
    assert len([words for words in said if f"vote/{request_name} was not carried out" in words]) == 1
    assert vote.closed_at is None


def test_whoever_asked_by_a_request_that_cannot_be_read_is_told(vote: LiveVote) -> None:
    (vote.season.folder / "vote" / "import-request").write_bytes(b"\xff")
    asyncio.run(import_requested(vote))

    with pytest.raises(OutOfTurn, match=r"import-request was not carried out, it is not UTF-8; it is kept as vote/"):
        requested_import(vote.season.folder)


def test_a_defect_in_an_import_is_told_to_whoever_asked_and_ends_nothing(
    vote: LiveVote, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def defect(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("plaudit.vote.imports.read_requests", defect)
    request_import(vote.season.folder, "social")
    asyncio.run(import_requested(vote))

    with pytest.raises(VoteUnavailable, match="the import failed: a defect, ZeroDivisionError"):
        requested_import(vote.season.folder)
    assert [record.exc_info is not None for record in caplog.records] == [True]


@pytest.mark.parametrize("because", ["x" * 1_001, "\udcff"])
def test_a_reason_that_no_leaf_could_hold_is_refused_before_it_is_asked_for(vote: LiveVote, because: str) -> None:
    with pytest.raises(OutOfTurn, match="the reason"):
        request_closing(vote.season.folder, because)
    with pytest.raises(OutOfTurn, match="the reason"):
        vote.close(because)

    assert vote.closed_at is None
    assert vote.close("x" * 1_000).size == 2
