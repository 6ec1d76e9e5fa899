"""Whatever `plaudit verify` is handed, it refuses it in words, or it says what it said before."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.verifying import ODD, SAME, Verdicts, Victim, altered, mutate
from tests.some import some

MUTATIONS = 1_500
SEED = 20180520
KINDS = {"certificates", "receipts", "checkpoints", "evidence", "rules"}


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Victim:
    return Victim(tmp_path_factory.mktemp("mutate"))


@pytest.fixture(scope="module")
def verdicts(victim: Victim) -> Verdicts:
    return mutate(victim, range(MUTATIONS), SEED)


def test_nothing_ends_in_a_traceback_and_nothing_false_is_taken(verdicts: Verdicts) -> None:
    assert sum(sum(said.values()) for said in verdicts.said.values()) == MUTATIONS
    assert verdicts.defects == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_most_of_what_is_changed_is_refused_with_the_code_of_its_class(verdicts: Verdicts, kind: str) -> None:
    said = verdicts.said[kind]
    code = "exit code 3" if kind == "rules" else "exit code 6"
    refused = {verdict for verdict in said if "exit code" in verdict}

    assert {verdict for verdict in some(refused) if not verdict.endswith(code)} == set()
    assert sum(said[verdict] for verdict in refused) > sum(said.values()) / 2


def test_what_is_untouched_says_what_it_said(victim: Victim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.fuzz.verifying.altered", lambda _held, _chance: None)
    monkeypatch.setattr("tests.fuzz.verifying.mutated", lambda seeds, _chance: seeds[0])

    assert {victim.certificate(random.Random(number)) for number in range(6)} == {SAME}
    assert victim.checkpoint_file(random.Random(1)) == SAME


def test_a_defect_is_told_with_what_repeats_it(victim: Victim, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> None:
        raise KeyError("sampling")

    monkeypatch.setattr("tests.fuzz.verifying.check_checkpoint", broken)
    found = mutate(victim, range(40), 7)

    assert found.defects
    assert {defect.partition(":")[2] for defect in found.defects} == {" TRACEBACK KeyError"}
    assert set(found.said["checkpoints"]) == {"TRACEBACK KeyError"}


def test_a_defect_that_verify_dresses_up_is_one(victim: Victim, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plaudit.verify.verify.first_value", lambda *_given: dict[str, str]()["sampling"])
    found = mutate(victim, range(60), 7)

    assert {defect.partition(":")[2] for defect in found.defects} == {" TRACEBACK KeyError"}


def test_values_are_changed_in_every_depth(victim: Victim) -> None:
    depths = set()
    for number in range(300):
        held = {"a": {"b": [{"c": 1}]}, "d": "x"}
        altered(held, random.Random(number))
        depths.add(str(held))

    assert len(depths) > 30
    assert len(ODD) > 10
