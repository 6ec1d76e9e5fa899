"""The purge notice: the result first, nothing vanishes, and a name is text wherever it stands."""

from __future__ import annotations

import csv
import io
import json
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.publish.figures import Figures
from plaudit.publish.notice import day_rows, notice
from plaudit.publish.notice_blocks import document
from plaudit.publish.publish import write_notice
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.words.blocks import Grid, Items, Paragraph
from plaudit.words.document import as_html, as_markdown
from plaudit.words.message import say
from plaudit.words.words import languages_known, words_of
from tests.words.stripped import outputs

if TYPE_CHECKING:
    from pathlib import Path

HOSTILE = "<script>alert(1)</script> | *bold* [x](y) `c`"


def purge(rule: str, **changes: Any) -> dict[str, Any]:
    nothing = {"does": "set aside", "late": False, "cases": 1, "voters": 2, "ballots": 3, "votes": 3, "also": 0}
    said = {"title": "T", "because": "B.", "told": "Told.", "channels": [], "query": f"audit/{rule}.sql"}
    return {"rule": rule, "reinstated": 0, **nothing, **said, **changes}


def scenario(name: str, kind: str, winners: str, value: int, **changes: Any) -> dict[str, Any]:
    row = {"scenario": name, "kind": kind, "winners": winners, "value": value, "second": "b", "second_value": 4}
    return {**row, "margin": value - 4, "votes_set_aside": 3, "changes": False, **changes}


def columns(**votes: int) -> dict[str, int]:
    return dict.fromkeys(("outside_window", "void", "over_cap", "set_aside", "counted"), 0) | votes


def made(**changes: Any) -> Figures:
    """Give figures of a vote in which three of b's seven votes were set aside."""
    cell = {f"votes_{column}": 0 for column in ("over_cap", "outside_window", "void", "set_aside")}
    figures = {
        "title": "Fan Favourite",
        "edition": "2026",
        "evidence": "real",
        "names": {"a": "Aurora", "b": HOSTILE},
        "result": [
            {"position": 1, "nominee": "a", "value": 5, "unit": "votes", "is_winner": True},
            {"position": 2, "nominee": "b", "value": 4, "unit": "votes", "is_winner": False},
        ],
        "totals": [
            {**cell, "nominee": "a", "channel": "web", "votes_cast": 5, "votes_counted": 5},
            {**cell, "nominee": "b", "channel": "web", "votes_cast": 7, "votes_counted": 4, "votes_set_aside": 3},
        ],
        "purges": [purge("closed@1")],
        "purged": [
            {"nominee": "b", "channel": "web", "rule": "closed@1", "outcome": "set aside", "ballots": 3, "votes": 3}
        ],
        "days": [
            {
                "nominee": "b",
                "channel": "web",
                "day": "2026-01-16",
                "cast": 7,
                "before": columns(counted=7),
                "after": columns(counted=4, set_aside=3),
                "purged": {"closed@1": 3},
            }
        ],
        "appeals": [],
        "findings": [],
        "sensitivity": {
            "rows": [
                scenario("as certified", "certified", "a", 5),
                scenario("no purge", "none", "b", 7, changes=True),
            ]
        },
        "charts": [],
        "margin": {"more": {"nominee": "b", "channel": "web", "votes": 1}, "fewer": None},
        "not_seen": [],
        "mapping": [],
        "not_checked": [],
    }
    return msgspec.convert({"award": "", "counting": "", "voids": [], **figures, **changes}, Figures)


def words(figures: Figures) -> str:
    return notice(figures)["audit/notice.md"].decode()


def test_the_first_sentences_tell_who_won_what_counted_and_that_the_purge_changed_it() -> None:
    paragraphs = words(made(names={"a": "Aurora", "b": "Bolero"})).split("\n\n")

    assert paragraphs[0] == "## Purge notice: Fan Favourite, 2026"
    assert paragraphs[1] == (
        "First: Aurora with 5 votes. Of 12 votes cast, 9 counted and 3 were set aside by a purge rule. "
        "The purge changed who is first: without it, it would be Bolero."
    )


@pytest.mark.parametrize("kind", ["synthetic", "synthetic ballots", "guest ballots", "partly synthetic"])
def test_what_is_made_up_is_labelled_before_anything_else(kind: str) -> None:
    text = words(made(evidence=kind)).split("\n\n")

    assert text[1].startswith("**")
    assert "made up" in text[1] or "a demonstration" in text[1]


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_html_is_a_fragment_of_headings_and_tables_in_which_names_are_text() -> None:
    tags = Tags()
    tags.feed(notice(made())["audit/notice.html"].decode())

    names = [tag for tag, _ in tags.seen]
    assert not tags.open
    assert not {"script", "style", "html", "body", "h1"} & set(names)
    assert names[0] == "h2"
    assert names.count("caption") == names.count("table") > 1
    assert all(attributes.get("scope") in ("col", "row") for tag, attributes in tags.seen if tag == "th")
    assert all("style" not in attributes and "class" not in attributes for _, attributes in tags.seen)
    assert HOSTILE in tags.text


def test_markdown_takes_no_name_for_markup() -> None:
    text = words(made())

    assert "<script>" not in text.replace("\\<script\\>", "")
    assert "\\*bold\\* \\[x\\](y) \\`c\\`" in text
    lines = [line for line in text.splitlines() if line.startswith("| ") and "bold" in line]
    assert lines
    assert {line.replace("\\|", "").count("|") for line in lines[:1]} == {10}


