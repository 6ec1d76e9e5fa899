"""The opening and the closing: canonical, complete, and told apart from ballots."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import ProofInvalid, RuleInvalid
from plaudit.base.weeks import instant_text
from plaudit.rulebook.season import Season, read_season
from plaudit.vote.record import Ballot, Names
from plaudit.vote.statements import CLOSING_TYPE, closing, is_statement, opening, read_opening, refuse_other_opening
from tests.vote.test_record import blocks

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def season(made_template: Path, tmp_path: Path) -> Season:
    folder = tmp_path / "live"
    shutil.copytree(made_template, folder, ignore=shutil.ignore_patterns("evidence", "published", "keys"))
    file = folder / "season.toml"
    file.write_text(
        file.read_text("utf-8").replace('rule = "own@1"\n', 'rule = "own@1"\n\n[vote.live]\nguests = true\n'), "utf-8"
    )
    return read_season(folder)


def test_the_opening_says_what_the_vote_rests_on(season: Season) -> None:
    stated = opening(season, ["north-seven", "aurora-lane"]).stated

    assert stated["rules"] == {name: cited.sha256 for name, cited in season.rules.items()}
    assert stated["nominees"] == ["aurora-lane", "north-seven"]
    assert stated["sources"] == ["guest", "ballots"]
    assert stated["synthetic"] == ["ballots"]
    assert [(window["from"], window["to"]) for window in stated["windows"]] == [
        (instant_text(window.opens_at), instant_text(window.closes_at)) for window in season.windows()
    ]


def test_an_opening_reads_as_it_was_written(season: Season) -> None:
    made = opening(season, ["north-seven", "aurora-lane"])

    assert read_opening(made.leaf) == made
    assert made.names == Names(("web",), ("aurora-lane", "north-seven"), ("guest", "ballots"))
    assert made.leaf == rfc8785.dumps(json.loads(made.leaf))


@given(nominees=st.permutations(["north-seven", "aurora-lane", "Zoë", "zoe"]))
def test_the_order_of_nominees_changes_no_byte(made_template: Path, nominees: list[str]) -> None:
    season = read_season(made_template)

    assert opening(season, nominees).leaf == opening(season, sorted(nominees)).leaf


def test_more_nominees_than_a_leaf_holds_are_refused(season: Season) -> None:
    with pytest.raises(RuleInvalid, match=r"9,000 nominees .* a leaf holds 65,535"):
        opening(season, [f"nominee-{number}" for number in range(9_000)])


@pytest.mark.parametrize(
    "leaf",
    [
        b"",
        b"{}",
        b"[]",
        b'"opening"',
        b"{",
        b"\xff",
        b'{"a":NaN}',
        closing(0, 0),
        Names(("web",), ("a",), ("guest",)).pack(Ballot("web", "a", 1, 0, 0, "guest")),
    ],
)
def test_what_is_no_opening_is_refused(leaf: bytes) -> None:
    with pytest.raises(ProofInvalid, match="not an opening"):
        read_opening(leaf)


@given(data=st.data())
def test_an_opening_with_a_changed_byte_is_refused_or_says_something_else(
    made_template: Path, data: st.DataObject
) -> None:
    made = opening(read_season(made_template), ["north-seven", "aurora-lane"])
    place = data.draw(st.integers(0, len(made.leaf) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda value: value != made.leaf[place]))
    try:
        found = read_opening(made.leaf[:place] + bytes([byte]) + made.leaf[place + 1 :])
    except ProofInvalid:
        return

    assert found.stated != made.stated


@given(st.integers(0, 2**40), st.integers(0, 4_102_444_799_999_999), st.text())
def test_the_closing_says_how_many_and_when_and_why(ballots: int, closed_at: int, because: str) -> None:
    leaf = closing(ballots, closed_at, because)

    assert json.loads(leaf) == {
        "type": CLOSING_TYPE,
        "ballots": ballots,
        "closed_at": instant_text(closed_at),
        "because": because,
    }
    assert is_statement(leaf)


def test_a_record_is_no_statement(season: Season) -> None:
    names = opening(season, ["north-seven"]).names

    assert not is_statement(names.pack(Ballot("web", "north-seven", 1, 0, 0, "guest")))
    assert is_statement(opening(season, ["north-seven"]).leaf)


def test_the_examples_of_the_specification_are_statements() -> None:
    _record, _digest, opened, closed = blocks()

    assert read_opening(opened.encode()).stated["nominees"] == ["aurora-lane", "north-seven"]
    assert closed.encode() == closing(2, 1768813200000000)


def audited(season: Season, purges: list[str], late: list[str]) -> Season:
    """Give the season with purge rules."""
    file = season.folder / "season.toml"
    text = file.read_text("utf-8").partition("\n[audit]\n")[0]
    file.write_text(f"{text}\n[audit]\npurges = {purges}\nlate = {late}\n".replace("'", '"'), "utf-8")
    return read_season(season.folder)


def test_the_opening_declares_purge_rules_in_their_order_and_no_late_one(season: Season) -> None:
    changed = audited(season, ["sleepless@1", "lockstep@1"], ["account-state@1"])

    stated = opening(changed, ["a"]).stated

    assert stated["purges"] == ["sleepless@1", "lockstep@1"]
    assert {"sleepless@1", "lockstep@1"} <= stated["rules"].keys()
    assert "account-state@1" not in stated["rules"]


def test_a_late_rule_changes_no_byte_of_the_opening(season: Season) -> None:
    before = opening(audited(season, ["sleepless@1"], []), ["a"]).leaf

    assert opening(audited(season, ["sleepless@1"], ["lockstep@1"]), ["a"]).leaf == before


@pytest.mark.parametrize("declared", [[], ["sleepless@1"]])
def test_a_purge_rule_added_after_the_opening_belongs_under_late(season: Season, declared: list[str]) -> None:
    held = opening(audited(season, declared, []), ["a"]).leaf

    with pytest.raises(ProofInvalid, match=r"opened without the purge rule lockstep@1; put it under late in \[audit\]"):
        refuse_other_opening(held, opening(audited(season, [*declared, "lockstep@1"], []), ["a"]))


@pytest.mark.parametrize(("purges", "late"), [(["lockstep@1"], []), (["lockstep@1"], ["sleepless@1"])])
def test_a_declared_rule_cannot_be_taken_back_nor_made_late(season: Season, purges: list[str], late: list[str]) -> None:
    held = opening(audited(season, ["sleepless@1", "lockstep@1"], []), ["a"]).leaf

    with pytest.raises(ProofInvalid, match=r"the vote was opened with purges .*, now it is "):
        refuse_other_opening(held, opening(audited(season, purges, late), ["a"]))


def rename(season: Season, old: str, new: str) -> Season:
    artists = season.folder / "artists.toml"
    artists.write_text(artists.read_text("utf-8").replace(old, new), "utf-8")
    return read_season(season.folder)


def test_the_opening_binds_what_nominees_are_called_in_each_language(season: Season) -> None:
    stated = opening(season, ["north-seven", "unknown"]).stated

    assert stated["names"] == {"north-seven": {"en": "North Seven", "ko": "노스세븐"}}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("North Seven", "South", r"north-seven called 'North Seven' in en, and now it is 'South' in en"),
        ("노스세븐", "오로라", r"north-seven called '노스세븐' in ko, and now it is '오로라' in ko"),
        (', ko = "노스세븐"', "", r"north-seven called '노스세븐' in ko, and now it is nothing in ko"),
        ('en = "Aurora Lane"', 'en = "Aurora Lane", ja = "A"', r"aurora-lane called nothing in ja, .* 'A' in ja"),
    ],
)
def test_a_nominee_who_is_called_otherwise_after_the_opening_is_refused(
    season: Season, old: str, new: str, said: str
) -> None:
    nominees = ["north-seven", "aurora-lane"]
    held = opening(season, nominees).leaf
    refuse_other_opening(held, opening(season, nominees, {"log.pem": "5d"}))

    with pytest.raises(ProofInvalid, match=f"the vote was opened with nominee {said}; an opened vote cannot change"):
        refuse_other_opening(held, opening(rename(season, old, new), nominees))


def test_a_vote_opened_before_names_were_stated_goes_on_whatever_nominees_are_called(season: Season) -> None:
    held = opening(season, ["north-seven"], has_names=False)

    assert "names" not in held.stated
    refuse_other_opening(held.leaf, opening(rename(season, "North", "South"), ["north-seven"]))


def test_names_that_do_not_fit_into_the_leaf_are_bound_by_their_digest(season: Season) -> None:
    long = rename(season, "North Seven", "N" * 66_000)
    held = opening(long, ["north-seven"])
    names = {"north-seven": {"en": "N" * 66_000, "ko": "노스세븐"}}

    assert "names" not in held.stated
    assert held.stated["names_sha256"] == sha256(rfc8785.dumps(names)).hexdigest()
    refuse_other_opening(held.leaf, opening(long, ["north-seven"]))
    with pytest.raises(ProofInvalid, match=r"opened with names of nominees that have SHA-256 [0-9a-f]{64}, now they"):
        refuse_other_opening(held.leaf, opening(rename(long, "N" * 66_000, "South"), ["north-seven"]))


@pytest.mark.parametrize(
    "named",
    [
        {"names": []},
        {"names": {"a": "x"}},
        {"names": {"a": {"en": 5}}},
        {"names": None},
        {"names_sha256": 5},
        {"names": {}, "names_sha256": "0"},
    ],
)
def test_an_opening_with_names_in_another_form_is_none(season: Season, named: dict[str, Any]) -> None:
    stated = {key: value for key, value in opening(season, ["a"]).stated.items() if key != "names"}

    with pytest.raises(ProofInvalid, match="not an opening"):
        read_opening(rfc8785.dumps({**stated, **named}))
