"""The audit against a plain-Python one: order of rules, late rules, flags, appeals, cases and trials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit.audit.appeals import BALLOT, UPHOLD, VOTER, Appeal
from plaudit.audit.audit import Audited, audit
from plaudit.audit.trials import varied
from plaudit.base.errors import RuleInvalid
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import AccountState, OneNetwork, Sleepless
from tests.audit.busy import GROUPS, Busy, busy_rule, matched_by
from tests.oracles import audit_oracle
from tests.profiles import examples
from tests.tally.cases import ballot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.store.evidence import Evidence
    from tests.oracles.tally_oracle import Ballot

COUNTING: CountingRule = RuleLibrary().cited("iheart-2018@1").rule  # type: ignore[assignment]
CHANNELS = [channel.id for channel in COUNTING.channel if channel.counts == "ballots"]


def act(number: int, **more: Any) -> Ballot:
    """Give a ballot that a rule without channels looks at."""
    return ballot(number, number, channel=CHANNELS[0], **more)


@dataclass(frozen=True)
class Case:
    """Everything an audit is made from."""

    ballots: list[Ballot]
    declared: list[PurgeRule]
    late: list[PurgeRule]
    back: frozenset[int] = frozenset()
    back_whole: frozenset[int] = frozenset()

    @property
    def rules(self) -> list[PurgeRule]:
        return [*self.declared, *self.late]


def audited(case: Case, engine: Evidence, appeals: Sequence[Appeal] = ()) -> Audited:
    given_appeals = [*appeals] or [
        Appeal(str(number + 1), number, decision, "made", line)
        for decision, numbers in ((BALLOT, case.back), (VOTER, case.back_whole))
        for line, number in enumerate(sorted(numbers), 2)
    ]
    return audit(
        engine.rows("ballots", case.ballots),
        engine.rows("voter_facts", []),
        case.declared,
        case.late,
        given_appeals,
        COUNTING,
        [],
        materialize=engine.materialize,
    )


def rows_of(found: Audited, engine: Evidence, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.write(name, getattr(found, name)).to_pylist()
    return rows


def expected_cases(rule: PurgeRule, ballots: Sequence[Ballot]) -> dict[int, list[int]]:
    """Give the voters of every case of a rule, cases numbered from 1 in the order of their texts."""
    voters = matched_by(rule, ballots, CHANNELS)
    groups = sorted({str(voter % GROUPS) for voter in voters})
    return {
        number: sorted(voter for voter in voters if str(voter % GROUPS) == group)
        for number, group in enumerate(groups, 1)
    }


def expected_rules(case: Case) -> list[audit_oracle.Rule]:
    found = []
    for place, rule in enumerate(case.rules):
        channels = set(rule.channels or CHANNELS)
        case_of = {voter: number for number, voters in expected_cases(rule, case.ballots).items() for voter in voters}
        takes = {
            row["ballot"]: case_of[row["voter"]]
            for row in case.ballots
            if row["voter"] in case_of and row["channel"] in channels
        }
        found.append(audit_oracle.Rule(rule.name, takes, place >= len(case.declared), rule.does == "set aside"))
    return found


def expected_rulings(case: Case) -> set[tuple[int, str, int, str]]:
    acts = [audit_oracle.Act(row["ballot"], row["voter"]) for row in case.ballots]
    return audit_oracle.rulings(acts, expected_rules(case), set(case.back), set(case.back_whole))


@st.composite
def cases(draw: Callable[..., Any]) -> Case:
    one = st.fixed_dictionaries(
        {
            "channel": st.sampled_from([*CHANNELS, "nowhere"]),
            "nominee": st.sampled_from(["arirang", "bolero"]),
            "votes": st.sampled_from([1, 1, 3]),
            "voter": st.integers(0, 5),
            "cast_at": st.integers(0, 10**6),
        }
    )
    ballots = [ballot(number, **row) for number, row in enumerate(draw(st.lists(one, max_size=25)))]
    rule = st.tuples(
        st.sampled_from(["arirang", "bolero"]),
        st.integers(1, 4),
        st.sampled_from(["set aside", "set aside", "flag only"]),
        st.sampled_from([(), (), (CHANNELS[0],)]),
    )
    rules = [
        busy_rule(f"rule-{place}", nominee, least, does=does, channels=channels)
        for place, (nominee, least, does, channels) in enumerate(draw(st.lists(rule, max_size=4)))
    ]
    cut = draw(st.integers(0, len(rules)))
    case = Case(ballots, rules[:cut], rules[cut:])
    touched = sorted({number for number, *_ in expected_rulings(case)})
    if not touched:
        return case
    whole = draw(st.sets(st.sampled_from(touched), max_size=1))
    voters = {row["voter"] for row in ballots if row["ballot"] in whole}
    rest = [number for number in touched if ballots[number]["voter"] not in voters]
    back = draw(st.sets(st.sampled_from(rest), max_size=3)) if rest else set()
    return Case(ballots, rules[:cut], rules[cut:], frozenset(back), frozenset(whole))


@settings(max_examples=examples(50), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_rulings_are_those_of_the_plain_audit(case: Case, engine: Evidence) -> None:
    found = rows_of(audited(case, engine), engine, "rulings")

    assert {(row["ballot"], row["rule"], row["case"], row["outcome"]) for row in found} == expected_rulings(case)


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_cases_suspects_and_trials_are_those_of_the_plain_audit(case: Case, engine: Evidence) -> None:
    found = audited(case, engine)

    wanted_cases, wanted_suspects, wanted_trials = {}, set(), set()
    for rule, expected in zip(case.rules, expected_rules(case), strict=True):
        counts = matched_by(rule, case.ballots, CHANNELS)
        for number, voters in expected_cases(rule, case.ballots).items():
            wanted_suspects |= {(rule.name, number, voter, f"{counts[voter]} ballots") for voter in voters}
            acts = [row for row in case.ballots if expected.takes.get(row["ballot"]) == number]
            wanted_cases[rule.name, number] = {
                "outcome": "flagged" if not expected.sets_aside else "late" if expected.is_late else "set aside",
                "voters": len(voters),
                "ballots": len(acts),
                "votes": sum(row["votes"] for row in acts),
                "first_ballot": min(row["ballot"] for row in acts),
                "last_ballot": max(row["ballot"] for row in acts),
                "first_at": min(row["cast_at"] for row in acts),
                "last_at": max(row["cast_at"] for row in acts),
                "evidence": f"{counts[voters[0]]} ballots",
            }
        least = rule.method.ballots_least  # type: ignore[union-attr]
        for name, number in (("half", -(-least // 2)), ("double", min(least * 2, 9))):
            wanted_trials |= {(rule.name, name, voter) for voter in matched_by(rule, case.ballots, CHANNELS, number)}
    shown = {(row.pop("rule"), row.pop("case")): row for row in rows_of(found, engine, "cases")}
    assert shown == wanted_cases
    suspects = rows_of(found, engine, "suspects")
    assert {(row["rule"], row["case"], row["voter"], row["evidence"]) for row in suspects} == wanted_suspects
    trials = rows_of(found, engine, "trials")
    assert {(row["rule"], row["threshold"], row["voter"]) for row in trials} == wanted_trials


def test_an_appeal_about_an_untouched_ballot_is_refused(engine: Evidence) -> None:
    case = Case([act(0), act(1, nominee="bolero", voter=2)], [busy_rule("busy", "bolero", 1)], [])

    with pytest.raises(RuleInvalid, match=r"line 2: no purge rule touched the ballot of receipt '1', leaf 1") as error:
        audited(case, engine, [Appeal("1", 0, UPHOLD, "made", 2)])
    assert "plaudit audit SEASON --leaf 1" in error.value.remedy


def test_upholding_a_ballot_of_a_voter_who_is_reinstated_whole_is_refused(engine: Evidence) -> None:
    case = Case([act(0), act(1)], [busy_rule("busy", "arirang", 1)], [])

    with pytest.raises(RuleInvalid, match="line 3: receipt '2' is of the voter whom line 2 reinstates whole"):
        audited(case, engine, [Appeal("1", 0, VOTER, "made", 2), Appeal("2", 1, UPHOLD, "made", 3)])


def test_an_upheld_appeal_gives_nothing_back(engine: Evidence) -> None:
    case = Case([act(0), act(1)], [busy_rule("busy", "arirang", 1)], [])

    found = rows_of(audited(case, engine, [Appeal("1", 0, UPHOLD, "made", 2)]), engine, "rulings")

    assert [row["outcome"] for row in found] == ["set aside", "set aside"]


@pytest.mark.parametrize(
    ("method", "tried"),
    [
        (Busy("arirang", 1), [1, 2]),
        (Busy("arirang", 5), [3, 9]),
        (Sleepless(hours_least=22, days_least=3), [2, 6]),
        (OneNetwork(voters_most=1), [1, 2]),
    ],
)
def test_half_is_rounded_up_and_no_trial_leaves_the_legal_values(method: Any, tried: list[int]) -> None:
    found = varied(method)

    assert [getattr(found[name], method.threshold) for name in ("half", "double")] == tried


def test_a_method_without_a_threshold_is_not_tried() -> None:
    assert varied(AccountState(("closed",))) == {}
