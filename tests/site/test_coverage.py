"""What was seen, whose it is, and the roll of honour."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.conftest import run
from tests.made import made_once
from tests.site.conftest import inputs
from tests.site.kinds import files_of, site_data_of
from tests.site.pages import Seen

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("coverage", "evidence", "honours")


@pytest.fixture(scope="module")
def social(made_social: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The pages of the re-enactment."""
    return made_once(tmp_path_factory, "coverage-social", lambda _folder: files_of(made_social, *KINDS))


def test_the_gaps_a_source_declares_and_the_weeks_they_spoil_are_told(social: dict[str, bytes]) -> None:
    page = Seen(social["en/coverage.html"]).text

    assert "January 10, 2018 to January 11, 2018" in page
    assert re.search(r"Apr 6–12, 2018 no chart Apr 8, 2018 ?, Apr 9, 2018", page)


def test_days_and_rows_of_a_source_are_those_of_the_evidence(made_social: Path, social: dict[str, bytes]) -> None:
    tables = inputs(made_social)[1]
    readings = tables.read("readings")
    [row] = tables.to_rows(readings.agg(rows=readings.count()))
    page = Seen(social["en/coverage.html"]).text

    assert f"{row['rows']:,} rows in all" in page


def test_the_months_of_a_source_add_up_to_its_rows(social: dict[str, bytes]) -> None:
    page = Seen(social["en/coverage.html"]).text
    first = page[page.index("Days seen, month by month") : page.index("Synthetic ballots")]
    told = re.search(r"Of (\d+) days that it declares, (\d+) have a row; ([\d,]+) rows", page)
    months = re.findall(r"[A-Z][a-z]{2} \d{4} (\d+) (\d+) ([\d,]+)", first)

    assert told
    assert [int(told[1]), int(told[2])] == [sum(int(month[place]) for month in months) for place in (0, 1)]
    assert int(told[3].replace(",", "")) == sum(int(month[2].replace(",", "")) for month in months)


def test_every_row_set_aside_is_counted_with_its_reason(made_social: Path, social: dict[str, bytes]) -> None:
    stated = inputs(made_social)[2]["set_aside"]
    page = Seen(social["en/coverage.html"]).text

    assert f"an account that no artist of the season has {stated['unknown account']:,}" in page


def test_a_result_of_made_up_ballots_is_no_title(made_social: Path, social: dict[str, bytes]) -> None:
    stated = inputs(made_social)[2]
    page = Seen(social["en/honours.html"]).text
    edition = page[page.index("Edition by edition") :]

    assert "It is not a title and does not stand here." in page
    assert re.search(r"\b2018 BTS Nominated:", edition)
    assert stated["result"]["winners"]


def test_streaks_and_firsts_are_derived_from_the_record(social: dict[str, bytes]) -> None:
    page = Seen(social["en/honours.html"]).text

    assert "BTS 5 5 5 5" in page
    assert "2017 : BTS" in page
    assert "first K-pop group to win" in page
    assert "방탄소년단 5 5 5 5" in Seen(social["ko/honours.html"]).text


def test_a_real_result_is_a_title_with_the_certificate_as_its_source(made_hottest: Path) -> None:
    page = Seen(files_of(made_hottest, "honours")["en/honours.html"]).text
    winner = inputs(made_hottest)[2]["result"]["winners"][0]
    name = site_data_of(made_hottest).names(winner)["en"]

    assert f"2023 {name}" in page
    assert "verified certificate" in page
    assert "not a title" not in page


def test_the_evidence_page_says_what_is_made_up_and_gives_log_and_key(
    made_social: Path, social: dict[str, bytes]
) -> None:
    stated = inputs(made_social)[2]
    page = Seen(social["en/evidence.html"]).text

    assert re.search(r"Trending YouTube video statistics.*? readings of posts real", page)
    assert re.search(r"Synthetic ballots, made by plaudit simulate single ballots made up", page)
    assert stated["vote"]["log"]["root"] in page
    assert (made_social / "published" / "verifier.key").read_text("utf-8").strip() in page
    assert stated["inputs"]["season.toml"]["sha256"] in page


def test_an_unknown_accounts_hostile_name_is_text(season_folder: Path) -> None:
    counts = season_folder / "data" / "counts.csv"
    lines = counts.read_text("utf-8").splitlines()
    account = lines[0].split(",").index("account")
    row = lines[1].split(",")
    row[account] = "<script>alert(1)</script>"
    counts.write_text("\n".join([*lines, ",".join(row)]) + "\n", "utf-8")
    data = files_of(run(season_folder), "coverage")["en/coverage.html"]

    assert "<script>alert(1)</script>" in Seen(data).text
    assert "script" not in Seen(data).tags
