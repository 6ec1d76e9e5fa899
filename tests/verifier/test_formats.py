"""Keys, notes, leaves and digests are read as the published vectors say."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from plaudit.base.errors import SignatureInvalid
from plaudit.ledger.note import Verifier
from plaudit.ledger.witness import WitnessKey
from plaudit.vote.record import Ballot, Names
from tests.verifier.second import verify

VECTORS = Path(__file__).parents[2] / "docs" / "spec" / "vectors"
NOT_KEYS = (verify.Refused, ValueError)


def read(name: str) -> dict[str, Any]:
    made: dict[str, Any] = json.loads((VECTORS / f"{name}.json").read_text("utf-8"))
    return made


def is_believed(text: str) -> bool:
    try:
        verify.read_key(text)
    except NOT_KEYS:
        return False
    return True


def is_believed_by_plaudit(text: str) -> bool:
    for kind in (Verifier, WitnessKey):
        try:
            kind.parse(text)
        except SignatureInvalid:
            continue
        return True
    return False


@pytest.mark.parametrize("case", read("keys")["cases"], ids=lambda case: case["why"] or case["key"][:20])
def test_a_key_is_believed_as_the_vectors_say(case: dict[str, Any]) -> None:
    assert is_believed(case["key"]) == case["holds"]
    assert is_believed_by_plaudit(case["key"]) == case["holds"]


def is_held(case: dict[str, Any], key: str, folder: Path) -> bool:
    """Say whether a note holds under its key; of a certificate, whether it is canonical too."""
    path = folder / "note"
    path.write_bytes(base64.b64decode(case["base64"]))
    try:
        text, _ = verify.read_note("note", verify.text_of(path), verify.read_key(key))
        return bool(verify.canonical(json.loads(text)) + "\n" == text)
    except (verify.Refused, *verify.UNREADABLE):
        return False


def test_a_certificate_holds_as_the_vectors_say(tmp_path: Path) -> None:
    vectors = read("notes")
    cases = [case for case in vectors["cases"] if case["kind"] == "certificate" and case["holds"]]
    forged = [case for case in vectors["cases"] if case["kind"] == "certificate" and not case["holds"]]

    held = [case["name"] for case in cases if is_held(case, vectors["certificate_key"], tmp_path)]

    assert held == [case["name"] for case in cases]
    assert len([case for case in forged if is_held(case, vectors["certificate_key"], tmp_path)]) < len(forged) / 2


def test_leaves_and_root_are_the_vectors() -> None:
    vectors = read("leaves")
    rows = [SimpleNamespace(ballot=number, **row["ballot"]) for number, row in enumerate(vectors["ballots"])]

    leaves = [*verify.leaves_of(vectors["opening"], rows, vectors["closing"])]

    assert [leaf.hex() for leaf in leaves[1:-1]] == [row["record"] for row in vectors["ballots"]]
    assert [verify.sha256(b"\0" + leaf).hexdigest() for leaf in leaves] == vectors["leaf_hashes"]


@pytest.mark.parametrize("row", read("leaves")["ballots"][:2], ids=lambda row: row["record"][:8])
def test_plaudit_packs_the_records_of_the_vectors(row: dict[str, Any]) -> None:
    opening = read("leaves")["opening"]
    names = Names(*(tuple(opening[key]) for key in ("channels", "nominees", "sources")))

    assert names.pack(Ballot(**row["ballot"])).hex() == row["record"]


@pytest.mark.parametrize("case", read("row-digests")["cases"], ids=lambda case: case["table"])
def test_rows_have_the_digest_of_the_vectors(
    case: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = {"string": "", "int64": ":i", "int32": ":n", "int16": ":h", "bool": ":b"}
    optional = {"account_created_at"}
    words = [f"{name}{kinds[kind]}{'?' if name in optional else ''}" for name, kind in case["columns"]]
    monkeypatch.setitem(verify.TABLES, case["table"], " ".join([f"{words[0]}!", *words[1:]]))
    schema = pa.schema([(name, verify.TYPES[kinds[kind]]) for name, kind in case["columns"]])
    for part, rows in case["parts"].items():
        path = tmp_path / (f"{case['table']}/day={part}/part-0.parquet" if part else f"{case['table']}.parquet")
        path.parent.mkdir(parents=True, exist_ok=True)
        named = [dict(zip(schema.names, row, strict=True)) for row in rows]
        pq.write_table(pa.Table.from_pylist(named, schema=schema), path)

    _, stated = verify.read_table(tmp_path, case["table"], case["stated"]["rows"])

    assert stated == case["stated"]
