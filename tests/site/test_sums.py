"""Every table adds up to the total that it states, and the totals are those that the page says beside them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.site.kinds import files_from, files_of, site_data_of
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NUMBER = re.compile(r"[\d,]+")


class Tables(HTMLParser):
    """The rows of each table, by part of it, each cell as its text; `drawn` cells are left out."""

    def __init__(self, page: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[dict[str, list[list[str]]]] = []
        self._part, self._in_cell = "", False
        self.feed(page.decode())
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.found.append({"thead": [], "tbody": [], "tfoot": []})
        if tag in {"thead", "tbody", "tfoot"}:
            self._part = tag
        if tag == "tr":
            self.found[-1][self._part].append([])
        if tag in {"td", "th"}:
            self.found[-1][self._part][-1].append("")
            self._in_cell = True

    def handle_endtag(self, tag: str) -> None:
        self._in_cell = self._in_cell and tag not in {"td", "th"}

    def handle_data(self, data: str) -> None:
        if self._in_cell:
            self.found[-1][self._part][-1][-1] += data


def number(cell: str) -> int | None:
    return int(cell.strip().replace(",", "")) if _NUMBER.fullmatch(cell.strip()) else None


def summed(site: dict[str, bytes]) -> Iterator[tuple[str, list[list[str]], list[str]]]:
    """Give each table with a total: where it stands, its other rows, and the row of the total."""
    for path, data in site.items():
        if path.endswith(".html") and b"<tfoot>" in data:
            for found in Tables(data).found:
                if found["tfoot"]:
                    *others, total = found["tfoot"]
                    yield path, [*found["tbody"], *others], total


@pytest.mark.parametrize("made", ["template_site", "tweets_site"])
def test_the_rows_of_every_table_add_up_to_its_total(made: str, request: pytest.FixtureRequest) -> None:
    site: dict[str, bytes] = request.getfixturevalue(made)
    checked = 0
    for path, rows, total in some(summed(site)):
        assert {len(row) for row in rows} == {len(total)}, path
        for place, cell in enumerate(total):
            if (stated := number(cell)) is not None:
                assert sum(number(row[place]) or 0 for row in rows) == stated, (path, place)
                checked += 1

    assert checked > 20


def test_votes_cast_on_the_tile_are_those_of_the_table(template_site: dict[str, bytes]) -> None:
    data = template_site["en/edition.html"].decode()
    tile = re.search(r"Votes cast</dt><dd>([\d,]+)", data)
    total = next(total for path, _, total in summed(template_site) if path == "en/edition.html")

    assert tile
    assert tile[1] == total[6]


def test_votes_for_names_that_nobody_nominated_have_a_row(made_template: Path) -> None:
    site_data = site_data_of(made_template)
    site_data.statement["result"]["positions"].pop()
    in_result = {row["nominee"] for row in site_data.statement["result"]["positions"]}
    totals = [row for row in site_data.statement["result"]["totals"] if row["nominee"] not in in_result]
    pages = files_from(site_data, "edition")
    rows, total = next((rows, total) for path, rows, total in summed(pages) if path == "en/edition.html")
    votes = sum(row["votes_cast"] for row in totals)

    assert votes > 0
    assert [rows[-1][1].strip(), number(rows[-1][6])] == ["Other names, nominated by nobody", votes]
    assert sum(number(row[6]) or 0 for row in rows) == number(total[6])


def test_nominees_below_the_rows_shown_are_added_up_in_one(made_hottest: Path) -> None:
    pages = files_of(made_hottest, "edition")
    rows, total = next((rows, total) for path, rows, total in summed(pages) if path == "en/edition.html")

    assert len(rows) == 101
    assert re.fullmatch(r"\d+ more nominees", rows[-1][1].strip())
    assert sum(number(row[3]) or 0 for row in rows) == number(total[3])
    assert sum(number(row[6]) or 0 for row in rows) == number(total[6])