@pytest.mark.parametrize("text", ["- a", "1. a", "+ a", "# a", "> a", "a\n\n# b"])
def test_a_text_that_looks_like_a_block_stays_a_sentence(text: str) -> None:
    found = as_markdown([Paragraph(text)], words_of("en"))

    assert found.count("\n") == 1
    assert not found.startswith(("- ", "1. ", "+ ", "# ", "> "))


def test_every_vote_cast_stands_in_one_column_of_the_table() -> None:
    found = made()
    text = words(found)

    [line] = [line for line in text.splitlines() if line.startswith("| Aurora | `web` | 5 ")]
    assert line == "| Aurora | `web` | 5 | 0 | 0 | 0 | 0 | 5 | 5 |"
    assert "| `web` | 7 | 0 | 0 | 0 | 3 | 4 | 7 |" in text


def test_a_late_rule_stands_apart_with_the_result_under_both() -> None:
    rows = [*made().sensitivity["rows"], scenario("with the late rules", "late", "b", 4, changes=True)]
    text = words(made(purges=[purge("new@1", late=True)], sensitivity={"rows": rows}, names={"a": "A", "b": "B"}))

    before, after = text.split("### Rules that came late")
    assert "new@1" not in before
    assert "First with them: B. That is another result than the certified one." in after
    assert (
        "It matched 2 voters in 1 case, with 3 ballots and 3 votes. It came late: these ballots would have been"
        in after
    )


def test_a_rule_that_flags_says_that_its_ballots_count() -> None:
    text = words(made(purges=[purge("one@1", does="flag only")]))

    assert "It matched 2 voters in 1 case, with 3 ballots and 3 votes. It only flags: these ballots count" in text


def test_what_fails_stands_before_what_passes_and_appeals_give_their_reason() -> None:
    finding = {"check": "gaps", "subject": "web", "found": [], "expected": []}
    appeal = {"receipt": "7", "decision": "reinstate ballot", "why": "the order of the tickets", "ballots": 1}
    text = words(made(findings=[{**finding, "verdict": "passes"}, {**finding, "verdict": "fails"}], appeals=[appeal]))

    assert text.index("| fails |") < text.index("| passes |")
    assert "| `7` | the ballot was given back | 1 | the order of the tickets |" in text


def test_many_days_are_left_to_their_file_which_has_a_column_for_each_rule() -> None:
    [day] = made().days
    found = made(days=[msgspec.structs.replace(day, day=f"day {number}") for number in range(201)])

    assert "The same by voting day, in 201 rows: `audit/days.csv`" in words(found)
    first = day_rows(found)[0]
    assert (first["cast"], first["counted_before"], first["purged by closed@1"], first["counted_after"]) == (7, 7, 3, 4)


def test_lists_and_tables_of_nothing_break_no_fragment() -> None:
    html = as_html([Items([]), Grid(say("Sources"), ["a"], [])], words_of("en"))

    assert html.count("<t") == html.count("</t")


@pytest.mark.parametrize("language", languages_known())
@pytest.mark.parametrize("changes", ["nothing", "late", "flags", "appeals", "many days", "made up", "unseen"])
def test_a_notice_says_the_same_in_every_output(changes: str, language: str) -> None:
    [day], appeal = made().days, {"receipt": "7", "decision": "reinstate ballot", "why": "w", "ballots": 1}
    said = [{"code": "gaps.empty", "values": {"first": "a", "end": "b", "missing": 7}}]
    found: dict[str, dict[str, Any]] = {
        "nothing": {},
        "late": {"purges": [purge("new@1", late=True, also=2, reinstated=1)]},
        "flags": {"purges": [purge("one@1", does="flag only", channels=["web"]), purge("two@1", voters=0)]},
        "appeals": {"appeals": [appeal]},
        "many days": {"days": [msgspec.structs.replace(day, day=f"day {number}") for number in range(201)]},
        "made up": {"evidence": "synthetic", "purges": []},
        "unseen": {
            "findings": [
                {"check": "gaps", "subject": HOSTILE, "verdict": verdict, "found": said, "expected": said}
                for verdict in ("fails", "passes")
            ],
            "not_seen": [{"code": "unseen.not-checked", "values": {"check": "gaps", "subject": "a", "found": said}}],
        },
    }
    texts = outputs(document(made(**found[changes])), words_of(language))

    assert texts["markdown"] == texts["terminal"] == texts["html"]


def test_a_published_season_has_the_notice_its_tables_and_sums_that_agree(made_template: Path) -> None:
    folder = made_template / "published" / "audit"
    found = json.loads((folder / "notice.json").read_text("utf-8"))

    assert found["evidence"] == "synthetic"
    for column in ("cast", "counted"):
        days = sum(row["cast"] if column == "cast" else row["after"][column] for row in found["days"])
        assert days == sum(row[f"votes_{column}"] for row in found["totals"]) > 0
    rows = list(csv.DictReader(io.StringIO((folder / "days.csv").read_text("utf-8"))))
    assert sum(int(row["cast"]) for row in rows) == sum(row["votes_cast"] for row in found["totals"])
    text = (made_template / "published" / "certificate.md").read_text("utf-8")
    assert "## Would the result have been another?" in text


def test_the_audit_verb_writes_the_notice_that_is_published(season_folder: Path) -> None:
    season = read_season(season_folder)
    folder = season.published / "audit"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    stated = read_certificate(season.published / CERTIFICATE).statement
    write_notice(season, Evidence(season.evidence), {"audit": stated["audit"]})

    assert before
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
