"""What the mapping did, what became of each file's rows, and what nobody can check: stated, recomputed, and sealed."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.base.errors import ProofInvalid, RuleInvalid
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.certify.limits import KNOWN
from plaudit.certify.statement import sealed_statement
from plaudit.certify.unchecked import UNCHECKED, not_checked
from plaudit.ledger.note import sign_note
from plaudit.publish.mapped import mapped
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from plaudit.words.sentence import told
from plaudit.words.words import words_of
from tests.conftest import run, template
from tests.made import made_once
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MAPPING = """
[source.where]
channel = "web"

[source.replace.nominee]
nobody-we-know = "north-seven"
"""


@pytest.fixture(scope="module")
def mapping(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's season, whose ballots come to a nominee by a replaced text, and with two rows to pass over."""

    def make(folder: Path) -> Path:
        season = template(folder / "my-award")
        ballots = season / "data" / "ballots.csv"
        head, first, *rest = ballots.read_text("utf-8").splitlines(keepends=True)
        elsewhere = first.replace("web", "radio")
        assert elsewhere != first
        ballots.write_text("".join([head, first, *rest, elsewhere, elsewhere]), "utf-8")
        settings = season / "season.toml"
        text = settings.read_text("utf-8")
        at = text.index("[source.coverage]", text.index('kind = "ballots"'))
        settings.write_text(text[:at] + MAPPING.lstrip() + "\n" + text[at:], "utf-8")
        return run(season)

    return made_once(tmp_path_factory, "mapping", make)


def stated(folder: Path) -> dict[str, Any]:
    return read_certificate(folder / "published" / CERTIFICATE).statement


def test_rows_that_were_passed_over_or_read_as_another_are_stated_by_nominee(mapping: Path) -> None:
    sources = {source["id"]: source for source in stated(mapping)["evidence"]["sources"]}
    first = (mapping / "data" / "ballots.csv").read_text("utf-8").splitlines()[1]
    nominee = next(one for one in ("north-seven", "aurora-lane") if one in first)

    assert "mapping" not in sources["counts"]
    assert sources["ballots"]["mapping"] == [
        {
            "key": "replace",
            "column": "nominee",
            "said": "nobody-we-know",
            "ours": "north-seven",
            "nominee": "north-seven",
            "rows": 1,
        },
        {"key": "where", "column": "channel", "said": "", "ours": "web", "nominee": nominee, "rows": 2},
    ]


def test_each_file_of_a_source_states_what_became_of_its_rows(mapping: Path) -> None:
    inputs = stated(mapping)["inputs"]

    assert inputs["data/ballots.csv"]["rows"] == {
        "ballots": {"read": 101, "used": 99, "passed_over": 2, "set_aside": {}}
    }
    assert [name for name, one in inputs.items() if "rows" in one] == ["data/ballots.csv", "data/counts.csv"]


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda made: made["evidence"]["sources"][1]["mapping"].pop(), "sources[1].mapping has 1 items"),
        (
            lambda made: made["evidence"]["sources"][1]["mapping"][1].update(rows=1),
            "mapping[1].rows is 1, recomputed",
        ),
        (lambda made: made["inputs"]["data/ballots.csv"]["rows"]["ballots"].update(used=98), "ballots.used is 98"),
        (lambda made: made["inputs"]["data/counts.csv"].pop("rows"), "data/counts.csv.rows is missing"),
        (lambda made: made["not_checked"].pop(), "not_checked has 5 items, recomputed are 6"),
    ],
)
def test_a_signer_who_states_something_else_of_it_is_refused(
    mapping: Path, change: Callable[[dict[str, Any]], object], place: str
) -> None:
    path = mapping / "published" / CERTIFICATE
    kept = path.read_bytes()
    made = stated(mapping)
    change(made)
    path.write_text(sign_note(canonical(made), season_signer(mapping, "plaudit.example/my-award")), "utf-8")
    try:
        with pytest.raises(ProofInvalid) as caught:
            verify(mapping)
    finally:
        path.write_bytes(kept)

    assert place in caught.value.what


def test_before_the_reveal_neither_mapping_nor_rows_are_stated(mapping: Path) -> None:
    season = read_season(mapping)
    made = sealed_statement(season, Evidence(season.evidence), stated(mapping)["vote"]["log"])

    assert [source for source in made["evidence"]["sources"] if "mapping" in source] == []
    assert all(set(one) == {"sha256"} for one in some(made["inputs"].values()))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "1 row of “A few made-up ballots” for north-seven: the nominee nobody-we-know was read as north-seven."),
        (
            "ko",
            "“A few made-up ballots”에서 north-seven의 행 1개: "
            "nominee 값 nobody-we-know 대신 north-seven 값으로 읽었습니다.",
        ),
    ],
)
def test_it_is_said_in_words(mapping: Path, language: str, said: str) -> None:
    lines = [words_of(language).plain(one) for one in mapped(stated(mapping)["evidence"]["sources"])]

    assert len(lines) == 2
    assert lines[1] == said


def test_the_notice_and_its_figures_tell_of_it(mapping: Path) -> None:
    notice = (mapping / "published" / "audit" / "notice.md").read_text("utf-8")

    assert "### What the mapping of the sources did" in notice
    assert "2 rows of" in notice
    assert "### What was not checked, because no file can show it" in notice
    assert json.loads((mapping / "published" / "audit" / "notice.json").read_text("utf-8"))["not_checked"]


def test_of_what_nobody_can_check_only_what_the_season_has_is_stated(mapping: Path, made_hottest: Path) -> None:
    codes = [one.cited.code for one in not_checked(read_season(mapping)) if one.cited]
    of_totals = [one.cited.code for one in not_checked(read_season(made_hottest)) if one.cited]

    assert codes == [f"not-checked.{name}" for name in ("truth", "files", "mapped", "accounts", "ballots", "voters")]
    assert of_totals == [f"not-checked.{name}" for name in ("truth", "files", "mapped", "totals")]


def test_every_such_code_has_words(mapping: Path) -> None:
    lines = [words_of("ko").plain(one) for one in told(stated(mapping)["not_checked"], KNOWN)]

    assert {sentence.code for sentence in some(UNCHECKED)} <= set(KNOWN)
    assert not [line for line in some(lines) if "not-checked" in line]


@pytest.mark.parametrize("name", ["../names.csv", "/etc/passwd", "a//b.csv", "C:names.csv"])
def test_a_lookup_file_lies_in_the_season(mapping: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "season"
    folder.mkdir()
    for file in ("season.toml", "artists.toml"):
        (folder / file).write_text((mapping / file).read_text("utf-8"), "utf-8")
    shutil.copytree(mapping / "rules", folder / "rules")
    text = (folder / "season.toml").read_text("utf-8")
    lookup = f'[source.lookup.nominee]\nfile = "{name}"\nkey = "a"\nvalue = "b"\n\n[source.where]'
    (folder / "season.toml").write_text(text.replace("[source.where]", lookup), "utf-8")

    with pytest.raises(RuleInvalid, match=r"lookup\.nominee\.file: .* is no file of the season"):
        read_season(folder)
