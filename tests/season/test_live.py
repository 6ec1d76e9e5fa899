"""A live vote becomes a certificate: the log is read back into ballots, in its own order."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from plaudit import pipeline
from plaudit.base.errors import DigestMismatch, OutOfTurn, ProofInvalid
from plaudit.base.progress import quiet
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from plaudit.vote.admission import BallotRequest
from plaudit.vote.ballot_store import SqliteBallotStore
from plaudit.vote.imports import import_ballots
from plaudit.vote.keys import fingerprints
from plaudit.vote.live import LiveVote
from plaudit.vote.statements import read_opening
from tests.conftest import bytes_below, run
from tests.made import made_once
from tests.season.voting import DAY, asks, cast, nominated, voted
from tests.verifier.second import verify as second
from tests.vote.seasons import CLOSES, NOW

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season


@pytest.fixture(scope="module")
def made_live(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A live vote of 22 ballots, closed and certified. Copy it before changing it."""
    return made_once(tmp_path_factory, "live", lambda folder: run(voted(folder / "s").folder))


@pytest.fixture
def live(made_live: Path, tmp_path: Path) -> Season:
    return read_season(shutil.copytree(made_live, tmp_path / "s"))


def ballots(folder: Path) -> list[dict[str, object]]:
    files = sorted((folder / "evidence" / "ballots").rglob("*.parquet"))
    return [row for path in files for row in pq.read_table(path, partitioning=None).to_pylist()]


def test_a_closed_live_vote_is_counted_certified_and_verifies(made_live: Path) -> None:
    found = verify(made_live)
    stated = found.certificate.statement

    assert stated["vote"]["log"]["size"] == 24
    assert stated["vote"]["log"]["keys"] == fingerprints(made_live)
    assert stated["vote"]["log"]["closed_at"] == "2026-01-04T00:00:00Z"
    assert sum(row["votes_cast"] for row in stated["result"]["totals"]) == sum(ask.votes for ask in asks(20)) + 5
    assert len(found.checked) == 8


def test_rows_in_the_order_of_files_are_the_leaves_in_the_order_of_the_log(made_live: Path) -> None:
    log = LogReader(FolderFiles(made_live / "evidence" / "log"))
    names = read_opening(log.entry(0)).names
    rows = ballots(made_live)

    assert [row["ballot"] for row in rows] == list(range(22))
    for number, row in enumerate(rows):
        leaf = names.unpack(log.entry(number + 1))
        assert bool(leaf.pop("post")) == bool(row["post"])
        assert {name: row[name] for name in leaf} == leaf


def test_a_post_made_earlier_lies_in_the_folder_of_the_day_it_came_in(made_live: Path) -> None:
    folders = sorted(path.name for path in (made_live / "evidence" / "ballots").iterdir())
    last = ballots(made_live)[-1]

    assert folders == ["day=2026-01-01", "day=2026-01-02"]
    assert last["cast_at"] == NOW - 3_600_000_000
    assert last["post"] == "https://example.org/p/1"


def test_guests_are_named_in_kind_limits_and_sources(made_live: Path) -> None:
    stated = verify(made_live).certificate.statement

    assert stated["evidence"]["kind"] == "guest ballots"
    assert {"code": "limits.guests", "values": {}} in stated["limits"]
    assert stated["vote"]["sources"] == ["guest"]
    assert "Anyone could vote" in (made_live / "published" / "certificate.md").read_text("utf-8")


def test_running_a_live_season_again_gives_the_same_bytes(live: Season, made_live: Path) -> None:
    def is_private(name: str) -> bool:
        return name.startswith("vote/")

    run(live.folder)

    assert bytes_below(live.folder, is_private) == bytes_below(made_live, is_private)


def test_a_live_vote_that_is_open_cannot_be_counted(tmp_path: Path) -> None:
    season = nominated(tmp_path / "s")
    cast(season, asks(3))

    with pytest.raises(OutOfTurn, match=r"not closed; its last window ends at 2026-01-04T00:00:00Z; close it first"):
        run(season.folder)
    assert not (season.folder / "published" / "certificate.note").exists()


def test_a_vote_that_nobody_opened_cannot_be_counted(tmp_path: Path) -> None:
    season = nominated(tmp_path / "s")
    shutil.rmtree(season.log)

    with pytest.raises(OutOfTurn, match="not closed"):
        run(season.folder)


def test_closing_early_stands_in_the_certificate_with_its_reason(tmp_path: Path) -> None:
    season = voted(tmp_path / "s", closes_at=NOW + DAY + 500_000, because="the hall burned down")
    stated = verify(run(season.folder)).certificate.statement

    assert stated["vote"]["log"]["because"] == "the hall burned down"
    assert {
        "code": "limits.closed-early",
        "values": {
            "at": "2026-01-02T10:00:00.500000Z",
            "end": "2026-01-04T00:00:00Z",
            "why": "the hall burned down",
        },
    } in stated["limits"]


def test_closing_a_moment_late_is_no_limit(tmp_path: Path) -> None:
    season = voted(tmp_path / "s", closes_at=CLOSES + 250_000)

    assert [
        line
        for line in verify(run(season.folder)).certificate.statement["limits"]
        if line["code"] == "limits.closed-early"
    ] == []


