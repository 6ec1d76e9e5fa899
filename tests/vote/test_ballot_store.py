"""The box keeps what was committed, all of a commit or nothing."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.vote.ballot_store import Batch, SqliteBallotStore
from tests.profiles import examples

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SLOT, OTHER = (0, 1, -1), (0, 1, 2)


@pytest.fixture
def ballot_store(tmp_path: Path) -> Iterator[SqliteBallotStore]:
    found = SqliteBallotStore(tmp_path / "ballots.sqlite")
    yield found
    found.close()


def batch(first: int = 1, ballots: int = 3, at: int = 10) -> Batch:
    """Give a batch of as many voters, each with one ballot of two votes."""
    leaves = range(first, first + ballots)
    return Batch(
        first,
        at,
        [(leaf, b"record %d" % leaf, "") for leaf in leaves],
        {(leaf, f"key-{leaf}"): leaf for leaf in leaves},
        {(leaf, SLOT): 2 for leaf in leaves},
        {("bts", "web"): [ballots, 2 * ballots]},
    )


def committed(ballot_store: SqliteBallotStore, *batches: Batch) -> None:
    for one in batches:
        ballot_store.add(one)
        ballot_store.commit()


def test_an_empty_box_says_so(ballot_store: SqliteBallotStore) -> None:
    assert ballot_store.last() == (0, 0)
    assert ballot_store.record(1) is None
    assert list(ballot_store.standings()) == []
    assert ballot_store.known([], []) == ({}, {})
    assert ballot_store.state("opening") is None


def test_every_commit_is_synced(ballot_store: SqliteBallotStore) -> None:
    pragmas = [
        ballot_store.connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    ]

    assert pragmas == ["wal", 2]


def test_commits_are_told_apart_and_found_by_any_leaf_of_theirs(ballot_store: SqliteBallotStore) -> None:
    committed(ballot_store, batch(1, 3), batch(4, 1, at=11), batch(5, 2, at=12))

    found = {leaf: ballot_store.commit_of(leaf) for leaf in range(1, 7)}
    assert [first for first, _ in found.values()] == [1, 1, 1, 4, 5, 5]
    assert found[6][1] == [b"record 5", b"record 6"]
    assert ballot_store.last() == (6, 12)
    assert ballot_store.records(2, 3) == [b"record 2", b"record 3", b"record 4"]
    assert list(ballot_store.standings()) == [("bts", "web", 6, 12)]


def test_what_is_rolled_back_leaves_nothing(ballot_store: SqliteBallotStore) -> None:
    committed(ballot_store, batch(1, 2))
    ballot_store.add(batch(3, 2))
    ballot_store.rollback()
    ballot_store.rollback()

    assert ballot_store.last() == (2, 10)
    assert (ballot_store.known([(3, "key-3")], [])[0], ballot_store.known([], [(3, SLOT)])[1]) == ({}, {})
    committed(ballot_store, batch(3, 2))
    assert ballot_store.last() == (4, 10)


@settings(max_examples=examples(40))
@given(st.sets(st.integers(1, 1_200), min_size=1), st.integers(1, 40))
def test_any_number_of_keys_and_accounts_are_looked_up_together(
    tmp_path_factory: pytest.TempPathFactory, wanted: set[int], ballots: int
) -> None:
    ballot_store = SqliteBallotStore(tmp_path_factory.mktemp("box") / "ballots.sqlite")
    committed(ballot_store, batch(1, ballots))
    known = {voter for voter in wanted if voter <= ballots}

    try:
        assert ballot_store.known([(voter, f"key-{voter}") for voter in wanted], [])[0] == {
            (voter, f"key-{voter}"): voter for voter in known
        }
        assert ballot_store.known([(voter, "key-0") for voter in wanted], [])[0] == {}
        assert ballot_store.known([], [(voter, slot) for voter in wanted for slot in (SLOT, OTHER)])[1] == {
            (voter, SLOT): 2 for voter in known
        }
    finally:
        ballot_store.close()


def test_the_same_key_twice_is_never_stored(ballot_store: SqliteBallotStore) -> None:
    committed(ballot_store, batch(1, 1))
    twice = batch(2, 1)
    twice.asked = {(1, "key-1"): 2}
    with pytest.raises(sqlite3.IntegrityError):
        ballot_store.add(twice)
    ballot_store.rollback()

    assert ballot_store.last() == (1, 10)


def test_a_view_sees_commits_whole_and_writes_nothing(ballot_store: SqliteBallotStore) -> None:
    view = SqliteBallotStore(ballot_store.path, is_view=True)
    ballot_store.add(batch(1, 2))
    before = view.last()
    thread = threading.Thread(target=ballot_store.commit)
    thread.start()
    thread.join()

    assert (before, view.last()) == ((0, 0), (2, 10))
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        view.set_state("closed_at", 1)
    view.close()


def test_facts_and_ballots_outlive_the_connection(ballot_store: SqliteBallotStore) -> None:
    committed(ballot_store, batch(1, 2))
    ballot_store.set_state("opening", "{}")
    ballot_store.set_state("closed_at", 12)
    ballot_store.tidy()
    ballot_store.close()
    again = SqliteBallotStore(ballot_store.path)

    assert (again.state("opening"), again.state("closed_at")) == ("{}", 12)
    assert again.records(1, 9) == [b"record 1", b"record 2"]
    assert again.known([], [(2, SLOT)])[1] == {(2, SLOT): 2}
    again.close()


def test_a_path_of_any_letters_is_a_path(tmp_path: Path) -> None:
    folder = tmp_path / "a?b#c%20 é"
    folder.mkdir()
    ballot_store = SqliteBallotStore(folder / "ballots.sqlite")
    committed(ballot_store, batch())
    ballot_store.close()

    assert (folder / "ballots.sqlite").is_file()
