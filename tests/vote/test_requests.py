"""What is asked of the serving process: whole or not at all, one at a time, answered once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import OutOfTurn, UnknownName
from plaudit.vote.live import LiveVote, open_vote
from plaudit.vote.lock import is_served
from plaudit.vote.requests import (
    import_requested,
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
    with pytest.raises(OutOfTurn, match="import-request is there already"):
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
