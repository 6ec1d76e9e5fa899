"""Posts of a stream are ballots of those who signed them, at the instant at which we had them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from plaudit.archive.archive import Archive
from plaudit.archive.holes import Remains, delete
from plaudit.archive.reader import archive_folder, records
from plaudit.archive.record import Hole
from plaudit.archive.signer import archive_signer
from plaudit.collect.live import archive_size
from plaudit.collect.witnessed import witnessed
from plaudit.rulebook.season import read_season
from tests.fetch.relay import DIDS, POSTS, TUESDAY, directory, documents, follow_once, make_season, relay
from tests.made import made_once
from tests.platforms.pds.recorded import recorded_frames

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.collect.witnessed import Witnessed

WHO = {did: name for name, did in DIDS.items()}


def follow(folder: Path) -> Path:
    with relay() as stream, directory() as said_at:
        season = make_season(folder / "s", stream, said_at)
        follow_once(season)
    return season


@pytest.fixture
def season(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(made_once(tmp_path_factory, "hashtags", follow), tmp_path / "s")


def acts(season: Path) -> list[Witnessed]:
    read = read_season(season)
    return list(witnessed(season, read.sources[0], read.artists, archive_size(season)))


def told(season: Path) -> list[tuple[str, str, str, int, bool]]:
    return [(WHO[one.author], one.gesture, one.nominee, one.tags, one.is_deleted) for one in acts(season) if one.author]


def test_every_post_repost_and_quote_is_an_act_of_its_author(season: Path) -> None:
    assert told(season) == [
        ("ann", "post", "ann", 2, False),
        ("ann", "post", "bob", 2, False),
        ("ann", "post", "ann", 1, True),
        ("bob", "quote", "ann", 1, False),
        ("bob", "repost", "", 1, False),
        ("carol", "repost", "", 1, True),
        ("carol", "post", "ann", 1, False),
        ("dave", "post", "bob", 1, False),
        ("bob", "post", "bob", 1, False),
    ]


def test_an_act_is_of_the_instant_at_which_we_had_it(season: Path) -> None:
    received = {
        placed.record.answered_at
        for placed in records(archive_folder(season), "hashtags")
        if placed.record.ask.what == "frames"
    }

    assert {one.at for one in acts(season)} <= received
    assert min(one.at for one in acts(season)) > TUESDAY  # its author claims the day before


def test_a_repost_is_of_the_post_that_it_passes_on(season: Path) -> None:
    assert {one.post for one in acts(season) if one.gesture == "repost"} == {POSTS["tag"]}


def test_the_server_of_an_author_is_the_one_of_its_document(season: Path) -> None:
    assert {one.server for one in acts(season)} == {"localhost:35283"}


def test_without_a_document_nothing_is_proved(tmp_path: Path) -> None:
    held = {did: document for did, document in documents().items() if WHO[did] != "dave"}
    with relay() as stream, directory(held) as said_at:
        season = make_season(tmp_path / "s", stream, said_at)
        follow_once(season)

    assert [(one.reason, one.detail) for one in acts(season) if one.reason] == [
        ("no document of its account", DIDS["dave"])
    ]
    assert len(told(season)) == 8


def test_another_key_proves_nothing(tmp_path: Path) -> None:
    held = documents()
    (method,) = held[DIDS["dave"]]["verificationMethod"]
    held[DIDS["dave"]] = {
        **held[DIDS["dave"]],
        "verificationMethod": [
            {**method, "publicKeyMultibase": held[DIDS["bob"]]["verificationMethod"][0]["publicKeyMultibase"]}
        ],
    }
    with relay() as stream, directory(held) as said_at:
        season = make_season(tmp_path / "s", stream, said_at)
        follow_once(season)
    (refused,) = [one for one in acts(season) if one.reason]

    assert refused.reason == "no proof"
    assert "is not signed by" in refused.detail


def test_what_comes_again_is_one_act(tmp_path: Path) -> None:
    with relay(first=recorded_frames()) as stream, directory() as said_at:
        season = make_season(tmp_path / "s", stream, said_at)
        follow_once(season)
    frames = [one.record.data for one in records(archive_folder(season), "hashtags") if one.record.ask.what == "frames"]

    assert len(frames) > len(set(frames))
    assert len(told(season)) == 9


def test_a_body_that_was_deleted_is_a_stated_hole(season: Path) -> None:
    with Archive(archive_folder(season), archive_signer(season, read_season(season).origin)) as archive:
        gone = delete(
            archive,
            lambda record: (
                record.ask.what == "frames" and POSTS["tag"].rpartition("/")[2].encode() in (record.data or b"")
            ),
            Hole(TUESDAY, "its author asks"),
            lambda _record, _answer: Remains("answered", None),
        )

    assert gone >= 1
    assert [one.reason for one in acts(season)].count("body deleted") == gone
