"""What the public sees of a sealed result: nothing, in whatever file, until it is revealed."""

from __future__ import annotations

import html
import io
import json
import re
import shutil
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from msgspec.structs import replace

from plaudit import pipeline
from plaudit.base.digests import file_sha256
from plaudit.base.errors import OutOfTurn
from plaudit.certify.public import public_statement, public_tables
from plaudit.certify.sealed import SealedEvidence
from plaudit.cli.init import init
from plaudit.rulebook.season import read_season
from plaudit.site.site import LANGUAGES, jobs, site
from plaudit.site.site_data import SiteData
from plaudit.store.evidence import Evidence
from plaudit.store.tables import TABLES, TELLING
from plaudit.vote.live import LiveVote
from tests.certify.sealing import totals_season
from tests.cli.commands import Plaudit
from tests.conftest import bytes_below, own_rule, run
from tests.made import made_once
from tests.season.voting import DAY, asks, cast, nominated
from tests.site.pages import Seen
from tests.site.test_site import target
from tests.some import some
from tests.vote.seasons import CLOSES, NOMINEES, NOW

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

VOTES = {"aurora-lane": 1_637, "north-seven": 1_493}
"""How many ballots each nominee gets: numbers that nothing else in the season is."""
FIGURES = (1_637, 1_493, 1_637 + 1_493, 1_637 - 1_493)
WINNER_MARKS = [
    re.compile(mark)
    for mark in (
        "is_winner",
        r'"winners": ?\[\s*[^\]\s]',
        "First: ",
        'class="winner"',
        r'votes_counted(?:"?: ?\d|,)',
    )
]
"""Words beside which a winner or a count stands; an empty list of winners, or a schema, tells nothing."""


def sealed_season(folder: Path, votes: dict[str, int], keys: Path | None = None, unusable: int = 0) -> Path:
    """Write and run the template's season with these ballots under a rule that seals the result; keys may be lent.

    Some rows may be unusable: they have no instant.
    """
    init(folder)
    if keys:
        shutil.rmtree(folder / "keys")
        shutil.copytree(keys, folder / "keys")
    own_rule(folder)
    with (folder / "rules" / "own@1.toml").open("a", encoding="utf-8") as rule:
        rule.write('\n[intake]\nstandings = "sealed"\n')
    cast = [nominee for nominee, ballots in votes.items() for _ in range(ballots)]
    lines = [f"web,{nominee},voter-{n},2026-01-1{6 + n % 3}T1{n % 10}:00:00Z" for n, nominee in enumerate(cast)]
    lines += ["web,aurora-lane,voter-x,"] * unusable
    (folder / "data" / "ballots.csv").write_text("\n".join(["channel,nominee,voter,cast_at", *lines, ""]), "utf-8")
    run(folder)
    built(folder)
    return folder


def built(folder: Path) -> None:
    season = read_season(folder)
    pipeline.site(season, Evidence(season.evidence))


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The season, sealed, with its pages."""
    return made_once(tmp_path_factory, "sealed-site", lambda folder: sealed_season(folder / "my-award", VOTES))


@pytest.fixture(scope="module")
def told(sealed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of it, revealed, with its pages."""

    def make(folder: Path) -> Path:
        copy = shutil.copytree(sealed, folder / "my-award")
        season = read_season(copy)
        pipeline.reveal(season, Evidence(season.evidence))
        built(copy)
        return copy

    return made_once(tmp_path_factory, "told-site", make)


def readable(files: dict[str, bytes]) -> dict[str, str]:
    """Give the text of every file that has one, and the cells of every Parquet file."""
    found = {}
    for path, data in files.items():
        if path.endswith(".parquet"):
            found[path] = str(pq.read_table(io.BytesIO(data)).to_pydict())
        elif not path.endswith((".png", ".woff2")):  # drawn from facts, which are looked through by themselves
            found[path] = data.decode()
    return found


def telling(texts: dict[str, str], figures: Iterable[int] = FIGURES) -> list[tuple[str, str]]:
    """Give each text with a figure of the count or a mark of a winner, and which."""
    wanted = [re.compile(rf"(?<![0-9A-Za-z+/.,]){_written(n)}(?![0-9A-Za-z+/]|[.,][0-9])") for n in figures]
    numbers = [(path, found[0]) for path, text in texts.items() for one in wanted if (found := one.search(text))]
    marks = [(path, found[0]) for path, text in texts.items() for mark in WINNER_MARKS if (found := mark.search(text))]
    return numbers + marks


def _written(number: int) -> str:
    """Give the pattern of a number, with a comma after the thousands or without."""
    return f"{number:,}".replace(",", ",?")


def facts_of(site_data: SiteData) -> dict[str, str]:
    """Give all that pages and pictures are made from."""
    return {f"{job.path} {job.language}": (job.facts + job.frame).decode() for job in jobs(site_data)}


def test_no_published_byte_tells_the_count_while_it_is_sealed(sealed: Path) -> None:
    files = bytes_below(sealed / "published")

    assert len(files) > 100
    assert telling(readable(files)) == []


