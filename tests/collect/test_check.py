"""What the doctor sees of a season's files, the blocks it suggests, and the artists it drafts."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from plaudit.collect.check import look_at, useless
from plaudit.collect.draft import drafts, in_toml
from plaudit.collect.idle import idle_eligibility
from plaudit.collect.suggest import suggest
from plaudit.rulebook.artists import Artist, Artists, read_artists
from plaudit.rulebook.chart_rule import Eligibility
from plaudit.rulebook.season import read_season
from tests.collect.collecting import ARTISTS, BALLOTS, COUNTERS, HEAD, HEADER, LATER, LOVE, Collection, row
from tests.collect.test_ballots import AT, WIDE, typed
from tests.collect.test_forms import VALUES, sheet_cells, workbook
from tests.conftest import bytes_below
from tests.measure.readings import RULE

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.collect.check import SourceLook

TWO = HEADER + LOVE + LATER


def looked(folder: Path, text: str, sources: str = COUNTERS) -> SourceLook:
    made = Collection(folder, {"data/counts.csv": text}, sources)
    [look] = look_at(read_season(made.folder)).sources
    return look


def test_looking_writes_nothing_and_counts_what_can_be_used(tmp_path: Path) -> None:
    ballots = "channel,nominee,voter,cast_at\nweb,bts,ann,2018-05-14T09:00:00Z\n"
    made = Collection(tmp_path, {"data/counts.csv": TWO, "data/ballots.csv": ballots}, COUNTERS + BALLOTS)
    before = bytes_below(tmp_path)

    looks = look_at(read_season(made.folder)).sources

    assert [(look.source, look.rows, look.usable, look.reasons) for look in looks] == [
        ("counts", 2, 2, ()),
        ("ballots", 1, 1, ()),
    ]
    assert useless(looks) is None
    assert bytes_below(tmp_path) == before


def test_only_the_first_thousand_rows_of_a_file_are_read(tmp_path: Path) -> None:
    look = looked(tmp_path, HEADER + "".join(row(f"a{number}") for number in range(1_001)))

    assert (look.rows, look.usable, look.is_whole) == (1_000, 1_000, False)


def test_typed_parquet_is_looked_at_as_it_is_collected(tmp_path: Path) -> None:
    replaced = WIDE + '[source.replace.gesture]\nRT = "repost"\npost = "quote"\n'
    ballots = [{"post": f"at://{number}", "born": AT} for number in range(1_001)]
    made = typed(tmp_path, *ballots, sources=replaced)

    [look] = look_at(read_season(made.folder)).sources

    assert (look.rows, look.usable, look.is_whole) == (1_000, 1_000, False)
    assert look.idle == ('replace.gesture "RT" = "repost"',)


def test_the_commonest_reason_comes_first_with_an_example(tmp_path: Path) -> None:
    look = looked(tmp_path, HEADER + LOVE + row("a7", views="-1") + row("a8", views="x") + row("a9", views="y"))

    assert [(it.reason, it.rows, it.row) for it in look.reasons] == [
        ("not a whole number", 2, 4),
        ("out of range", 1, 3),
    ]
    assert look.usable == 1


def test_a_source_without_a_usable_row_is_an_error_of_the_source(tmp_path: Path) -> None:
    error = useless([looked(tmp_path, HEADER + row(views="x"))])

    assert error is not None
    assert error.exit_code == 4
    assert "none of 1 rows can be used; 1 of them: not a whole number, as in data/counts.csv, row 2" in error.what


def test_a_where_that_passes_over_all_is_an_error_of_the_source(tmp_path: Path) -> None:
    look = looked(tmp_path, TWO, COUNTERS + 'where = { title = "Fake Love" }\n')
    error = useless([look])

    assert look.passed_over == 2
    assert error is not None
    assert "[source.where] passes over all 2 rows" in error.what


def test_declared_keys_that_meet_no_row_are_named(tmp_path: Path) -> None:
    keys = 'where = { channel = " ibighit" }\nreplace = { title = { "FAKE LOVE" = "x", "Nothing" = "y" } }\n'
    look = looked(tmp_path, TWO, COUNTERS + keys + 'unless = { likes = "likes" }\n')

    assert look.idle == ('replace.title "Nothing" = "y"', 'unless likes = "likes"')


def test_keys_that_change_nothing_in_whole_files_are_named(tmp_path: Path) -> None:
    keys = (
        'delimiter = ","\nsheet = "Counts"\nformats = { published_at = "%Y-%m-%dT%H:%M:%S%z" }\n'
        'constants = { artists = "bts" }\nseparators = { artists = ";" }\n'
    )
    gaps = (
        'gaps = [{ from = 2017-01-01, to = 2017-01-02, because = "x" }, '
        '{ from = 2018-05-01, to = 2018-05-02, because = "x", account = "ibighitt" }, '
        '{ from = 2018-05-01, to = 2018-05-02, because = "x", account = "ibighit" }] }\n'
    )
    one = "a1,ibighit,FAKE LOVE,2018-05-18T09:00:00Z,2018-05-19T00:00:00Z,39349927,\n"
    look = looked(tmp_path, HEADER + one, COUNTERS.removesuffix(" }\n") + f", {gaps}" + keys)

    assert look.idle == (
        'metrics likes = "likes"',
        'separators artists = ";"',
        'coverage.gaps account = "ibighitt"',
        "sheet = 'Counts': no file is xlsx",
        "coverage.gaps from 2017-01-01 to 2017-01-02: outside the coverage",
    )


def test_of_rows_that_cannot_be_used_no_metric_is_said_to_be_missing(tmp_path: Path) -> None:
    assert looked(tmp_path, HEADER + row(seen="x")).idle == ()


TOGETHER = """
[[collaboration]]
platform = "youtube"
post = "a1"
artists = ["bts", "exo"]

