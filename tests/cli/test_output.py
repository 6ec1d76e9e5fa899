"""What a person reads: tables that fit, numbers whole, and nothing told by colour alone."""

from __future__ import annotations

import io
import unicodedata
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from plaudit.cli import output
from plaudit.cli.output import print_table
from plaudit.cli.verify import told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.commands import Plaudit


def drawn_into(text: io.StringIO, width: int = 80, *, colours: bool = False) -> Callable[[], Console]:
    return lambda: Console(
        file=text,
        width=width,
        force_terminal=colours,
        highlight=False,
        emoji=False,
        color_system="standard" if colours else None,
    )


def cells(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in line)


def test_every_table_of_the_verbs_fits_eighty_columns(
    plaudit: Plaudit, season_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = io.StringIO()
    monkeypatch.setattr(output, "_console", drawn_into(text))
    counts = season_folder / "data" / "counts.csv"
    counts.write_text(
        counts.read_text("utf-8") + "2026-01-09T00:00:00Z,nobody-here,,views,a number of some kind\n", "utf-8"
    )

    for words in (
        ["rules", "list"],
        ["chart", "SEASON", "--explain", "north-seven"],
        ["measure", "SEASON"],
        ["doctor", "SEASON"],
        ["audit", "SEASON"],
        ["run", "SEASON", "--no-site"],
    ):
        plaudit(*(season_folder if word == "SEASON" else word for word in words))

    assert text.getvalue().count("\n\n") > 12, "tables"
    assert [line for line in text.getvalue().splitlines() if cells(line) > 80] == []


@given(
    st.lists(
        st.tuples(st.integers(0, 10**7), st.text("abc 다", max_size=60), st.integers(0, 10**9)), min_size=1, max_size=4
    )
)
def test_a_number_is_never_broken_and_no_text_is_lost(rows: list[tuple[int, str, int]]) -> None:
    text = io.StringIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(output, "_console", drawn_into(text, 50))
        print_table("A table", ["first", "what it says of itself", "votes"], rows)

    shown = text.getvalue()
    assert all(f"{number:,}" in shown for row in rows for number in (row[0], row[2]))
    assert sorted("".join(row[1] for row in rows).replace(" ", "")) == sorted(
        letter for line in shown.splitlines()[2:] for letter in line if letter in "abc다"
    )


def test_a_move_is_told_in_words_and_a_sign_beside_its_colour(
    plaudit: Plaudit, season_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain, coloured = io.StringIO(), io.StringIO()
    monkeypatch.setattr(output, "_console", drawn_into(plain))
    plaudit("chart", season_folder, "--week", "2026-01-02")
    monkeypatch.setattr(output, "_console", drawn_into(coloured, colours=True))
    plaudit("chart", season_folder, "--week", "2026-01-02")

    assert "★ debut" in plain.getvalue()
    assert "\x1b[36m★ debut\x1b[0m" in coloured.getvalue()


def test_verify_ends_with_who_won_of_how_many_votes_and_what_it_cannot_show(
    plaudit: Plaudit, season_folder: Path
) -> None:
    lines = plaudit("verify", season_folder).out.splitlines()

    assert lines == [
        "verified (synthetic)",
        "North Seven came first with 56 votes; 96 of the 99 votes cast were counted",
        "not checked:",
        "  – Whether the sources tell the truth: Daily counts of three made-up posts and A few made-up ballots.",
        "  – When the files of the sources were made, and who changed them before they were certified.",
        "  – Whether each account belongs to the artist it is listed for.",
        "  – Whether these sources left ballots out, or gave them another time or another voter: "
        "A few made-up ballots.",
        "  – Who the voters are, and whether one person voted as several.",
        "  – What is named above: 2 things",
    ]


REAL = {"kind": "real"}
TOTALS = [{"votes_cast": 2_000, "votes_counted": 1_500}]


@pytest.mark.parametrize(
    ("stated", "line"),
    [
        (
            {
                "result": {
                    "unit": "ppm",
                    "winners": ["a"],
                    "positions": [{"nominee": "a", "value": 612_500}],
                    "totals": TOTALS,
                }
            },
            "a won with 61.25% of the result; 1,500 of the 2,000 votes cast were counted",
        ),
        (
            {
                "result": {
                    "unit": "votes",
                    "winners": ["a", "b"],
                    "positions": [{"nominee": "a", "value": 1}],
                    "totals": TOTALS,
                }
            },
            "a and b won with 1 vote each; 1,500 of the 2,000 votes cast were counted",
        ),
        (
            {"result": {"unit": "votes", "winners": [], "positions": [], "totals": TOTALS}},
            "nobody won; 1,500 of the 2,000 votes cast were counted",
        ),
        (
            {
                "charts": [
                    {
                        "rule": "x@1",
                        "weeks": [{"week": "2016-01-01", "no_1": ["a"]}, {"week": "2016-01-08", "no_1": []}],
                    }
                ]
            },
            "no. 1 of x@1 in the last week, that of 2016-01-01: a",
        ),
    ],
)
def test_a_result_is_told_in_one_line(stated: dict[str, object], line: str) -> None:
    assert told({"evidence": REAL} | stated) == [line]