def test_nothing_that_pages_and_cards_are_made_from_tells_the_count(sealed: Path) -> None:
    season = read_season(sealed)
    tables = Evidence(season.evidence)
    stated = public_statement(season, tables)
    site_data = SiteData(season, public_tables(season, tables), stated, [], LANGUAGES)

    assert telling({**facts_of(site_data), "statement": str(stated)}) == []


def test_the_search_finds_the_count_wherever_it_is_told(told: Path) -> None:
    where = {path for path, _ in telling(readable(bytes_below(told / "published")))}

    assert {"totals.csv", "result.json", "certificate.note", "site/en/edition.html", "site/ko/reveal.html"} <= where
    assert {"site/data/totals.parquet", "site/data/result.json", "site/en/press.html", "site/ko/feed.xml"} <= where


def test_the_search_finds_a_table_that_was_not_held_back(sealed: Path) -> None:
    season = read_season(sealed)
    tables = Evidence(season.evidence)
    leaking = dict(site(season, tables, public_statement(season, tables), []))

    assert {path for path, _ in telling(readable(leaking))} >= {"data/totals.csv", "data/result.parquet"}


def public(folder: Path, *, has_pages: bool = False) -> dict[str, bytes]:
    """Give every public byte of a season, with what the pages are made from if they were not built."""
    files = bytes_below(folder / "published")
    season = read_season(folder)
    tables = Evidence(season.evidence)
    if not has_pages:
        shown = SiteData(season, public_tables(season, tables), public_statement(season, tables), [], LANGUAGES)
        files |= {f"{job.path} {job.language}": job.facts + job.frame for job in jobs(shown)}
    return files


def public_values(folder: Path) -> list[str]:
    """Give what the specification lets follow from votes: the commitment, and where there is a log its root."""
    note = (folder / "published" / "commitment.note").read_text("utf-8")
    text, _, lines = note.partition("\n\n")
    values = [text.split("\n")[5], text.split("\n")[2], lines.strip().rpartition(" ")[2]]
    checkpoint = folder / "evidence" / "log" / "checkpoint"
    if checkpoint.exists():
        text, _, lines = checkpoint.read_text("utf-8").partition("\n\n")
        values += [text.split("\n")[2], lines.strip().rpartition(" ")[2]]
    return values


def masked(data: bytes, values: list[str]) -> bytes:
    """Give bytes with each public value replaced, in every form in which a file writes it."""
    for number, value in enumerate(values):
        for form in {value, html.escape(value), value.replace("/", "\\/"), value.replace("+", "&#43;")}:
            data = data.replace(form.encode(), f"value {number}".encode())
    return data


def differing(one: Path, two: Path, *, has_pages: bool = False) -> tuple[list[str], list[str]]:
    """Give the public files of two seasons that differ, and those that still do without the public values.

    Of the pages' manifest only the digests of files that differ may differ.
    """
    files = [public(folder, has_pages=has_pages) for folder in (one, two)]
    assert files[0].keys() == files[1].keys()
    plain = [name for name in files[0] if files[0][name] != files[1][name]]
    if has_pages:
        made = [json.loads(found.pop("site/manifest.json")) for found in files]
        assert made[0].keys() == made[1].keys()
        assert [name for name in made[0] if made[0][name] != made[1][name] and f"site/{name}" not in plain] == []
    shown = [
        {name: masked(data, public_values(folder)) for name, data in found.items()}
        for folder, found in zip((one, two), files, strict=True)
    ]
    return plain, [name for name in shown[0] if shown[0][name] != shown[1][name]]


def test_the_public_bytes_of_two_seasons_of_ballots_differ_in_commitment_and_root_alone(
    sealed: Path, tmp_path: Path
) -> None:
    swapped = {"aurora-lane": VOTES["north-seven"], "north-seven": VOTES["aurora-lane"]}
    other = sealed_season(tmp_path / "my-award", swapped, sealed / "keys", unusable=3)
    plain, hidden = differing(sealed, other, has_pages=True)

    assert "commitment.note" in plain
    assert hidden == []