[[collaboration]]
platform = "youtube"
post = "gone"
artists = ["bts", "exo"]

[[collaboration]]
platform = "youtube"
title = "LOVE"
artists = ["exo"]

[[collaboration]]
platform = "youtube"
title = "Nothing"
artists = ["exo"]

[[collaboration]]
platform = "youtub"
post = "a1"
artists = ["exo"]
"""


def test_what_artists_toml_declares_and_no_source_has_is_named(tmp_path: Path) -> None:
    made = Collection(
        tmp_path, {"data/counts.csv": TWO + row("a2", "SMTOWN", "LOVE shot") + row("a3", "SMTOWN", "f(x)")}
    )
    (tmp_path / "artists.toml").write_text(ARTISTS + TOGETHER, "utf-8")

    assert look_at(read_season(made.folder)).idle == [
        "artists.toml: no source has bts's youtube account '방탄TV'",
        "artists.toml: label 'SMTOWN' on youtube: the pattern '^EXO\\b' decides no post",
        "artists.toml: [[collaboration]] youtube post 'gone' of bts and exo matches no post",
        "artists.toml: [[collaboration]] youtube title 'Nothing' of exo matches no post",
        "artists.toml: [[collaboration]] youtub post 'a1' of exo matches no post: no source is of youtub",
    ]


def test_what_a_rule_says_of_no_artist_is_named() -> None:
    artists = Artists((Artist("bts", {"en": "BTS"}, "group", country="KR", genres=("pop",)),))
    told = Eligibility(kinds=("person",), countries=("KR", "KO"), genres=("pop",), excluded=("bts", "bst"))

    assert idle_eligibility(replace(RULE, eligibility=told), artists) == [
        f"rule {RULE.name}: eligibility.excluded 'bst' is no artist's",
        f"rule {RULE.name}: eligibility.kinds 'person' is no artist's",
        f"rule {RULE.name}: eligibility.countries 'KO' is no artist's",
    ]


def test_of_files_read_in_part_no_artist_is_said_to_be_missing(tmp_path: Path) -> None:
    made = Collection(tmp_path, {"data/counts.csv": TWO})
    (tmp_path / "artists.toml").write_text(
        ARTISTS + TOGETHER.replace('youtub"', 'youtube"').replace("a1", "a9", 1), "utf-8"
    )

    assert look_at(read_season(made.folder), rows_most=1).idle == []


def test_what_where_passes_over_is_counted_by_file_when_collected(tmp_path: Path) -> None:
    made = Collection(tmp_path, {"data/counts.csv": TWO + row("a9", channel="x")}, COUNTERS + 'where = { id = "a1" }\n')
    made.collect(strict=True)

    assert made.rows("source_files") == [
        {"source": "counts", "file": "data/counts.csv", "rows": 3, "passed_over": 1, "set_aside": 0}
    ]


def test_drafted_artists_are_read_once_their_accounts_are_unknown_no_more(tmp_path: Path) -> None:
    strangers = (
        row("b1", channel='"New ""Group"""')
        + row("b2", channel="새그룹")
        + row("b3", channel="새그룹")
        + row("b4", channel="BTS")
    )
    made = Collection(tmp_path, {"data/counts.csv": TWO + strangers})
    season = read_season(made.folder)
    [look] = look_at(season, rows_most=0).sources

    found = drafts(season, {look.source: look.unknown_accounts or {}})

    assert [(one.id, one.name, one.rows, one.known_as) for one in found] == [
        ("artist", "새그룹", 2, ""),
        ("bts-2", "BTS", 1, "bts"),
        ("new-group", 'New "Group"', 1, ""),
    ]
    (tmp_path / "artists.toml").write_text(ARTISTS + in_toml(found), "utf-8")
    assert len(read_artists(tmp_path / "artists.toml").artists) == 4
    [look] = look_at(read_season(made.folder)).sources
    assert look.unknown_accounts == {"BTS": 1}


