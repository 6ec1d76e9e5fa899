"""What the public reads: the same bytes, the right labels, and no more than was made."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt

from plaudit import pipeline
from plaudit.base.change import InPlace
from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.publish.account import certificate_account
from plaudit.publish.publish import write_files
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.conftest import bytes_below, run
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

CHART = "charts/social-weekly@1"


def published(folder: Path, name: str) -> Any:
    return json.loads((folder / "published" / name).read_text("utf-8"))


def again(folder: Path) -> None:
    season = read_season(folder)
    tables = Evidence(season.evidence)
    stated = read_certificate(season.published / CERTIFICATE).statement
    pipeline.publish(season, tables, stated, pipeline.honour(season, tables, stated))


def test_publishing_again_writes_no_file_anew(season_folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (season_folder / "published").rglob("*") if path.is_file()}
    again(season_folder)

    assert {path: path.stat().st_mtime_ns for path in before} == before


def test_publishing_mends_what_was_changed_and_removes_what_was_added(season_folder: Path) -> None:
    before = bytes_below(season_folder / "published")
    (season_folder / "published" / "result.json").write_text("{}", "utf-8")
    (season_folder / "published" / "more.html").write_text("<p>", "utf-8")
    again(season_folder)

    assert bytes_below(season_folder / "published") == before


def test_hidden_files_beside_the_published_ones_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / ".nojekyll").write_bytes(b"")
    write_files(InPlace(tmp_path), {"a/b.txt": b"1"})

    assert bytes_below(tmp_path) == {".nojekyll": b"", "a/b.txt": b"1"}


def test_everything_made_up_is_labelled_synthetic(made_template: Path) -> None:
    chart = published(made_template, f"{CHART}/2026-01-09.json")
    text = (made_template / "published" / "certificate.md").read_text("utf-8")

    assert chart["readings"] == "synthetic"
    assert published(made_template, "result.json")["evidence"] == "synthetic"
    assert "**Everything this rests on is synthetic: it was made up.**" in text
    assert "nobody cast or posted any of it" in text


@pytest.mark.parametrize(
    ("real", "readings", "evidence"),
    [
        (("ballots",), "synthetic", "partly synthetic"),
        (("counts",), "real", "synthetic ballots"),
        (("counts", "ballots"), "real", "real"),
    ],
)
def test_each_part_is_labelled_by_its_own_sources(
    season_folder: Path, real: tuple[str, ...], readings: str, evidence: str
) -> None:
    season = season_folder / "season.toml"
    head, *sources = season.read_text("utf-8").split("[[source]]")
    for number, source in enumerate(sources):
        if any(f'id = "{name}"' in source for name in real):
            sources[number] = source.replace("synthetic = true", "synthetic = false")
    season.write_text("[[source]]".join([head, *sources]), "utf-8")

    run(season_folder)

    assert published(season_folder, f"{CHART}/2026-01-09.json")["readings"] == readings
    assert published(season_folder, "result.json")["evidence"] == evidence
    text = (season_folder / "published" / "certificate.md").read_text("utf-8")
    assert ("it was made up.**" in text or "The ballots were made up" in text) == (evidence != "real")
    assert ("The readings and so the charts are real." in text) == (evidence == "synthetic ballots")
    won = [found for found in published(season_folder, "honours.json")["honours"] if found["edition"] == "2026"]
    assert bool(won) == (evidence == "real")


def test_a_chart_names_artists_in_their_languages_and_each_post_with_its_readings(made_template: Path) -> None:
    entries = published(made_template, f"{CHART}/2026-01-09.json")["entries"]

    assert entries[0]["names"] == {"en": "North Seven", "ko": "노스세븐"}
    assert sum(part["points"] for part in entries[0]["parts"]) == entries[0]["points"]
    gains = entries[0]["posts"][0]["gains"]["views"]
    assert gains["to"] - gains["from"] == gains["gain"]


def test_the_totals_columns_add_up_to_the_votes_cast(made_template: Path) -> None:
    with (made_template / "published" / "totals.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert rows
    for row in rows:
        parts = ("counted", "over_cap", "outside_window", "void", "set_aside")
        assert int(row["votes_cast"]) == sum(int(row[f"votes_{part}"]) for part in parts)


def test_coverage_lists_unknown_accounts_and_nobodys_posts(made_social: Path) -> None:
    coverage = published(made_social, "coverage.json")

    assert coverage["set_aside"].get("unknown account", 0) == sum(row["rows"] for row in coverage["unknown_accounts"])
    assert coverage["unknown_accounts"]
    assert {"account", "platform", "post", "title"} == set(coverage["unattributed_posts"][0])


def test_every_cited_rule_is_published_byte_for_byte_and_in_words(made_template: Path) -> None:
    season = read_season(made_template)

    for name, cited in some(season.rules.items()):
        assert (made_template / "published" / "rules" / f"{name}.toml").read_bytes() == cited.path.read_bytes()
        assert cited.rule.title in (made_template / "published" / "rules" / f"{name}.md").read_text("utf-8")


def test_markup_in_names_is_text_in_the_certificate_in_words(made_template: Path) -> None:
    stated = read_certificate(made_template / "published" / CERTIFICATE).statement
    evil = "[x](javascript:alert(1)) <b>| *N* `c` https://e.example"
    stated["season"]["title"] = stated["evidence"]["sources"][0]["title"] = evil
    for row in stated["nominees"]:
        row["name"] = f"{evil} {row['nominee']}"
    shown = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(
        certificate_account(read_season(made_template), stated)
    )

    assert not re.search(r"<a |<b>|<em>|<code>c<", shown)
    assert "[x](javascript:alert(1)) &lt;b&gt;| *N* `c` https://e.example north-seven" in shown
