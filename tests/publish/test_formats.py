"""CSV for people: no cell is a formula, and every text can be had back."""

from __future__ import annotations

import csv
import io

from hypothesis import example, given
from hypothesis import strategies as st

from plaudit.publish.formats import csv_bytes, unguarded

TEXTS = st.text(st.sampled_from("'=+-@\t\r\n＝a1. ") | st.characters(codec="utf-8"))


@given(TEXTS)
@example('=HYPERLINK("http://evil.example","click")')
@example("''=1")
@example("-AbC123")
def test_no_cell_is_a_formula_and_every_text_comes_back(text: str) -> None:
    [[cell, number]] = list(csv.reader(io.StringIO(csv_bytes([{"a": text, "b": -5}]).decode(), newline="")))[1:]

    is_number = cell[1:].replace(".", "", 1).isdecimal()
    assert is_number or not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝"))
    assert (unguarded(cell), number) == (text, "-5")
