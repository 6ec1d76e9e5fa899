"""Rows that cannot be believed, whose a post is, and each key once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import SourceChanged
from tests.collect.collecting import COUNTERS, COVERAGE, HEADER, LATER, LOVE, Collection, counts, row

if TYPE_CHECKING:
    from pathlib import Path

READINGS = (
    """
[[source]]
id = "said"
kind = "readings"
title = "Readings"
platform = "youtube"
files = "data/said.csv"
columns = { account = "account", post = "post", metric = "metric", value = "value", observed_at = ["day", "hour"] }
"""
    + COVERAGE
)


WRONG = [
    (row("a9", views="-1"), "out of range"),
    (row("a9", views="9007199254740993"), "out of range"),
    (row("a9", views="9" * 5000), "out of range"),
    (row("a9", views="1.5"), "not a whole number"),
    (row("a9", views="1e6"), "not a whole number"),
    (row("a9", views="٣"), "not a whole number"),
    (row("a9", views="none"), "not a whole number"),
    (row("", views="5"), "missing value"),
    (row("a9", seen="19/05/2018"), "malformed time"),
    (row("a9", seen="1526688000"), "malformed time"),
    (row("a9", seen="9999-12-31 23:59:59"), "out of range"),
    (row("a9", seen="0001-01-01T00:00:00"), "out of range"),
    (row("a9", seen="1970-01-01"), "out of range"),
    (row("a9", seen="2018-05-01"), "out of range"),
    (row("a9", channel="somebody"), "unknown account"),
]


def test_rows_that_cannot_be_believed_are_set_aside_each_for_its_reason(tmp_path: Path) -> None:
    zoned = COUNTERS + 'zone = "America/Los_Angeles"\n'
    wrong = [line for line, _ in WRONG]
    made = counts(tmp_path, LOVE, *wrong, LATER, row("a8", views="-0"), sources=zoned)

    assert made.set_aside == [("data/counts.csv", number, reason) for number, (_, reason) in enumerate(WRONG, start=3)]
    assert [found for found in made.values if found[0] == "views"] == [
        ("views", 39349927),
        ("views", 62796390),
        ("views", 0),
    ]


def test_a_row_set_aside_says_source_file_row_reason_and_value(tmp_path: Path) -> None:
    made = counts(tmp_path, LOVE, row("a9", views="-1"))

    assert made.rows("set_aside") == [
        {
            "source": "counts",
            "file": "data/counts.csv",
            "row": 3,
            "reason": "out of range",
            "detail": "views is -1, below 0",
        }
    ]


def test_the_largest_counter_is_two_to_the_53(tmp_path: Path) -> None:
    made = counts(tmp_path, row("a1", views="9007199254740992"), row("a2", views="9007199254740993"))

    assert ("views", 9007199254740992) in made.values
    assert made.rows("set_aside")[0]["detail"] == "views is 9007199254740993, above 2**53"


def test_a_declared_form_of_date_is_read(tmp_path: Path) -> None:
    sources = COUNTERS + 'formats = { observed_at = "%d/%m/%Y" }\n'
    made = counts(tmp_path, row("a1", seen="19/05/2018"), row("a2", seen="05/19/2018"), sources=sources)

    assert made.set_aside == [("data/counts.csv", 3, "malformed time")]
    assert {reading["observed_at"] for reading in made.rows("readings")} == {1526731200000000}


@pytest.mark.parametrize("day", ["2018-05-19", "20180519"])
def test_a_bare_date_stands_for_the_declared_time_in_every_iso_form(tmp_path: Path, day: str) -> None:
    made = counts(tmp_path, row(seen=day), sources=COUNTERS + "date_at = 06:00:00\n")

    assert {reading["observed_at"] for reading in made.rows("readings")} == {1526709600000000}


@pytest.mark.parametrize(
    ("moment", "reason"),
    [
        ("2018-11-04 01:30:00", "local time that occurs twice"),
        ("2019-03-10 02:30:00", "no such local time"),
        ("2018-11-04 01:30:00-07:00", ""),
        ("2018-11-04 02:00:00", ""),
        ("2019-03-10 03:00:00", ""),
    ],
)
def test_a_local_time_that_a_change_of_clocks_spoils_is_set_aside(tmp_path: Path, moment: str, reason: str) -> None:
    made = counts(tmp_path, row(seen=moment), sources=COUNTERS + 'zone = "America/Los_Angeles"\n')

    assert made.set_aside == ([("data/counts.csv", 2, reason)] if reason else [])


def test_an_unknown_account_is_listed_each_time(tmp_path: Path) -> None:
    made = counts(
        tmp_path, LOVE, row("b1", channel="NewGroup"), row("b2", channel="NewGroup"), row("b3", channel="bts")
    )

    assert [(found["row"], found["detail"]) for found in made.rows("set_aside")] == [
        (3, "NewGroup"),
        (4, "NewGroup"),
        (5, "bts"),
    ]


def test_a_labels_posts_are_the_artists_by_title_and_else_nobodys(tmp_path: Path) -> None:
    made = counts(
        tmp_path,
        row("s1", channel="SMTOWN", title="EXO 엑소 'Universe' MV"),
        row("s2", channel="SMTOWN", title="[STATION] SMTOWN 'Dear My Family'"),
        row("s3", channel="SMTOWN", title="EXODUS live"),
        row("s4", channel="SMTOWN", title=""),
    )

    assert [(post["post"], post["artist"]) for post in made.rows("posts")] == [
        ("s1", "exo"),
        ("s2", None),
        ("s3", None),
        ("s4", None),
    ]
    assert {reading["post"]: reading["artist"] for reading in made.rows("readings")} == {
        "s1": "exo",
        "s2": None,
        "s3": None,
        "s4": None,
    }
    assert made.set_aside == []


def test_two_accounts_in_two_scripts_are_one_artist(tmp_path: Path) -> None:
    made = counts(tmp_path, LOVE, row("b1", channel="방탄TV", title="방탄소년단 (BTS) '연습'"))

    assert {post["account"]: post["artist"] for post in made.rows("posts")} == {"ibighit": "bts", "방탄TV": "bts"}


def test_exact_duplicates_collapse_in_one_file_and_across_files(tmp_path: Path) -> None:
    files = {"data/counts1.csv": HEADER + LOVE + LOVE, "data/counts2.csv": HEADER + LOVE + LATER}
    made = Collection(tmp_path, files).collect()

    assert len(made.rows("readings")) == 4
    assert made.set_aside == []


def test_a_key_with_different_values_sets_all_its_rows_aside(tmp_path: Path) -> None:
    other = LOVE.replace("39349927", "39349928")
    files = {"data/counts1.csv": HEADER + LOVE + LATER + LOVE, "data/counts2.csv": HEADER + other}
    made = Collection(tmp_path, files).collect()

    assert [found for found in made.values if found[0] == "views"] == [("views", 62796390)]
    assert ("likes", 3880071) in made.values
    reason = "duplicate key with different values"
    assert made.set_aside == [
        ("data/counts1.csv", 2, reason),
        ("data/counts1.csv", 4, reason),
        ("data/counts2.csv", 2, reason),
    ]
    assert [found["detail"] for found in made.rows("set_aside")][::2] == [
        "views of a1 is 39349927",
        "views of a1 is 39349928",
    ]


def test_a_metric_that_is_not_shown_is_no_reading(tmp_path: Path) -> None:
    header = HEADER.replace("likes", "likes,off")
    sources = COUNTERS + 'unless = { likes = "off" }\n'
    said = ["true", "True", "TRUE", "1", "yes", "false", "0", ""]
    lines = [row(f"a{number}").replace("\n", f",{word}\n") for number, word in enumerate(said)]
    made = Collection(tmp_path, {"data/counts.csv": header + "".join(lines)}, sources).collect()

    likes = [found["post"] for found in made.rows("readings") if found["metric"] == "likes"]
    assert likes == ["a5", "a6", "a7"]
    assert len([found for found in made.rows("readings") if found["metric"] == "views"]) == 8
    assert made.set_aside == []


def test_an_unless_column_that_is_neither_sets_its_metric_aside(tmp_path: Path) -> None:
    header = HEADER.replace("likes", "likes,off")
    sources = COUNTERS + 'unless = { likes = "off" }\n'
    made = Collection(tmp_path, {"data/counts.csv": header + row().replace("\n", ",perhaps\n")}, sources).collect()

    assert made.set_aside == [("data/counts.csv", 2, "not yes or no")]
    assert made.values == [("views", 5)]


def test_a_post_is_described_by_its_latest_reading(tmp_path: Path) -> None:
    renamed = LATER.replace("FAKE LOVE", "FAKE LOVE Official MV")
    made = counts(tmp_path, renamed, LOVE)

    assert [(post["title"], post["row"]) for post in made.rows("posts")] == [("FAKE LOVE Official MV", 2)]


def test_a_reading_of_a_post_that_no_source_has_is_set_aside(tmp_path: Path) -> None:
    said = "account,post,metric,value,day,hour\nibighit,,followers,9,2018-05-19,10:00:00\n"
    said += "ibighit,p,views,8,2018-05-19,10:00\n"
    made = Collection(tmp_path, {"data/said.csv": said}, READINGS).collect()

    assert [(found["post"], found["metric"], found["observed_at"]) for found in made.rows("readings")] == [
        ("", "followers", 1526724000000000),
    ]
    assert made.set_aside == [("data/said.csv", 3, "unknown post")]


def test_a_constant_stands_for_a_time_and_for_a_flag(tmp_path: Path) -> None:
    sources = COUNTERS.replace(', observed_at = "seen"', "")
    sources += 'constants = { observed_at = "2018-05-20T00:00:00Z", is_repost = "true" }\n'
    made = counts(tmp_path, LOVE, sources=sources)

    assert {found["observed_at"] for found in made.rows("readings")} == {1526774400000000}
    assert [post["is_repost"] for post in made.rows("posts")] == [True]


def lookup(folder: Path, names: bytes) -> Collection:
    sources = COUNTERS + '[source.lookup.account]\nfile = "names.csv"\nkey = "code"\nvalue = "account"\n'
    rows = HEADER + row(channel="7") + row("a2", channel="8")
    files: dict[str, str | bytes] = {"data/counts.csv": rows, "names.csv": names}
    return Collection(folder, files, sources).collect()


def test_a_lookup_translates_and_an_unknown_key_is_set_aside(tmp_path: Path) -> None:
    made = lookup(tmp_path, b"code,account\n7,ibighit\n")

    assert [post["account"] for post in made.rows("posts")] == ["ibighit"]
    assert made.set_aside == [("data/counts.csv", 3, "unknown account")]


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (b"code,account\n7,ibighit\n7,SMTOWN\n", "names.csv, line 3: '7' is given twice"),
        (b"code,account\n7\n", "names.csv, line 2: malformed row"),
        (b"code,account\n7,\xb9\xe6\n", "names.csv, line 2: not UTF-8"),
        (b"code,name\n7,ibighit\n", "names.csv, line 1: no column 'account'"),
    ],
)
def test_a_lookup_that_cannot_be_used_is_refused_with_its_line(tmp_path: Path, names: bytes, said: str) -> None:
    with pytest.raises(SourceChanged) as caught:
        lookup(tmp_path, names)

    assert said in caught.value.what
