"""Verify finds what was changed in the audit: a ruling, a suspect, a query, a statement, an appeal."""

from __future__ import annotations

import copy
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.base.errors import ProofInvalid
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.ledger.note import sign_note
from plaudit.verify.verify import verify
from tests.audit.purged import THREE_DAYS, purged
from tests.made import made_once
from tests.verify.test_verify import changed

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def made_purged(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "purged", lambda folder: purged(made_template, folder / "my-award"))


@pytest.fixture
def folder(made_purged: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made_purged, tmp_path / "my-award")


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("rulings", "outcome", "reinstated"),
        ("suspects", "evidence", "because"),
        ("cases", "votes", 77),
        ("trials", "voter", 7),
        ("findings", "verdict", "fails"),
        ("sensitivity", "margin", 7),
        ("chart_sensitivity", "stays", 0),
    ],
)
def test_a_changed_value_of_the_audit_is_located(folder: Path, table: str, column: str, value: Any) -> None:
    changed(folder / "evidence" / f"{table}.parquet", 1, column, value)

    with pytest.raises(ProofInvalid, match=rf"evidence/{table}\.parquet: row 1.*{column}.*{value}"):
        verify(folder)


def test_a_changed_query_is_located(folder: Path) -> None:
    path = folder / "published" / "audit" / f"{THREE_DAYS}.sql"
    path.write_text(path.read_text("utf-8").replace("DuckDB", "duckDB"), "utf-8")

    with pytest.raises(ProofInvalid, match=rf"published/audit/{THREE_DAYS}\.sql: line 3, byte"):
        verify(folder)


def test_a_certificate_that_hides_what_a_rule_set_aside_is_refused_although_signed(folder: Path) -> None:
    path = folder / "published" / CERTIFICATE
    stated = copy.deepcopy(read_certificate(path).statement)
    stated["audit"]["purges"][0]["votes"] -= 1
    path.write_text(sign_note(canonical(stated), season_signer(folder, "plaudit.example/my-award")), "utf-8")

    with pytest.raises(ProofInvalid, match=r"certificate\.note: audit.*purges.*votes"):
        verify(folder)
