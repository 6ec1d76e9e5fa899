"""The list of steps says what each reads: it is held against what each step really asks for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plaudit import pipeline
from plaudit.base.change import Look
from plaudit.pipeline import STEPS
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.store.tables import TABLES, made_by
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

    import ibis

COMPUTING = ("measure", "chart", "nominate", "vote", "audit", "tally", "check")


class Watched(Evidence):
    """Tables that note what is asked of them."""

    asked: set[str]

    def read(self, name: str) -> ibis.Table:
        self.asked.add(name)
        return super().read(name)

    def has(self, name: str) -> bool:
        self.asked.add(name)
        return super().has(name)

    def files(self, name: str) -> list[Path]:
        self.asked.add(name)
        return super().files(name)


@pytest.mark.parametrize("step", COMPUTING)
def test_a_step_reads_what_the_list_says_and_nothing_else(made_template: Path, tmp_path: Path, step: str) -> None:
    season = read_season(made_template)
    change = Look(season.folder, tmp_path)
    tables = Evidence(season.evidence).within(change).seen_as(Watched)
    tables.asked = set()
    getattr(pipeline, step)(replace(season, change=change), tables)

    assert tables.asked - set(made_by(step)) == set(STEPS[step].split()) - {"log"}


def test_every_step_reads_only_what_an_earlier_one_makes() -> None:
    made = {"log": "vote", "certificate": "certify"} | {name: declared.step for name, declared in TABLES.items()}
    order = list(STEPS)

    for step, name in some([(step, name) for step, reads in STEPS.items() for name in reads.split()]):
        assert order.index(made[name]) < order.index(step), (step, name)


def test_every_step_that_makes_a_table_is_in_the_list() -> None:
    assert {declared.step for declared in TABLES.values()} <= set(STEPS)
