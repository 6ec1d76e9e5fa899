from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.rulebook.counting_rule import Cap, Channel, Combine, CountingRule, CountingTies, Day, Gestures
from plaudit.rulebook.purge_rule import AccountState, OneNetwork, PurgeRule, Sleepless
from plaudit.rulebook.windows import VotingWindow
from plaudit.tally import recount, sensitivity
from plaudit.tally.margin import margin
from plaudit.tally.result import result
from plaudit.tally.scenarios import Purge, scenarios
from tests.oracles import tally_oracle
from tests.profiles import examples
from tests.tally.cases import HOUR, Case, add_source_totals, ballot, cases, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.store.evidence import Evidence

START = 1_526_256_000_000_000
WINDOW = VotingWindow("vote", START, START + 48 * HOUR)
WEB = Channel("web", "the site", gestures=Gestures("counts", "counts", "counts", "counts"), cap=Cap(3, "day"))
RULE = CountingRule("made", 1, "t", "b", Day("UTC"), (WEB,), ties=CountingTies((), "raise"))


def purge_rule(name: str, method: Any, does: Any = "set aside", channels: tuple[str, ...] = ()) -> PurgeRule:
    return PurgeRule(name, 1, name, "b", does, "told", method, channels)


CLOSED = purge_rule("closed", AccountState(("closed",)))
AWAKE = purge_rule("awake", Sleepless(20, 3))
AWAKE_WEB = purge_rule("awake-web", Sleepless(22, 2), channels=("web",))
CROWDED = purge_rule("crowded", OneNetwork(5), does="flag only")
LATE = purge_rule("late", AccountState(("suspended",)))
DECLARED, LATER = [CLOSED, AWAKE, AWAKE_WEB, CROWDED], [LATE]


@dataclass(frozen=True)
class Doubt:
    """A vote, what each rule takes of it, whom each would take, and what appeals gave back."""

    case: Case
    taken: dict[str, set[int]]
    tried: dict[tuple[str, str], set[int]]
    flagged: set[int]
    reinstated: set[int]


@st.composite
def robustness(draw: Callable[..., Any]) -> Doubt:
    case = replace(draw(cases(most_ballots=30)), set_aside=set())
    numbers, voters = sorted(one["ballot"] for one in case.ballots), sorted({one["voter"] for one in case.ballots})

    def some(values: list[int]) -> set[int]:
        return set(draw(st.sets(st.sampled_from(values), max_size=len(values)))) if values else set()

    def whole() -> set[int]:
        return {one["ballot"] for one in case.ballots if one["voter"] in some(voters)}

    taken = {rule.name: draw(st.sampled_from([some, lambda _: whole()]))(numbers) for rule in (CLOSED, AWAKE, LATE)}
    in_web = {one["ballot"] for one in case.ballots if one["channel"] == "web"}
    taken[AWAKE_WEB.name] = whole() & in_web
    tried = {
        (rule.name, threshold): some(voters) for rule in (AWAKE, AWAKE_WEB, CROWDED) for threshold in ("half", "double")
    }
    return Doubt(case, taken, tried, some(voters), some(numbers))


def rulings(doubt: Doubt) -> list[dict[str, Any]]:
    rows, before = [], set[int]()
    for rule in (CLOSED, AWAKE, AWAKE_WEB, LATE):
        for number in sorted(doubt.taken[rule.name]):
            outcome = "late" if rule is LATE else "also" if number in before else "set aside"
            outcome = "reinstated" if number in doubt.reinstated else outcome
            rows.append({"ballot": number, "rule": rule.name, "case": 1, "outcome": outcome})
        before |= doubt.taken[rule.name]
    return rows


def ballots_of(doubt: Doubt, voters: set[int], rule: PurgeRule) -> set[int]:
    channels = rule.channels or tuple(one.id for one in doubt.case.rule.channel if one.counts == "ballots")
    return {one["ballot"] for one in doubt.case.ballots if one["voter"] in voters and one["channel"] in channels}


