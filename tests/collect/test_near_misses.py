"""What sources write nearly as the season declares it is named, and counted as what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.collect.near_misses import declared_ids, in_heads, in_tables
from plaudit.rulebook.season import read_season
from tests.collect.collecting import BALLOTS, COUNTERS, HEADER, Collection, row

if TYPE_CHECKING:
    from pathlib import Path

CAST = "channel,nominee,voter,cast_at\n"


def test_accounts_and_nominees_that_are_nearly_declared_are_named_with_what_differs(tmp_path: Path) -> None:
    counts = HEADER + row(channel="iBigHit") + row(channel="\ubc29\ud0c4TV\u200b") + row(channel="stranger")
    ballots = CAST + "web,bts,v1,2018-05-14\nweb,B TS,v2,2018-05-14\nweb,nobody,v3,2018-05-14\n"
    files = {"data/counts.csv": counts, "data/ballots.csv": ballots}
    made = Collection(tmp_path, files, COUNTERS + BALLOTS).collect()
    season = read_season(tmp_path)
    declared = declared_ids(season, ["bts"])

    found = in_tables(season, made.tables, declared)

    assert sorted(found) == sorted(in_heads(season, declared))
    assert sorted(found) == [
        "source ballots: nominee 'B TS' is not 'bts'; they differ only in letters that look alike",
        "source counts: account on youtube 'iBigHit' is not 'ibighit'; they differ only in case",
        "source counts: account on youtube '\ubc29\ud0c4TV\\u200b' (U+BC29 U+D0C4 U+0054 U+0056 U+200B) is not "
        "'\ubc29\ud0c4TV' (U+BC29 U+D0C4 U+0054 U+0056); they differ only in invisible characters",
    ]


def test_forms_and_blanks_that_are_no_difference_are_no_near_miss(tmp_path: Path) -> None:
    decomposed = "\u1107\u1161\u11bc\u1110\u1161\u11abTV "
    made = Collection(tmp_path, {"data/counts.csv": HEADER + row(channel=decomposed)}).collect()
    season = read_season(tmp_path)

    assert [found["account"] for found in made.rows("posts")] == ["\ubc29\ud0c4TV"]
    assert in_tables(season, made.tables, declared_ids(season, [])) == []
