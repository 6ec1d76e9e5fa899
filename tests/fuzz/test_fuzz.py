"""Whatever a file or a request holds, it is read, or refused by an error of ours: never a traceback."""

from __future__ import annotations

import random

import pytest

from tests.fuzz.kinds import Kind, fuzz, kinds
from tests.fuzz.mutations import mutated
from tests.some import some

INPUTS = 50_000
SEED = 20180520


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> list[Kind]:
    found: list[Kind] = kinds(tmp_path_factory.mktemp("fuzz"))
    return found


def test_sound_examples_of_each_kind_are_read(every: list[Kind]) -> None:
    for kind in some(every):
        assert kind.seeds
        if kind.name not in {
            "checkpoint",
            "bundle",
            "signed statement",
            "statement's values",
        }:  # these are changed first
            kind.read(kind.seeds[0])


def test_fifty_thousand_damaged_inputs_bring_nothing_but_errors_of_ours(every: list[Kind]) -> None:
    share = sum(kind.share for kind in every)

    outcomes = {kind.name: fuzz(kind, -(-INPUTS * kind.share // share), SEED) for kind in every}

    assert sum(outcome.read + outcome.refused for outcome in outcomes.values()) >= INPUTS
    # a damage that is never noticed, or never survived, tries nothing
    assert [name for name, outcome in outcomes.items() if not outcome.refused and name != "receipt file"] == []


def test_the_same_seed_gives_the_same_damage() -> None:
    seeds = [b"a = 1\n[b]\nc = 'x'\n", b"d = 2\n"]

    first, again = ([mutated(seeds, random.Random(number)) for number in range(300)] for _ in range(2))

    assert first == again
    assert len(set(first)) > 200