def set_aside_by_hand(doubt: Doubt) -> dict[str, set[int]]:
    taken = doubt.taken
    back = doubt.reinstated & set().union(*taken.values())  # an appeal is noted where a rule ruled
    declared = {rule.name: taken[rule.name] for rule in (CLOSED, AWAKE, AWAKE_WEB)}
    every = set().union(*declared.values())
    found = {
        "as certified": every - back,
        "no purge": set(),
        "without appeals": every,
        "with the late rules": (every | taken[LATE.name]) - back,
        "crowded@1 if it purged": (every | ballots_of(doubt, doubt.flagged, CROWDED)) - back,
    }
    found |= {f"{name} alone": numbers - back for name, numbers in declared.items()}
    for (name, threshold), voters in doubt.tried.items():
        rule = next(rule for rule in DECLARED if rule.name == name)
        others = set().union(*(numbers for other, numbers in declared.items() if other != name))
        suffix = ", if it purged" if rule is CROWDED else ""
        found[f"{name} at {threshold}{suffix}"] = (others | ballots_of(doubt, voters, rule)) - back
    return found


def purge_of(doubt: Doubt, engine: Evidence) -> Purge:
    trials = [
        {"rule": name, "threshold": threshold, "voter": voter}
        for (name, threshold), voters in doubt.tried.items()
        for voter in sorted(voters)
    ]
    suspects = [{"rule": CROWDED.name, "case": 1, "voter": voter, "evidence": ""} for voter in sorted(doubt.flagged)]
    return Purge(
        engine.rows("rulings", rulings(doubt)),
        engine.rows("suspects", suspects),
        engine.rows("trials", trials),
        engine.rows("voter_facts", []),
        DECLARED,
        LATER,
    )


def rows_of(doubt: Doubt, engine: Evidence) -> list[dict[str, Any]]:
    case = replace(doubt.case, set_aside=set_aside_by_hand(doubt)["as certified"])
    totals = counted(case, engine).totals
    ballots = engine.rows("ballots", case.ballots)
    purge = purge_of(doubt, engine)
    return sensitivity.sensitivity(
        ballots, totals, purge, case.nominees, case.rule, case.windows, materialize=engine.materialize
    )


def slow_row(found: tally_oracle.Tally, case: Case) -> dict[str, Any]:
    nominees = set(case.nominees)
    values, first = tally_oracle.results(found, nominees, case.rule), tally_oracle.leaders(found, nominees, case.rule)
    value = max(values.values())
    second = max((values[nominee] for nominee in nominees - first), default=0)
    return {
        "winners": "; ".join(sorted(first)),
        "value": value,
        "second_value": second,
        "margin": value - second if len(first) == 1 else 0,
        "votes_set_aside": sum(cell["votes_set_aside"] for cell in found.values()),
    }


def check_against_a_slow_count(doubt: Doubt, engine: Evidence) -> None:
    found = {row["scenario"]: row for row in rows_of(doubt, engine)}

    slow = {}
    for scenario, set_aside in set_aside_by_hand(doubt).items():
        tally = tally_oracle.count(
            doubt.case.ballots, set(doubt.case.nominees), doubt.case.rule, doubt.case.windows, set_aside
        )
        add_source_totals(tally, doubt.case)
        slow[scenario] = slow_row(tally, doubt.case)
    of_purges = {scenario: row for scenario, row in found.items() if row["kind"] != "channel"}
    assert {scenario: {key: row[key] for key in slow["as certified"]} for scenario, row in of_purges.items()} == slow
    certified = slow["as certified"]["winners"]
    assert {row["scenario"]: row["changes"] for row in found.values()} == {
        scenario: row["winners"] != certified for scenario, row in found.items()
    }


