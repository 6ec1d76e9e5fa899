from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import RuleInvalid, TieUnresolved
from plaudit.nominate.nominate import named_nominees, nominate
from plaudit.rulebook.nomination_rule import ChartGround, NamedGround, NominationRule, NominationTies
from plaudit.rulebook.season_file import NamedNominee, Nomination
from tests.oracles import nomination_oracle
from tests.oracles.test_vectors_oracle import RULES, of_kind, read

if TYPE_CHECKING:
    from pathlib import Path

Row = dict[str, Any]
TOP_TWO = NominationRule("top", 1, "t", "b", chart=ChartGround(2))
BOTH = msgspec.structs.replace(TOP_TWO, named=NamedGround(3))


def entry(artist: str, points: int, position: int = 5, week: str = "2018-05-18", verdict: str = "final") -> Row:
    return {
        "artist": artist,
        "week": week,
        "position": position,
        "points": points,
        "peak": 1,
        "weeks_on_chart": 99,
        "weeks_at_no_1": 99,
        "verdict": verdict,
    }


def name(nominee: str) -> Row:
    return {"nominee": nominee, "name": "", "source": f"who says {nominee}"}


def nominees_of(entries: list[Row], named: list[Row], rule: NominationRule) -> list[str]:
    return [found["nominee"] for found in nominate(entries, named, rule)]


@pytest.mark.parametrize("path", of_kind(NominationRule))
def test_nominees_are_the_vectors(path: str) -> None:
    rule = RULES[path.split("/", maxsplit=1)[0]]
    assert isinstance(rule, NominationRule)
    vector = read(path)
    entries = [{**entry(row["artist"], 0), **row} for row in vector.get("entry", ())]
    named = [name(nominee) for nominee in vector.get("named", ())]

    if vector.get("expect_error"):
        with pytest.raises(RuleInvalid, match="places"):
            nominate(entries, named, rule)
    else:
        assert set(nominees_of(entries, named, rule)) == set(vector["expect_nominees"])


@st.composite
def entries(draw: Any) -> list[Row]:
    one = st.builds(entry, st.sampled_from("abcdef"), st.integers(0, 3), st.integers(1, 4), st.sampled_from("123"))
    found: list[Row] = draw(st.lists(one, max_size=15, unique_by=lambda row: (row["artist"], row["week"])))
    return found


@st.composite
def rules(draw: Any) -> NominationRule:
    chart = draw(st.none() | st.builds(ChartGround, st.integers(1, 5)))
    named = draw(st.none() | st.builds(NamedGround, st.integers(1, 3))) if chart else NamedGround(2)
    order = draw(st.permutations(["weeks_at_no_1", "peak", "weeks_on_chart"]))[: draw(st.integers(0, 3))]
    ties = NominationTies(tuple(order), draw(st.sampled_from(["include", "raise"])))
    return NominationRule("r", 1, "t", "b", chart=chart, named=named, ties=ties)


@given(entries(), st.lists(st.sampled_from("abxyz"), max_size=4, unique=True), rules())
def test_nominees_are_the_oracles(charted: list[Row], named: list[str], rule: NominationRule) -> None:
    try:
        expected = nomination_oracle.nominees(charted, named, rule)
    except ValueError as error:
        refusal = TieUnresolved if str(error) == "tie" else RuleInvalid
        with pytest.raises(refusal):
            nominate(charted, [name(one) for one in named], rule)
        return

    found = nominees_of(charted, [name(one) for one in named], rule)

    assert set(found) == expected
    assert len(found) == len(expected)


