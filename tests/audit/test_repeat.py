"""The published query of a rule gives what the audit gave, in DuckDB alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
from hypothesis import HealthCheck, given, settings

from plaudit.audit.repeat import query, query_file
from plaudit.rulebook.windows import VotingWindow
from tests.audit.busy import busy_rule
from tests.audit.test_audit import COUNTING, Case, act, audited, cases, rows_of
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.store.evidence import Evidence

WINDOWS = [VotingWindow("vote", 0, 10**6)]


def repeated(rule: PurgeRule, case: Case, engine: Evidence) -> list[tuple[int, int, str, int | None]]:
    """Run the query over views of the given names, as a stranger would."""
    ballots = engine.to_arrow(engine.rows("ballots", case.ballots))
    with duckdb.connect() as connection:
        connection.register("ballots", ballots)
        connection.register("voter_facts", engine.to_arrow(engine.rows("voter_facts", [])))
        rows: list[tuple[int, int, str, int | None]] = connection.sql(query(rule, COUNTING, WINDOWS)).fetchall()
        return rows


@settings(max_examples=examples(25), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(case=cases())
def test_the_query_gives_the_suspects_and_the_ballots_of_the_audit(case: Case, engine: Evidence) -> None:
    found = audited(case, engine)
    suspects, rulings = rows_of(found, engine, "suspects"), rows_of(found, engine, "rulings")
    for rule in case.rules:
        again = repeated(rule, case, engine)

        assert {row[:3] for row in again} == {
            (row["case"], row["voter"], row["evidence"]) for row in suspects if row["rule"] == rule.name
        }
        taken = {(row["ballot"], row["case"]) for row in rulings if row["rule"] == rule.name}
        if rule.does == "set aside":
            assert {(ballot, number) for number, _, _, ballot in again if ballot is not None} == taken
        assert again == sorted(again)


def test_the_query_file_says_how_it_is_run_and_runs(
    engine: Evidence, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = busy_rule("busy", "arirang", 2)
    rows = engine.to_arrow(engine.rows("ballots", [act(0), act(1), act(2, voter=7)]))
    engine_of = type(engine)(tmp_path / "evidence")
    engine_of.write_stream("ballots", "1970-01-01", rows.to_batches())
    monkeypatch.chdir(tmp_path / "evidence")
    text = query_file(rule, COUNTING, WINDOWS).decode()

    with duckdb.connect() as connection:
        *views, select = [part for part in text.split(";\n") if part.strip()]
        for view in views:
            connection.execute(view)
        found = connection.sql(select).fetchall()

    assert text.startswith("-- busy@1: busy\n")
    assert 'duckdb -c ".read ../published/audit/busy@1.sql"' in text
    assert "voter_facts.parquet" not in text
    assert found == [(1, 1, "2 ballots", 0), (1, 1, "2 ballots", 1)]