@given(robustness())
@settings(max_examples=examples(20), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_scenario_is_the_oracles_count_of_every_ballot(engine: Evidence, doubt: Doubt) -> None:
    check_against_a_slow_count(doubt, engine)


def large_doubt(seed: int) -> Doubt:
    """Give 3,000 ballots of voters who mostly use up their cap, with partly set aside ones among them."""
    chance = random.Random(seed)
    rows = [
        ballot(
            number,
            START + chance.randrange(50 * 60) * HOUR // 60,
            voter=chance.randrange(400),
            nominee=chance.choice(["arirang", "arirang", "bolero", "bolero", "calypso"]),
            channel=chance.choice(["web", "post"]),
            votes=chance.choice([1, 1, 2]),
        )
        for number in range(3_000)
    ]
    post = msgspec.structs.replace(WEB, id="post", cap=Cap(4, "vote", "nominee"))
    rule = msgspec.structs.replace(RULE, channel=(WEB, post))
    whole = {one["ballot"] for one in rows if one["voter"] < 30}
    in_web = {one["ballot"] for one in rows if one["voter"] < 60 and one["channel"] == "web"}
    taken = {
        CLOSED.name: whole,
        AWAKE.name: set(chance.sample(range(3_000), 200)),
        AWAKE_WEB.name: in_web,
        LATE.name: set(chance.sample(range(3_000), 50)),
    }
    tried = {
        (rule.name, threshold): set(chance.sample(range(400), 40 if threshold == "half" else 5))
        for rule in (AWAKE, AWAKE_WEB, CROWDED)
        for threshold in ("half", "double")
    }
    return Doubt(Case(rule, [WINDOW], rows), taken, tried, set(range(100, 140)), set(chance.sample(range(3_000), 20)))


@pytest.mark.parametrize("most", [60, 9])
def test_a_large_vote_is_the_oracles_however_many_scenarios_fit_in_one_count(
    engine: Evidence, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(sensitivity, "MOST", most)
    monkeypatch.setattr(recount, "MOST", most)

    check_against_a_slow_count(large_doubt(seed=4), engine)


def simple(*nominees: str, **changes: Any) -> Doubt:
    """Give a vote of one ballot per name, each of its own voter, of whom rules take none but what is said."""
    rows = [ballot(number, START + number, voter=number, nominee=name) for number, name in enumerate(nominees)]
    nothing: dict[str, set[int]] = {rule.name: set() for rule in (CLOSED, AWAKE, AWAKE_WEB, LATE)}
    empty: dict[tuple[str, str], set[int]] = {}
    case = Case(RULE, [WINDOW], rows, nominees=["arirang", "bolero"])
    return Doubt(case, nothing | changes.get("taken", {}), empty, changes.get("flagged", set()), set())


def by_scenario(doubt: Doubt, engine: Evidence) -> dict[str, dict[str, Any]]:
    return {row["scenario"]: row for row in rows_of(doubt, engine)}


def test_a_purge_that_turned_the_result_is_said_to_change_the_winner(engine: Evidence) -> None:
    rows = by_scenario(simple("arirang", "arirang", "arirang", "bolero", "bolero", taken={CLOSED.name: {0, 1}}), engine)

    assert (rows["as certified"]["winners"], rows["as certified"]["margin"]) == ("bolero", 1)
    assert (rows["no purge"]["winners"], rows["no purge"]["changes"]) == ("arirang", True)
    assert (rows["closed@1 alone"]["winners"], rows["closed@1 alone"]["changes"]) == ("bolero", False)
    assert (rows["awake@1 alone"]["winners"], rows["awake@1 alone"]["votes_set_aside"]) == ("arirang", 0)


def test_a_tied_first_is_several_winners_though_the_rule_would_raise(engine: Evidence) -> None:
    rows = by_scenario(simple("arirang", "arirang", "bolero", flagged={0}), engine)

    tied = rows["crowded@1 if it purged"]
    assert (tied["winners"], tied["margin"], tied["changes"]) == ("arirang; bolero", 0, True)


def test_a_ballot_set_aside_frees_the_allowance_of_its_voter(engine: Evidence) -> None:
    rows = [ballot(number, START + number, nominee=name) for number, name in enumerate(["arirang"] * 3 + ["bolero"])]
    case = Case(RULE, [WINDOW], rows, nominees=["arirang", "bolero"])
    doubt = replace(simple(taken={CLOSED.name: {0, 1}}), case=case)

    found = by_scenario(doubt, engine)

    assert (found["no purge"]["value"], found["no purge"]["second_value"]) == (3, 0)
    assert (found["as certified"]["value"], found["as certified"]["winners"]) == (1, "arirang; bolero")


def test_each_channel_alone_has_its_own_winner_and_an_empty_one_has_no_row(engine: Evidence) -> None:
    jury = Channel("jury", "the jury", counts="totals", share_ppm=500_000)
    nobody = Channel("nobody", "nobody's", gestures=WEB.gestures, share_ppm=0)
    channels = (msgspec.structs.replace(WEB, share_ppm=500_000), jury, nobody)
    rule = msgspec.structs.replace(RULE, channel=channels, combine=Combine("shares"), ties=CountingTies((), "share"))
    totals = [
        {"channel": "jury", "nominee": "bolero", "observed_at": START, "votes": 7, "source": "made", "row": 1},
        {"channel": "jury", "nominee": "arirang", "observed_at": START, "votes": 1, "source": "made", "row": 2},
    ]
    doubt = simple("arirang", "arirang", "bolero")
    doubt = replace(doubt, case=replace(doubt.case, rule=rule, source_totals=totals))

    found = by_scenario(doubt, engine)

    assert {name for name, row in found.items() if row["kind"] == "channel"} == {"web alone", "jury alone"}
    assert (found["as certified"]["winners"], found["web alone"]["winners"]) == ("bolero", "arirang")
    assert (found["web alone"]["value"], found["web alone"]["changes"]) == (2, True)
    assert (found["jury alone"]["value"], found["jury alone"]["changes"]) == (7, False)


def test_a_vote_without_purge_rules_has_no_scenario_of_one(engine: Evidence) -> None:
    purge = replace(purge_of(simple("arirang"), engine), rules=[], late=[])

    assert [scenario.name for scenario in scenarios(purge)] == ["as certified"]


def positions(totals: dict[tuple[str, str], int], case: Case, pair: tuple[str, str], votes: int) -> dict[str, int]:
    rows = [
        {"nominee": name, "channel": channel, "votes_weighted": number + (votes if (name, channel) == pair else 0)}
        for (name, channel), number in totals.items()
    ]
    rule = msgspec.structs.replace(case.rule, ties=msgspec.structs.replace(case.rule.ties, then="share"))
    return {row["nominee"]: row["position"] for row in result(rows, case.nominees, rule)}


def changed(totals: dict[tuple[str, str], int], case: Case, pair: tuple[str, str], votes: int) -> set[str]:
    return {name for name, position in positions(totals, case, pair, votes).items() if position == 1}


@given(st.data())
@settings(max_examples=examples(100))
def test_the_margin_is_the_fewest_votes_that_a_walk_one_by_one_finds(data: st.DataObject) -> None:
    parts = data.draw(st.sampled_from([(1_000_000,), (700_000, 300_000), (1, 999_999), (333_333, 333_333, 333_334)]))
    ids = ["web", "post", "app"][: len(parts)]
    channels = tuple(Channel(name, name, share_ppm=part) for name, part in zip(ids, parts, strict=True))
    combine: Any
    combine, ties = data.draw(st.sampled_from(["sum", "shares"])), data.draw(st.sampled_from([(), tuple(ids)]))
    rule = msgspec.structs.replace(RULE, channel=channels, combine=Combine(combine), ties=CountingTies(ties, "share"))
    case = Case(rule, [WINDOW], [])
    pairs = [(name, channel) for name in case.nominees for channel in ids]
    totals = {pair: data.draw(st.integers(0, 12)) for pair in pairs}
    rows = [{"nominee": name, "channel": channel, "votes_weighted": n} for (name, channel), n in totals.items()]

    found = margin(rows, case.nominees, rule)

    first = changed(totals, case, ("", ""), 0)
    if len(first) > 1:
        assert (found.more, found.fewer) == (None, None)
        return
    [winner] = first
    fewer = [
        votes
        for pair in pairs
        if pair[0] == winner
        for votes in range(1, totals[pair] + 1)
        if changed(totals, case, pair, -votes) != first
    ]
    assert (found.fewer.votes if found.fewer else None) == min(fewer, default=None)
    more = [pair for pair in pairs if pair[0] != winner]

    def is_behind(pair: tuple[str, str], votes: int) -> bool:  # a third nominee may be ahead of both
        placed = positions(totals, case, pair, votes)
        return placed[pair[0]] > placed[winner]

    if found.more is None:
        assert all(is_behind(pair, 10**15) for pair in more)
        return
    assert not is_behind((found.more.nominee, found.more.channel), found.more.votes)
    assert all(is_behind(pair, found.more.votes - 1) for pair in more)