@pytest.fixture(scope="module")
def totals(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two sealed seasons of totals, of which one has other numbers, more rows, and rows that cannot be used."""

    def make(into: Path) -> list[Path]:
        made: list[Path] = []
        numbers = {"one": "aurora-lane,40\nweb,north-seven,56\n", "two": "aurora-lane,91\nweb,north-seven,\n"}
        for name, rows in numbers.items():
            folder = totals_season(into / name / "my-award", f"channel,nominee,n\nweb,{rows}")
            if made:
                shutil.rmtree(folder / "keys")
                shutil.copytree(made[0] / "keys", folder / "keys")
            made.append(run(folder))
        return made

    return made_once(tmp_path_factory, "two-totals", make)


def test_the_public_bytes_of_two_seasons_of_totals_differ_in_the_commitment_alone(totals: list[Path]) -> None:
    plain, hidden = differing(*totals)

    assert "commitment.note" in plain
    assert {name.partition(" ")[0] for name in plain} <= {"commitment.note", "edition.html", "reveal.html"}
    assert hidden == []


def test_no_digest_that_the_public_sees_is_of_a_file_with_votes(totals: list[Path]) -> None:
    voting = file_sha256(totals[0] / "data" / "ballots.csv")
    files = public(totals[0])

    assert [name for name, data in files.items() if voting.encode() in data] == []
    assert any(file_sha256(totals[0] / "data" / "counts.csv").encode() in data for data in files.values())


def test_the_public_bytes_of_two_live_votes_differ_in_commitment_and_root_alone(tmp_path: Path) -> None:
    made: list[Path] = []
    for name, first in (("one", 0), ("two", 1)):
        folder = tmp_path / name / "s"
        if made:
            shutil.copytree(made[0] / "keys", folder / "keys")
        season = nominated(folder, intake='standings = "sealed"')
        cast(season, [replace(ask, nominee=NOMINEES[min(first, ask.voter % 3)]) for ask in asks(8)], NOW + first * DAY)
        with LiveVote(season, clock=lambda: CLOSES) as vote:
            vote.close()
        made.append(run(season.folder))
    _, hidden = differing(*made)

    assert hidden == []


def test_tables_of_the_count_are_published_by_the_reveal_and_not_before(sealed: Path, told: Path) -> None:
    before, after = (bytes_below(folder / "published") for folder in (sealed, told))
    count = {"totals.csv", "voids.csv", "result.json", "certificate.note", "certificate.md", "audit/notice.md"}
    count |= {f"site/data/{name}.{ending}" for name in ("totals", "result") for ending in ("csv", "json", "parquet")}
    count |= {"site/en/notice.html", "site/ko/notice.html", "site/pictures/votes.svg"}

    assert not count & before.keys()
    assert count <= after.keys()
    assert before.keys() <= after.keys()


def test_the_edition_says_that_the_result_is_sealed_and_how_it_will_be_checked(sealed: Path) -> None:
    files = bytes_below(sealed / "published")
    digest = files["commitment.note"].decode().split("\n")[5]
    for language, word in (("en", "Sealed result"), ("ko", "봉인된 결과")):
        page = Seen(files[f"site/{language}/edition.html"])

        assert word in page.text
        assert digest in page.text
        assert "plaudit verify FOLDER" in page.text
        assert {"sealed", "nominees", "vote", "certificate"} <= set(page.ids)
        assert not {"result", "robustness", "checks", "time"} & set(page.ids)


def test_the_stage_shows_the_commitment_before_and_the_winner_after(sealed: Path, told: Path) -> None:
    before = Seen((sealed / "published" / "site" / "en" / "reveal.html").read_bytes())
    after = Seen((told / "published" / "site" / "en" / "reveal.html").read_bytes())

    assert "The result is sealed" in before.text
    assert ("class", "winner") not in before.attributes
    assert ("class", "winner") in after.attributes
    assert "They are the same: the result told is the one that was sealed." in after.text


def test_sealed_pages_are_well_nested_and_lead_to_nothing_that_is_missing(sealed: Path) -> None:
    files = bytes_below(sealed / "published")
    for path, data in some(files.items()):
        if path.endswith(".html"):
            page = Seen(data)
            assert page.errors == [], path
            for link in page.links:
                file = target(path, link)[0]
                assert not file or "://" in file or file in files, (path, link)


def test_a_sealed_table_cannot_be_read_and_every_other_one_can(sealed: Path) -> None:
    season = read_season(sealed)
    tables, whole = SealedEvidence(season.evidence), Evidence(season.evidence)
    for name in TELLING:
        assert not tables.has(name)
        assert not tables.files(name)
        with pytest.raises(OutOfTurn, match=f"table {name} shows a sealed result; reveal it first"):
            tables.read(name)

    assert {name for name in TABLES if whole.has(name)} - TELLING == {name for name in TABLES if tables.has(name)}


def test_run_builds_the_pages_of_a_sealed_season_unless_told_not_to(
    sealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(sealed, tmp_path / "my-award")
    shutil.rmtree(folder / "published")
    plaudit = Plaudit(capsys, monkeypatch)

    assert plaudit("run", folder, "--no-site").code == 0
    assert not (folder / "published" / "site").exists()
    ran = plaudit("run", folder)
    assert "pages: file://" in ran.out
    assert bytes_below(folder / "published") == bytes_below(sealed / "published")


def test_publishing_again_tells_nothing_either(
    sealed: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(sealed, tmp_path / "my-award")

    assert Plaudit(capsys, monkeypatch)("publish", folder).code == 0
    assert bytes_below(folder / "published") == bytes_below(sealed / "published")


def test_a_season_that_was_not_run_has_no_pages_to_build(sealed: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(sealed, tmp_path / "my-award")
    shutil.rmtree(folder / "published")
    season = read_season(folder)

    with pytest.raises(OutOfTurn, match=r"no file commitment\.note .*seal the result first"):
        pipeline.site(season, Evidence(season.evidence))