def files(folder: Path) -> dict[str, Path]:
    texts = {
        "plain.csv": TWO.encode(),
        "semi.csv": TWO.replace(",", ";").encode(),
        "tab.txt": TWO.replace(",", "\t").encode("utf-16"),
        "korean.csv": TWO.replace("FAKE LOVE", "방탄소년단").encode("cp949"),
        "marks.csv": TWO.replace(",", ";").replace("39349927", "39.349.927").encode(),
        "unix.csv": TWO.replace("2018-05-19T00:00:00Z", "1526688000")
        .replace("2018-05-20T00:00:00Z", "1526774400")
        .encode(),
        "days.csv": TWO.replace("2018-05-19T00:00:00Z", "19.05.2018 00:00")
        .replace("2018-05-20T00:00:00Z", "20.05.2018 00:00")
        .encode(),
        "array.json": json.dumps(
            [dict(zip(HEADER.strip().split(","), line.split(","), strict=True)) for line in TWO.splitlines()[1:]]
        ).encode(),
        "sep.csv": ("sep=;\n" + TWO.replace(",", ";")).encode(),
    }
    for name, data in texts.items():
        (folder / name).write_bytes(data)
    workbook(folder / "sheet.xlsx", *sheet_cells(), sheets=("Counts", "Notes"))
    return {path.name: path for path in folder.iterdir()}


NAMES = (
    "plain.csv",
    "semi.csv",
    "tab.txt",
    "korean.csv",
    "marks.csv",
    "unix.csv",
    "days.csv",
    "array.json",
    "sep.csv",
    "sheet.xlsx",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_suggested_block_reads_its_file(tmp_path: Path, name: str) -> None:
    made = Collection(tmp_path, {})
    block = suggest(files(tmp_path / "data")[name])
    (tmp_path / "season.toml").write_text(HEAD + block, "utf-8")

    made.collect(strict=True)

    assert made.values == VALUES
    assert {found["observed_at"] // 86_400_000_000 for found in made.rows("readings")} == {17670, 17671}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("channel,nominee,voter,cast_at\nweb,s1,v,2018-05-19T00:00:00Z\n", "ballots"),
        ("channel;nominee;votes\nweb;s1;1.234\n", "totals"),
        ("voter,network\nv,n\n", "voters"),
        ("account,metric,value,date\na,followers,5,2018-05-19\n", "readings"),
        ("post,account,created_at,likes\na,b,2018-05-19,5\n", "posts"),
        ("x,y\n1,2\n", "posts"),
        ("a\n", "posts"),
    ],
)
def test_a_suggested_block_is_one_that_is_read_whatever_the_columns(tmp_path: Path, text: str, kind: str) -> None:
    made = Collection(tmp_path, {"data/x.csv": text})
    (tmp_path / "season.toml").write_text(HEAD + suggest(tmp_path / "data/x.csv"), "utf-8")

    assert [source.kind for source in read_season(made.folder).sources] == [kind]


def test_a_file_of_accounts_and_one_metric_is_one_of_readings(tmp_path: Path) -> None:
    path = tmp_path / "changes.csv"
    path.write_text("read_at_utc,channel_id,subscribers\n2022-11-28T00:00:00Z,c1,40600000\n", "utf-8")

    found = tomllib.loads(suggest(path))["source"][0]

    assert found["kind"] == "readings"
    assert found["columns"] == {"account": "channel_id", "observed_at": "read_at_utc", "value": "subscribers"}
    assert found["constants"] == {"metric": "subscribers"}
