"""An import takes what `collect` would: a ballot told again once, contradictions not at all, and no order as a rule."""

from __future__ import annotations

import random
from datetime import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from plaudit.base.errors import SourceChanged, TieUnresolved
from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures, SameInstant
from plaudit.rulebook.season import read_season
from plaudit.rulebook.windows import VotingWindow
from plaudit.vote.admission import Admission, BallotRequest
from plaudit.vote.posts import for_nominee
from plaudit.vote.record import Names
from plaudit.vote.same_requests import each_once, torn_requests
from tests.collect.collecting import BALLOTS, Collection

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.sources import Source

AT = 1_000_000
RULE = CountingRule(
    "r",
    1,
    "t",
    "b",
    Day("UTC", time(0)),
    (Channel("web", "w", gestures=Gestures("counts", "counts"), cap=Cap(2, "vote")),),
)
WINDOWS = [VotingWindow("w", 0, 10 * AT)]


def ask(nominee: str = "bts", **more: Any) -> BallotRequest:
    given = {"voter": 1, "votes": 1, "key": "", "source": "s", "channel": "web", "cast_at": AT, **more}
    return for_nominee(BallotRequest(nominee=nominee, **given), nominee)


def source(folder: Path, same_rows: str = "") -> Source:
    declared = f'kind = "ballots"\nsame_rows = "{same_rows}"' if same_rows else 'kind = "ballots"'
    Collection(folder, {}, BALLOTS.replace('kind = "ballots"', declared))
    return read_season(folder).sources[0]


def admission(**changes: Any) -> tuple[Admission, CountingRule]:
    rule = msgspec.structs.replace(RULE, **changes)
    return Admission(rule, WINDOWS, Names(("web",), ("bts", "exo"), ("s",))), rule


def test_rows_that_say_the_same_are_what_the_source_declares(tmp_path: Path) -> None:
    rows = [("f:2", ask()), ("f:3", ask()), ("f:4", ask("exo")), ("f:5", ask())]

    with pytest.raises(SourceChanged, match="f:3 says the same as f:2"):
        each_once(rows, source(tmp_path))
    one, told_again = each_once(rows, source(tmp_path, "one"))
    each, none = each_once(rows, source(tmp_path, "each"))
    assert [found.nominee for found in one] == ["bts", "exo"]
    assert [(found.key, found.detail) for found in told_again] == [("f:3", "as in f:2"), ("f:5", "as in f:2")]
    assert (len({found.key for found in each}), none) == (4, [])
    assert {found.key for found in one} < {found.key for found in each}


def test_an_id_tells_ballots_apart_and_contradictions_are_refused_whole(tmp_path: Path) -> None:
    rows = [
        ("f:2", ask(ballot="a")),
        ("f:3", ask(ballot="b")),
        ("f:4", ask(ballot="a")),
        ("f:5", ask(ballot="c")),
        ("f:6", ask("exo", ballot="c")),
    ]
    kept, refused = each_once(rows, source(tmp_path))

    assert len({found.key for found in kept}) == 2
    assert [(found.key, found.reason) for found in refused] == [
        ("f:4", "ballot given again"),
        ("f:5", "duplicate key with different values"),
        ("f:6", "duplicate key with different values"),
    ]


def test_rows_of_one_instant_that_differ_in_votes_are_ballots_each_as_in_a_file(tmp_path: Path) -> None:
    kept, refused = each_once([("f:2", ask()), ("f:3", ask(votes=2)), ("f:4", ask(is_private=True))], source(tmp_path))

    assert ([found.votes for found in kept], refused) == ([1, 2, 1], [])
    assert len({found.key for found in kept}) == 3


@pytest.mark.parametrize("keep", ["first", "last"])
def test_ballots_of_one_instant_that_a_cap_tears_apart_are_raised_or_left_out(keep: str) -> None:
    asks = [ask(voter=7), ask("exo", voter=7), ask("exo", voter=7, votes=2), ask(voter=8), ask("exo", voter=8)]
    for _ in range(3):
        random.Random(5).shuffle(asks)
        where, rule = admission(keep=keep)
        with pytest.raises(TieUnresolved, match=r"^1 voter cast .* voter 7, channel web, .* for bts, exo"):
            torn_requests(asks, where, rule, {}, set())
        where, rule = admission(keep=keep, same_instant=SameInstant("none"))
        assert {found.voter for found in torn_requests(asks, where, rule, {}, set())} == {7}
    where, rule = admission(keep=keep, same_instant=SameInstant("recorded"))
    assert torn_requests(asks, where, rule, {}, set()) == []


def test_what_the_box_holds_already_is_counted_in() -> None:
    where, rule = admission(same_instant=SameInstant("none"))
    asks = [ask(), ask("exo")]
    slot = where.slot("web", "bts", AT)
    assert slot is not None

    assert torn_requests(asks, where, rule, {}, set()) == []
    assert len(torn_requests(asks, where, rule, {(1, slot): 1}, set())) == 2
    assert torn_requests(asks, where, rule, {(1, slot): 2}, set()) == []
    assert torn_requests(asks, where, rule, {(1, slot): 1}, {(1, asks[0].key)}) == []


def test_ballots_that_are_alike_need_no_order() -> None:
    where, rule = admission()
    asks = [ask(ballot=str(number)) for number in range(5)]

    assert torn_requests(asks, where, rule, {}, set()) == []
