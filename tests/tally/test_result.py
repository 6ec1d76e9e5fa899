from __future__ import annotations

from typing import Any

import msgspec
import pytest

from plaudit.base.errors import TieUnresolved
from plaudit.rulebook.counting_rule import Channel, Combine, CountingRule, CountingTies, Day, Gestures
from plaudit.tally.result import result

WEB = Channel("web", "the site", gestures=Gestures(vote="counts"), because="b")
POST = msgspec.structs.replace(WEB, id="post")
RULE = CountingRule("r", 1, "t", "b", Day("UTC"), (WEB, POST))


def row(nominee: str, channel: str, votes: int) -> dict[str, Any]:
    return {"nominee": nominee, "channel": channel, "votes_weighted": votes}


def positions(rows: list[dict[str, Any]]) -> list[tuple[int, str]]:
    return [(found["position"], found["nominee"]) for found in rows]


def test_the_position_after_a_shared_one_is_left_out() -> None:
    totals = [row("a", "web", 2), row("b", "web", 1), row("c", "post", 1)]

    assert positions(result(totals, ["d", "c", "b", "a"], RULE)) == [(1, "a"), (2, "b"), (2, "c"), (4, "d")]


def test_a_tie_below_the_first_position_is_no_error() -> None:
    totals = [row("a", "web", 2)]

    assert [found["is_winner"] for found in result(totals, ["a", "b", "c"], RULE)] == [True, False, False]


def test_a_tie_for_first_names_all_the_tied() -> None:
    totals = [row("a", "web", 2), row("b", "post", 2), row("c", "post", 1)]

    with pytest.raises(TieUnresolved, match="a, b are tied for first with 2 each under r@1"):
        result(totals, ["a", "b", "c"], RULE)


def test_a_shared_title_has_two_winners() -> None:
    rule = msgspec.structs.replace(RULE, ties=CountingTies(then="share"))

    rows = result([row("a", "web", 2), row("b", "post", 2)], ["a", "b", "c"], rule)

    assert [found["is_winner"] for found in rows] == [True, True, False]


def test_a_channel_settles_a_tie_and_no_value() -> None:
    rule = msgspec.structs.replace(RULE, ties=CountingTies(("post",)))

    rows = result([row("a", "web", 2), row("b", "post", 2)], ["a", "b"], rule)

    assert [(found["nominee"], found["value"]) for found in rows] == [("b", 2), ("a", 2)]


def test_shares_are_exact_where_floats_are_not() -> None:
    web, post = (msgspec.structs.replace(channel, share_ppm=500_000) for channel in (WEB, POST))
    rule = msgspec.structs.replace(
        RULE, channel=(web, post), combine=Combine("shares"), ties=CountingTies(then="share")
    )
    half = 2**61 + 1
    totals = [row("a", "web", half), row("b", "web", half), row("a", "post", 1), row("b", "post", 1)]

    assert [found["value"] for found in result(totals, ["a", "b"], rule)] == [500_000, 500_000]


def test_votes_for_who_is_no_nominee_change_no_share() -> None:
    web, post = (msgspec.structs.replace(channel, share_ppm=500_000) for channel in (WEB, POST))
    rule = msgspec.structs.replace(RULE, channel=(web, post), combine=Combine("shares"))

    rows = result([row("a", "web", 1), row("stranger", "web", 9), row("a", "x", 5)], ["a", "b"], rule)

    assert [(found["nominee"], found["value"]) for found in rows] == [("a", 500_000), ("b", 0)]


def in_shares(**votes: tuple[int, int]) -> list[dict[str, Any]]:
    web, post = (msgspec.structs.replace(channel, share_ppm=500_000) for channel in (WEB, POST))
    rule = msgspec.structs.replace(RULE, channel=(web, post), combine=Combine("shares"))
    pairs = [(nominee, channel) for nominee in votes for channel in ("web", "post")]
    totals = [row(nominee, channel, votes[nominee][channel == "post"]) for nominee, channel in pairs]
    return result(totals, list(votes), rule)


def test_parts_are_added_before_they_are_rounded() -> None:
    rows = in_shares(ann=(370, 369), bob=(369, 370), cat=(368, 369))

    assert [(found["nominee"], found["value"], found["exact"]) for found in rows] == [
        ("ann", 333_635, ""),
        ("bob", 333_634, ""),
        ("cat", 332_731, ""),
    ]


def test_equal_once_rounded_is_no_tie_and_the_decimals_tell_why() -> None:
    rows = in_shares(ann=(1_000_001, 1_000_000), bob=(1_000_000, 1_000_002), cat=(1_000_000, 1_000_000))

    assert [(found["position"], found["nominee"], found["value"], found["exact"]) for found in rows] == [
        (1, "bob", 333_333, "333333.4"),
        (2, "ann", 333_333, "333333.3"),
        (3, "cat", 333_333, "333333.1"),
    ]