def test_a_window_moved_after_the_opening_is_refused(live: Season) -> None:
    path = live.folder / "season.toml"
    path.write_text(path.read_text("utf-8").replace("2026-01-04T00:00:00Z", "2026-01-05T00:00:00Z"), "utf-8")

    with pytest.raises(ProofInvalid, match="opened with"):
        run(live.folder)


def test_a_post_whose_address_was_changed_in_the_box_is_refused(live: Season) -> None:
    ballot_store = SqliteBallotStore(live.folder / "vote" / "ballots.sqlite")
    ballot_store.connection.execute("UPDATE ballots SET post = 'https://example.org/p/2' WHERE post != ''")
    ballot_store.close()

    with pytest.raises(DigestMismatch, match=r"leaf 22 commits to a post .* is 'https://example\.org/p/2'"):
        run(live.folder)
    assert len(ballots(live.folder)) == 22


def test_without_the_box_the_address_of_a_post_is_missing(live: Season) -> None:
    shutil.rmtree(live.folder / "vote")

    with pytest.raises(DigestMismatch, match="is not there"):
        run(live.folder)


def test_without_the_box_a_certified_vote_still_verifies(live: Season) -> None:
    shutil.rmtree(live.folder / "vote")
    shutil.rmtree(live.folder / "keys")

    assert len(verify(live.folder).checked) == 8


def test_without_tiles_the_root_is_rebuilt_and_verify_says_so(live: Season) -> None:
    shutil.rmtree(live.log / "tile")

    assert (
        "the tiles of the log: they are not here; its root is rebuilt from the ballots" in verify(live.folder).unchecked
    )


def test_a_log_of_a_live_vote_is_not_replaced_by_one_made_of_files(live: Season) -> None:
    path = live.folder / "season.toml"
    text = path.read_text("utf-8")
    source = """
[[source]]
id = "files"
kind = "ballots"
title = "x"
files = "data/*.csv"
columns = { channel = "channel", nominee = "nominee", voter = "voter", cast_at = "cast_at" }
coverage = { from = 2026-01-01, to = 2026-01-02, sampling = "x", synthetic = false }
"""
    path.write_text(text[: text.index("[vote.live]")] + source, "utf-8")
    season = read_season(live.folder)
    before = bytes_below(season.log)

    with pytest.raises(OutOfTurn, match="holds ballots that this season took itself"):
        pipeline.vote(season, Evidence(season.evidence))
    assert bytes_below(season.log) == before


def test_collect_leaves_the_ballots_of_a_live_vote_alone(live: Season) -> None:
    before = ballots(live.folder)
    pipeline.collect(live, Evidence(live.evidence))

    assert ballots(live.folder) == before


def test_a_vote_in_which_the_last_ballot_replaces_the_earlier_verifies(tmp_path: Path) -> None:
    season = nominated(tmp_path / "live", keys='keep = "last"')
    cast(season, asks(3))
    cast(season, [BallotRequest(1, asks(1)[0].nominee, 4, "again", "guest", "web")], NOW + 1)
    with LiveVote(season, clock=lambda: CLOSES) as vote:
        vote.close()
    tables = Evidence(season.evidence)
    pipeline.run(season, tables)

    assert [row["reason"] for row in tables.to_rows(tables.read("voids"))] == ["replaced"]
    assert verify(season.folder).is_recomputed


IMPORTED = """
[[source]]
id = "posts"
kind = "ballots"
title = "Posts with a tag"
files = "data/posts.csv"
constants = { channel = "post", gesture = "post" }
columns = { nominee = "nominee", voter = "voter", cast_at = "cast_at", post = "post" }
where = { country = "KR" }
replace = { nominee = { Bangtan = "bts" } }
coverage = { from = 2026-01-01, to = 2026-01-03, sampling = "all", synthetic = false }
"""
POSTS = """\
nominee,voter,cast_at,post,country
Bangtan,p1,2026-01-01T04:00:00Z,https://example.org/1,KR
Bangtan,p2,2026-01-01T04:01:00Z,https://example.org/2,US
iu,p3,2026-01-01T04:02:00Z,https://example.org/3,KR
iu,p4,2026-01-01T04:03:00Z,https://example.org/4,KR
"""


def test_what_the_mapping_of_imported_ballots_did_is_certified(tmp_path: Path) -> None:
    season = nominated(tmp_path / "live", live=IMPORTED)
    (season.folder / "data").mkdir()
    (season.folder / "data" / "posts.csv").write_text(POSTS, "utf-8")
    with LiveVote(season, clock=lambda: CLOSES) as vote:
        made = import_ballots(vote, season.sources[0], quiet)
        vote.close()
    pipeline.run(season, Evidence(season.evidence))

    found = verify(season.folder).certificate.statement
    [source] = found["evidence"]["sources"]
    assert made.accepted == 3
    assert [(row["key"], row["said"], row["nominee"], row["rows"]) for row in source["mapping"]] == [
        ("replace", "Bangtan", "bts", 1),
        ("where", "", "bts", 1),
    ]
    assert "not-checked.mapped" in {one["code"] for one in found["not_checked"]}
    assert second.main([str(season.folder)]) == 0
