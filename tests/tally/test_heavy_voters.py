"""Voters over the cap are found by buckets of voters, or by summing every voter; neither may change a count."""

from __future__ import annotations

import random
from datetime import time
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from plaudit.rulebook.counting_rule import Cap, Channel, CountingRule, Day, Gestures, Multiplier, SameInstant
from plaudit.rulebook.windows import VotingWindow
from plaudit.tally import allowance
from tests.tally.cases import HOUR, Case, ballot, cells_of, counted, expected, voids_of

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

OPENS_AT = 1_520_650_800_000_000  # 2018-03-09T22:00 in New York; the clocks change on the 11th
WINDOW = VotingWindow("vote", OPENS_AT, OPENS_AT + 60 * HOUR)
WEB = Channel("web", "the site", gestures=Gestures(vote="counts"), cap=Cap(10, "day"), deleted="void")
POST = msgspec.structs.replace(WEB, id="post", cap=Cap(4, "vote", "nominee"))
RULE = CountingRule(
    "heavy",
    1,
    "t",
    "b",
    Day("America/New_York", time(6)),
    (WEB, POST),
    same_instant=SameInstant("none"),
    multiplier=(Multiplier(2, "b", from_time=time(20), to_time=time(22)),),
)
NOMINEES = ["arirang", "bolero", "calypso", "nobody"]


def heavy_vote(rule: CountingRule, ballots: int, seed: int) -> Case:
    """Give a vote in which 180 voters cast four ballots of ten, and everybody else one."""
    chance = random.Random(seed)
    rows = []
    for number in range(ballots):
        is_heavy = chance.random() < 0.4
        voter = chance.getrandbits(63) if not is_heavy else 7_919 * chance.randrange(60) << chance.choice([0, 20, 40])
        rows.append(
            ballot(
                number,
                OPENS_AT + chance.randrange(62 * 60) * HOUR // 60 - HOUR,
                voter=voter,
                nominee=chance.choice(NOMINEES),
                channel=chance.choice(["web", "web", "post", "nowhere"]),
                votes=chance.choice([1, 1, 1, 2, 5]),
                gesture=chance.choice(["vote", "vote", "vote", "repost"]),
                is_deleted=chance.random() < 0.05,
            )
        )
    return Case(rule, [WINDOW], rows, set(chance.sample(range(ballots), ballots // 100)), nominees=NOMINEES[:3])


class Watch:
    """Counts the calls of the search for buckets and the buckets it gave."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls = 0
        search: Any = allowance._hot_buckets

        def watched(*arguments: Any, **named: Any) -> Any:
            self.calls += 1
            return search(*arguments, **named)

        monkeypatch.setattr(allowance, "_hot_buckets", watched)


@pytest.mark.parametrize(("keep", "partial"), [("first", "count"), ("last", "refuse")])
def test_a_large_vote_searched_by_buckets_is_the_oracles(
    engine: Evidence, monkeypatch: pytest.MonkeyPatch, keep: Any, partial: Any
) -> None:
    case = heavy_vote(msgspec.structs.replace(RULE, keep=keep, partial=partial), 30_000, seed=2018)
    watch = Watch(monkeypatch)

    found = counted(case, engine)

    slow = expected(case)
    assert watch.calls > 0
    assert cells_of(found) == slow
    assert voids_of(found) == slow.voids
    column = "votes_over_cap" if keep == "first" else "votes_void"
    assert all(slow[nominee, channel][column] > 100 for nominee in NOMINEES[:3] for channel in ("web", "post"))


def test_votes_too_many_for_buckets_are_the_oracles(engine: Evidence, monkeypatch: pytest.MonkeyPatch) -> None:
    case = heavy_vote(RULE, 500, seed=1)
    many = [{**one, "votes": one["votes"] * 2_000_000} if one["ballot"] % 7 == 0 else one for one in case.ballots]
    case = Case(case.rule, case.windows, many, case.set_aside, nominees=case.nominees)
    watch = Watch(monkeypatch)

    found = counted(case, engine)

    slow = expected(case)
    assert watch.calls == 0
    assert cells_of(found) == slow
    assert voids_of(found) == slow.voids


def test_voters_who_share_a_bucket_keep_their_own_allowance(engine: Evidence) -> None:
    voters = [5 + (step << 30) for step in range(12)]
    ballots = [ballot(number, OPENS_AT + number, voter=voter, votes=9) for number, voter in enumerate(voters)]
    ballots.append(ballot(99, OPENS_AT + 99, voter=voters[3], votes=2))
    case = Case(RULE, [WINDOW], ballots)

    [row] = [row for row in counted(case, engine).totals if row["nominee"] == "arirang"]

    assert (row["votes_counted"], row["votes_over_cap"]) == (9 * 12 + 1, 1)
