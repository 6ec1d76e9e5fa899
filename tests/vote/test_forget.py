"""Forgetting: the key's bytes are gone, it stays gone, and whoever asks for it is told."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import OutOfTurn
from plaudit.vote import forget
from plaudit.vote.forget import forget_voters, is_forgotten, refuse_forgotten
from plaudit.vote.keys import make_keys, voter_key
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def season(tmp_path: Path) -> Path:
    make_keys(tmp_path)
    return tmp_path


def test_the_bytes_of_the_key_are_written_over_before_its_name_is_gone(season: Path) -> None:
    key = voter_key(season)
    os.link(season / "keys" / "voter.key", season / "same-bytes-on-disk")

    assert forget_voters(season)
    assert not (season / "keys" / "voter.key").exists()
    left = (season / "same-bytes-on-disk").read_bytes()
    assert (len(left), left == key) == (len(key), False)
    assert [name for name, data in bytes_below(season).items() if key in data] == []


def test_no_other_key_is_touched(season: Path) -> None:
    others = {name: data for name, data in bytes_below(season).items() if not name.startswith("keys/voter.")}
    forget_voters(season)

    assert {name: data for name, data in bytes_below(season).items() if not name.startswith("keys/voter.")} == others


def test_forgetting_twice_changes_nothing(season: Path) -> None:
    forget_voters(season)
    before = bytes_below(season)

    assert not forget_voters(season)
    assert bytes_below(season) == before


def test_no_new_key_takes_its_place(season: Path) -> None:
    forget_voters(season)
    with pytest.raises(OutOfTurn, match="was destroyed after certification"):
        voter_key(season)
    make_keys(season)

    assert not (season / "keys" / "voter.key").exists()


def test_an_interrupted_forgetting_is_refused_at_once_and_finished_by_the_next(
    season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(forget, "sync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        forget_voters(season)
    monkeypatch.undo()

    assert (season / "keys" / "voter.key").exists()
    assert is_forgotten(season)
    with pytest.raises(OutOfTurn):
        refuse_forgotten(season)
    assert forget_voters(season)
    assert not (season / "keys" / "voter.key").exists()


def test_a_season_that_forgot_nobody_goes_on(season: Path) -> None:
    refuse_forgotten(season)

    assert not is_forgotten(season)
    assert len(voter_key(season)) == 32