@given(entries(), st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_matter(charted: list[Row], chance: Any) -> None:
    rule = msgspec.structs.replace(TOP_TWO, ties=NominationTies((), "include"))
    shuffled = list(charted)
    chance.shuffle(shuffled)

    assert nominate(shuffled, [], rule) == nominate(charted, [], rule)


def test_a_tie_for_the_last_place_names_the_tied() -> None:
    charted = [entry("a", 9), entry("c", 4), entry("b", 4), entry("d", 1)]

    with pytest.raises(TieUnresolved, match="b, c are tied for the last of 2 places with 4 points each"):
        nominate(charted, [], TOP_TWO)


def test_a_tie_for_the_last_place_is_included_where_the_rule_says_so() -> None:
    rule = msgspec.structs.replace(TOP_TWO, ties=NominationTies((), "include"))

    assert nominees_of([entry("a", 9), entry("c", 4), entry("b", 4), entry("d", 1)], [], rule) == ["a", "b", "c"]


def test_a_tie_within_the_places_is_no_tie() -> None:
    assert nominees_of([entry("a", 9), entry("b", 9), entry("c", 4)], [], TOP_TWO) == ["a", "b"]


def test_fewer_artists_than_places_are_all_nominated() -> None:
    assert nominees_of([entry("a", 1)], [], TOP_TWO) == ["a"]


def test_ties_are_settled_over_the_eligibility_period_alone() -> None:
    rule = msgspec.structs.replace(TOP_TWO, chart=ChartGround(1), ties=NominationTies(("weeks_at_no_1",), "raise"))
    charted = [
        {**entry("a", 4, position=2), "weeks_at_no_1": 50, "peak": 1},
        {**entry("b", 4, position=1), "weeks_at_no_1": 1},
    ]

    assert nominees_of(charted, [], rule) == ["b"]


def test_provisional_charts_count_only_where_all_do() -> None:
    charted = [entry("a", 3, week="1"), entry("b", 2, week="1"), entry("b", 2, week="2", verdict="provisional")]
    every = msgspec.structs.replace(TOP_TWO, chart=ChartGround(1))
    final = msgspec.structs.replace(TOP_TWO, chart=ChartGround(1, "final"))

    assert nominees_of(charted, [], every) == ["b"]
    assert nominees_of(charted, [], final) == ["a"]


def test_who_is_named_and_charted_is_nominated_once_by_name() -> None:
    charted = [entry("a", 9, week="1"), entry("a", 9, week="2"), entry("b", 4)]

    found = nominate(charted, [name("x"), name("a")], BOTH)

    assert [(row["nominee"], row["ground"], row["points"], row["charts"]) for row in found] == [
        ("x", "named", 0, 0),
        ("a", "named", 18, 2),
        ("b", "chart", 4, 1),
    ]
    assert [row["source"] for row in found[:2]] == ["who says x", "who says a"]


def test_more_names_than_places_are_an_error() -> None:
    with pytest.raises(RuleInvalid, match="4 nominees are named and top@1 has 3 places"):
        nominate([], [name(one) for one in "abcd"], BOTH)


def test_names_are_ignored_by_a_rule_without_them() -> None:
    assert nominees_of([entry("a", 1)], [name("x")], TOP_TWO) == ["a"]


def from_file(folder: Path, text: str) -> list[Row]:
    (folder / "nominees.csv").write_text(text, "utf-8")
    return named_nominees(folder, Nomination("r@1", nominees_file="nominees.csv", nominees_source="the poll"))


def test_a_works_name_says_who_made_it(tmp_path: Path) -> None:
    found = from_file(tmp_path, "nominee,name,artist\nw1,Fake Love,BTS\nw2,Untitled,\n")

    assert found == [
        {"nominee": "w1", "name": "Fake Love – BTS", "source": "the poll"},
        {"nominee": "w2", "name": "Untitled", "source": "the poll"},
    ]


def test_names_of_the_season_come_before_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "n.csv").write_text("nominee,name,artist\nw1,Fake Love,BTS\n", "utf-8")
    wanted = Nomination("r@1", named=(NamedNominee("bts", "a paper"),), nominees_file="n.csv")

    assert [item["nominee"] for item in named_nominees(tmp_path, wanted)] == ["bts", "w1"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nominee,name\nw1,Fake Love\n", "line 1: the columns are nominee, name; use nominee, name, artist"),
        ("nominee,name,artist\nw1,Fake Love,BTS\n,Idol,BTS\n", "line 3: no nominee or no name"),
        ("nominee,name,artist\nw1,,BTS\n", "line 2: no nominee or no name"),
        ("nominee,name,artist\nw1\n", "line 2: 1 fields, the header has 3"),
    ],
)
def test_a_nominee_without_id_or_name_is_refused_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(RuleInvalid, match=rf"nominees\.csv, {told}"):
        from_file(tmp_path, text)


def test_a_nominee_given_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleInvalid, match="'w1' is given twice"):
        from_file(tmp_path, "nominee,name,artist\nw1,Fake Love,BTS\nw1,Idol,BTS\n")
