"""Whose a post is, what is known of it when, and what a missing metric costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import RuleInvalid, SourceChanged
from tests.collect.charting import WEEKS, Charting, counts
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

    from hypothesis.strategies import DataObject

FIRST, SECOND = WEEKS
ANN, BOB = counts("a1", "ann", 900), counts("b1", "bob", 100)
CONTEST = (
    "c1 is listed under ann (ann) and bob (bob); declare a [[collaboration]] in artists.toml, or leave it with one"
)
TOGETHER = '[[collaboration]]\nplatform = "youtube"\npost = "c1"\nartists = ["bob", "ann"]\n'


def without(rows: list[dict[str, Any]], key: str, value: Any = ...) -> list[dict[str, Any]]:
    """Give rows without a key, or with another value there."""
    kept = [{name: held for name, held in row.items() if name != key} for row in rows]
    return kept if value is ... else [{**row, key: value} for row in kept]


@pytest.mark.parametrize("value", [..., None, "", "  "], ids=["no key", "null", "empty", "blank"])
@pytest.mark.parametrize("ann_first", [True, False])
def test_likes_that_are_not_given_cost_no_views(tmp_path: Path, value: Any, ann_first: bool) -> None:
    hidden = without(ANN, "likes", value)
    made = Charting(tmp_path).walk(hidden + BOB if ann_first else BOB + hidden)

    assert made.entries(FIRST) == made.entries(SECOND) == {"ann": 900_000, "bob": 100_000}
    assert made.reasons == {}
    assert made.gains("likes") == {(week, "bob"): 70 for week in WEEKS}


def test_a_metric_that_cannot_be_used_is_set_aside_alone(tmp_path: Path) -> None:
    made = Charting(tmp_path).walk(without(ANN, "likes", "abc") + BOB)

    assert made.entries(FIRST) == {"ann": 900_000, "bob": 100_000}
    assert made.reasons == {"not a whole number": ["likes is 'abc'"]}
    assert len(made.rows("set_aside")) == len(ANN)


def test_a_column_that_no_row_has_is_refused_with_what_is_near(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="no column 'account'") as caught:
        Charting(tmp_path).walk([{**row, "accounts": "ann"} for row in without(ANN, "account")])

    assert "did you mean 'accounts'" in caught.value.remedy


def test_a_post_of_two_accounts_is_nobodys_until_that_is_declared(tmp_path: Path) -> None:
    shared = [row for pair in zip(counts("c1", "ann", 100), counts("c1", "bob", 100), strict=True) for row in pair]
    made = Charting(tmp_path).walk(shared, BOB)

    assert made.entries(FIRST) == {"bob": 1_000_000}
    assert made.reasons == {"contradictory owners": [CONTEST]}
    assert [row["post"] for row in made.rows("posts")] == ["b1"]


@pytest.mark.parametrize(
    ("counts_", "gained", "posts"), [("each", (699, 1399), 1), ("share", (349, 1049), 1), ("none", (None, 700), None)]
)
def test_a_declared_collaboration_counts_as_the_rule_says(
    tmp_path: Path, counts_: str, gained: tuple[int | None, int], posts: int | None
) -> None:
    shared = counts("c1", "ann", 100) + counts("c1", "bob", 100)
    for row in shared:
        row["views"] -= row["day"] == "2026-01-08"  # an odd gain
        row["published_at"] = "2026-01-01T00:00:00Z" if posts is None else "2026-01-02T00:00:00Z"
    rule = f'collaborations = {{ counts = "{counts_}" }}\n'
    made = Charting(tmp_path, artists=TOGETHER, rule=rule).walk(shared, counts("b1", "bob", 100))

    assert (made.gains().get((FIRST, "ann")), made.gains()[FIRST, "bob"]) == gained
    published = {row["artist"]: row["value"] for row in made.rows("measures") if row["measure"] == "posts"}
    assert published.get("ann") == posts
    assert made.reasons == {}


def test_a_column_names_the_artists_of_a_row(tmp_path: Path) -> None:
    named = without(counts("c1", "label", 100), "artists", "bob; ann")
    as_list = without(counts("c2", "ann", 100), "artists", ["ann", "bob"])
    left = without(counts("c3", "ann", 100), "artists", "")
    wrong = without(counts("c4", "ann", 100), "artists", "ann;zoe")
    made = Charting(tmp_path, 'separators = { artists = ";" }').walk(named, as_list, left, wrong)

    assert {row["post"]: row["artist"] for row in made.rows("posts")} == {"c1": "ann bob", "c2": "ann bob", "c3": "ann"}
    assert list(made.reasons) == ["unknown artist"]


def test_a_title_names_a_collaboration_on_any_account(tmp_path: Path) -> None:
    together = '[[collaboration]]\nplatform = "youtube"\ntitle = "feat"\nartists = ["ann", "bob"]\n'
    rows = counts("c1", "ann", 100, title="Song (feat. Bob)") + counts("c1", "bob", 100, title="Song (feat. Bob)")
    made = Charting(tmp_path, artists=together).walk(rows, ANN)

    assert {row["post"]: row["artist"] for row in made.rows("posts")} == {"a1": "ann", "c1": "ann bob"}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('post = "c1"\ntitle = "x"\nartists = ["ann"]', "a post or a title, one of the two"),
        ('artists = ["ann"]', "a post or a title, one of the two"),
        ('post = "c1"\naccount = "ann"\nartists = ["ann"]', "needs no account"),
        ('post = "c1"\nartists = ["zoe"]', "no artist 'zoe'"),
        ('post = "c1"\nartists = ["ann", "ann"]', "2 artists"),
        ('post = "c1"\nartists = []', "0 artists"),
        ('title = "("\nartists = ["ann"]', "is not a regular expression"),
        (f'post = "c1"\nartists = ["ann"]\n{TOGETHER}', "is given twice"),
    ],
)
def test_a_collaboration_that_cannot_be_meant_is_refused(tmp_path: Path, lines: str, said: str) -> None:
    with pytest.raises(RuleInvalid, match=said):
        Charting(tmp_path, artists=f'[[collaboration]]\nplatform = "youtube"\n{lines}\n').walk(ANN)


def test_separators_are_for_artists_alone(tmp_path: Path) -> None:
    with pytest.raises(RuleInvalid, match="'title' holds no several texts"):
        Charting(tmp_path, 'separators = { title = ";" }').walk(ANN)


@pytest.mark.parametrize(
    ("key", "values", "said"),
    [
        ("title", ("Ann", "Bob"), "l1: artists are ann or bob"),
        ("title", ("Ann", "Nobody"), "l1: artists are ann or nobody"),
        ("media", ("photo", "video"), "l1: media is photo or video"),
        ("is_repost", ("yes", "no"), "l1: is_repost is no or yes"),
        ("published_at", ("2025-12-01T00:00:00Z", "2025-12-03"), "l1: published_at is given twice, differently"),
    ],
)
def test_what_contradicts_itself_at_one_instant_is_set_aside_in_any_order(
    tmp_path: Path, key: str, values: tuple[str, str], said: str
) -> None:
    one, other = (without(counts("l1", "label", 100, title="Ann"), key, value) for value in values)
    season = Charting(tmp_path)
    found = []
    for files in ((one, other, BOB), (other, one, BOB)):
        made = season.walk(*files)
        found.append((made.rows("posts", "source", "row"), made.rows("readings", "source", "row"), made.reasons))

    assert found[0] == found[1]
    assert made.reasons == {"contradictory description": [said]}
    assert made.entries(FIRST) == {"bob": 1_000_000}


def test_two_titles_of_one_artist_are_no_contradiction(tmp_path: Path) -> None:
    made = Charting(tmp_path).walk(counts("a1", "ann", 9, title="Zebra"), counts("a1", "ann", 9, title="Aye"))

    assert [row["title"] for row in made.rows("posts")] == ["Aye"]
    assert made.reasons == {}


def test_a_bare_date_of_publication_agrees_with_a_time_of_that_day(tmp_path: Path) -> None:
    coarse = counts("a1", "ann", 9, published_at="2026-01-03")
    fine = counts("a1", "ann", 9, published_at="2026-01-03T23:00:00Z")
    made = Charting(tmp_path).walk(coarse[2:], fine[2:])

    assert [row["published_at"] for row in made.rows("posts")] == [1767481200000000]
    assert made.reasons == {}


def test_a_video_that_is_renamed_stays_in_the_week_before(tmp_path: Path) -> None:
    before = counts("l1", "label", 1000, range(1, 10), title="Ann - Song MV")
    after = counts("l1", "label", 1000, range(10, 17), title="Song (Official Video)")
    made = Charting(tmp_path).walk(after, before, BOB)

    assert made.entries(FIRST) == {"ann": 909_091, "bob": 90_909}
    assert made.entries(SECOND) == {"bob": 1_000_000}
    assert [(row["title"], row["artist"]) for row in made.rows("posts") if row["post"] == "l1"] == [
        ("Song (Official Video)", None)
    ]


@pytest.mark.parametrize(
    "later",
    [
        {"is_repost": "yes"},
        {"media": "photo"},
        {"title": "Bob"},
        {"account": "bob"},
        {"published_at": "2026-01-05T00:00:00Z"},
        {"artists": "bob"},
    ],
    ids=lambda later: next(iter(later)),
)
def test_a_later_row_changes_no_earlier_week(tmp_path: Path, later: dict[str, str]) -> None:
    rows = [{**row, "is_repost": "no", "media": "video"} for row in counts("l1", "ann", 500, range(1, 9))]
    made = Charting(tmp_path).walk(rows, BOB)
    before = [row for row in made.rows("measures") if row["week"] == FIRST]
    made.walk(rows, BOB, [{**row, **later} for row in counts("l1", "ann", 500, range(9, 17))])

    assert [row for row in made.rows("measures") if row["week"] == FIRST] == before
    assert "ann" in made.entries(FIRST)


def test_the_first_time_of_publication_stands_and_others_are_listed(tmp_path: Path) -> None:
    moved = counts("a1", "ann", 9, range(9, 17), published_at="2026-01-05T00:00:00Z")
    made = Charting(tmp_path).walk(counts("a1", "ann", 9, range(1, 9)), moved)

    assert made.reasons == {
        "another time of publication": ["a1 was published 2025-12-01T00:00:00Z; 2026-01-05T00:00:00Z is not taken"]
    }
    assert len(made.rows("set_aside")) == 1
    assert len(made.rows("readings")) == 32


def test_an_account_that_changes_its_name_keeps_its_posts(tmp_path: Path) -> None:
    made = Charting(tmp_path).walk(counts("a1", "ann", 9, range(1, 9)), counts("a1", "ann-official", 9, range(9, 17)))

    assert made.reasons == {}
    assert [(row["post"], row["account"]) for row in made.rows("posts")] == [("a1", "ann")]


def test_owners_contradict_from_the_instant_that_the_second_one_appears(tmp_path: Path) -> None:
    made = Charting(tmp_path).walk(counts("c1", "bob", 9, range(12, 14)), counts("c1", "ann", 9), BOB)

    assert made.gains()[FIRST, "ann"] == 63
    assert made.reasons == {"contradictory owners": [CONTEST]}
    assert {row["row"] for row in made.rows("set_aside") if row["file"] == "data/1.jsonl"} == set(range(12, 17))


MIXED = [
    *counts("c1", "ann", 100, range(5, 12, 2)),
    *counts("c1", "bob", 100, range(9, 12, 2)),
    *counts("l1", "label", 50, range(1, 12, 5), title="Ann"),
    *counts("l1", "label", 50, range(6, 12, 5), title="Bob"),
    *counts("a1", "ann", 900, range(1, 12, 5), media="video"),
    *counts("a1", "ann-official", 900, range(1, 12, 5), title="Aye"),
    *counts("b1", "bob", 700, range(1, 12, 5), likes="abc"),
    *counts("b1", "bob", 300, range(11, 12)),
]


@settings(max_examples=examples(6))
@given(data=st.data())
def test_neither_rows_nor_files_in_another_order_change_anything(
    tmp_path_factory: pytest.TempPathFactory, data: DataObject
) -> None:
    rows = data.draw(st.permutations(MIXED))
    cut = data.draw(st.integers(0, len(rows)))
    season = Charting(tmp_path_factory.mktemp("order"))
    names = ("posts", "credits", "readings", "measures", "entries")
    found = []
    for files in ([MIXED], [rows[:cut], rows[cut:]]):
        season.walk(*[file for file in files if file])
        found.append([season.rows(name, "source", "row") for name in names] + [season.reasons])

    assert found[0] == found[1]


def test_leaving_a_metric_out_changes_no_other(tmp_path: Path) -> None:
    season = Charting(tmp_path).walk(ANN, BOB)
    before = [row for row in season.rows("measures") if not row["measure"].startswith(("likes", "response"))]
    hidden = [
        row if number % 3 else {**row, "likes": (None, "", "n/a")[number // 3 % 3]} for number, row in enumerate(ANN)
    ]
    season.walk(hidden, without(BOB, "likes"))

    assert [r for r in season.rows("measures") if not r["measure"].startswith(("likes", "response"))] == before
