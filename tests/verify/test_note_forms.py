"""One verdict for the same bytes: the command's and the page's, on vectors that both are given."""

from __future__ import annotations

import base64
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import PlauditError
from plaudit.certify.certificate import read_certificate
from plaudit.certify.shape import statement_schema
from plaudit.ledger.note import Verifier
from plaudit.ledger.note_form import one_form, strict_json
from plaudit.verify.receipt import verify_receipt
from plaudit.vote.receipt import read_receipt
from tests.site.test_verify_script import is_held, steps
from tests.verify.note_vectors import FILE, built

if TYPE_CHECKING:
    from pathlib import Path

VECTORS = json.loads(FILE.read_text("utf-8"))
CASES = [
    (f"{case['kind']}: {case['name']}", base64.b64decode(case["base64"]), case["holds"]) for case in VECTORS["cases"]
]


def is_held_by_the_command(path: Path) -> bool:
    try:
        if receipt := read_receipt(path):
            verify_receipt(receipt, Verifier.parse(VECTORS["log_key"]))
        else:
            read_certificate(path, Verifier.parse(VECTORS["certificate_key"]))
    except PlauditError:
        return False
    return True


def test_the_vectors_are_those_that_are_made() -> None:
    assert FILE.read_text("utf-8") == built()
    assert {case["holds"] for case in VECTORS["cases"]} == {True, False}


def test_the_command_gives_every_vector_its_verdict(tmp_path: Path) -> None:
    path, found = tmp_path / "note", {}
    for name, data, _ in CASES:
        path.write_bytes(data)
        found[name] = is_held_by_the_command(path)

    assert {name: holds for name, _, holds in CASES if found[name] != holds} == {}


@pytest.mark.skipif(shutil.which("node") is None, reason="no node: apt-get install nodejs")
def test_the_page_gives_every_vector_its_verdict() -> None:
    page = {
        "logKey": VECTORS["log_key"],
        "certificateKey": VECTORS["certificate_key"],
        "channels": None,
        "nominees": None,
        "schema": statement_schema(),
    }
    asked: list[tuple[str | dict[str, str], dict[str, Any]]] = [
        ({"base64": base64.b64encode(data).decode()}, page) for _, data, _ in CASES
    ]
    found = steps(*asked)

    assert {name: one for (name, _, holds), one in zip(CASES, found, strict=True) if is_held(one) != holds} == {}
    stumbled = [name for (name, _, _), one in zip(CASES, found, strict=True) if one[-1]["step"] == "unreadable"]
    assert stumbled == []


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r\ufeff")),
    st.booleans(),
    st.text(" \t\n"),
    st.text(" \t\n"),
)
def test_a_text_has_one_form_however_it_was_saved(text: str, has_mark: bool, before: str, after: str) -> None:
    inner = text.strip(" \t\n")
    saved = f"{before}{inner}{after}".replace("\n", "\r\n")
    data = (b"\xef\xbb\xbf" if has_mark else b"") + saved.encode()

    assert one_form(data, "x") == f"{inner}\n"
    assert one_form(one_form(data, "x").encode(), "x") == f"{inner}\n"


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', "1.0", "1e2", "NaN", "Infinity", str(2**53), '"\\ud800"', '{"\\udfff":1}', "[" * 65 + "]" * 65],
)
def test_json_that_readers_read_differently_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the standard library says some of it in its own words
        strict_json(text)


def test_json_that_all_read_alike_is_read() -> None:
    assert strict_json("[" * 64 + "]" * 64)
    assert strict_json(f'{{"a":[{2**53 - 1},-1,null,true,"\\ud83d\\ude00"]}}') == {
        "a": [2**53 - 1, -1, None, True, "😀"]
    }
