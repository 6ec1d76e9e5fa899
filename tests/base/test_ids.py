"""An id is a text in one form, and no number or word that a program put in its place."""

from __future__ import annotations

import pytest

from plaudit.base.ids import DECIMAL, MISSING, ROUNDED, exact_id, why_no_id


@pytest.mark.parametrize("text", ["1.05E+18", "1.05e18", "1,05E+18", "1E+18", "1e18", "5E5", "-1.2e-7", "1.05E18"])
def test_scientific_notation_is_no_id(text: str) -> None:
    assert why_no_id(text) == ROUNDED


@pytest.mark.parametrize("text", ["1234.0", "1234.", "12,0", "105.000"])
def test_a_decimal_is_no_id(text: str) -> None:
    assert why_no_id(text) == DECIMAL


@pytest.mark.parametrize(
    "text",
    [
        "nan",
        "NaN",
        "None",
        "NULL",
        "null",
        "N/A",
        "NA",
        "#N/A",
        "-",
        "--",
        "?",
        "undefined",
        "<NA>",
        "NaT",
        "\\N",
        "inf",
    ],
)
def test_a_word_for_nothing_is_no_id(text: str) -> None:
    assert why_no_id(text) == MISSING


@pytest.mark.parametrize(
    "text",
    [
        "null_official",
        "none-of-us",
        "banana",
        "NaNa",
        "1050000000000000001",
        "12e4",
        "a1e5",
        "1.05.18",
        "3e5f",
        "v1.0",
        "1.5",
        "UC-9-kyTW8ZkZNDHQJ6FgpwQ",
        "방탄소년단",
        "-_-",
        "0",
    ],
)
def test_what_only_resembles_them_is_an_id(text: str) -> None:
    assert why_no_id(text) == ""


def test_an_id_is_nfc_without_blanks_around_it() -> None:
    assert exact_id("\u1107\u1161\u11bc\u1110\u1161\u11ab\u3000") == "방탄"
    assert exact_id(" two words\t") == "two words"
