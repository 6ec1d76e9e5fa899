"""Tables are declared once: each with its step, its units, and what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.rulebook.season import read_season
from plaudit.store.table import UNITS
from plaudit.store.tables import CERTIFIED, TABLES, TELLING, made_by

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.store.table import Table

STEPS = ("collect", "measure", "chart", "nominate", "audit", "tally", "check", "honour")
IS_NUMBER = {"int64", "int32", "int16"}


@pytest.mark.parametrize("declared", TABLES.values(), ids=TABLES)
def test_every_number_has_a_unit_and_nothing_else_has_one(declared: Table) -> None:
    without = [name for name, column in declared.columns.items() if (column.kind in IS_NUMBER) != bool(column.unit)]

    assert without == []
    assert {column.unit for column in declared.columns.values()} - {""} <= set(UNITS)


def test_every_instant_is_in_microseconds_and_nothing_else_is() -> None:
    columns = [(name, about.unit) for declared in TABLES.values() for name, about in declared.columns.items()]

    assert [name for name, unit in columns if name.endswith("_at") != (unit == "us")] == []
    assert "observed_at" in dict(columns)


def test_no_unit_is_left_over() -> None:
    assert {about.unit for declared in TABLES.values() for about in declared.columns.values()} - {""} == set(UNITS)


def test_every_table_is_made_by_one_step_of_the_line() -> None:
    assert {declared.step for declared in TABLES.values()} == set(STEPS)
    assert sorted(name for step in STEPS for name in made_by(step)) == sorted(TABLES)


def test_what_is_collected_is_certified_and_nothing_that_is_computed() -> None:
    assert set(CERTIFIED) == set(made_by("collect"))


def test_all_that_audit_tally_and_check_make_of_votes_tells_of_the_count() -> None:
    made = {name for step in ("audit", "tally", "check") for name in made_by(step)}

    assert made - TELLING == {"chart_sensitivity"}
    assert not TELLING & {name for step in ("measure", "chart", "nominate") for name in made_by(step)}


def test_a_certificate_cites_every_certified_table_that_was_made_and_no_other(made_template: Path) -> None:
    season = read_season(made_template)
    stated = read_certificate(season.published / CERTIFICATE).statement["evidence"]["tables"]
    cited = {*stated}

    assert cited == {name for name in CERTIFIED if list(season.evidence.glob(f"{name}*"))}
    assert len(cited) > 3
