"""The season's own title and description in the reader's language, and the address that goes abroad."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.statement import sealed_statement
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.site.conftest import site_of
from tests.site.pages import Seen
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

WHERE = "https://awards.example/2026"
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def with_heading(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Path]:
    """A way to copy the template's season with other lines at the top and at the end of season.toml."""

    def copied(top: str, end: str = "") -> Path:
        folder = tmp_path_factory.mktemp("heading") / "my-award"
        shutil.copytree(made_template, folder)
        path = folder / "season.toml"
        rest = re.sub(r'(?s)\Atitle = .*?\nabout = """.*?"""\n', "", path.read_text("utf-8"))
        path.write_text(f"{top}\n{rest}\n{end}\n", "utf-8")
        return folder

    return copied


@pytest.fixture(scope="module")
def korean(with_heading: Callable[[str, str], Path]) -> dict[str, bytes]:
    """The site of a season whose title is in both languages, and what it is in English alone."""
    top = 'title = { en = "My award", ko = "나의 상" }\nabout = { en = "Made <b>up</b>." }'
    return site_of(with_heading(top, f'[site]\naddress = "{WHERE}"'))


@pytest.fixture(scope="module")
def english(with_heading: Callable[[str, str], Path]) -> dict[str, bytes]:
    """The site of a season with plain texts, and no address of its own."""
    return site_of(with_heading('title = "My award"\nabout = "Made up."', ""))


def lang_of(page: bytes, text: str) -> list[str]:
    """Give the `lang` of every <bdi> that holds the text."""
    return re.findall(rf'<bdi(?: lang="([^"]*)")?>{re.escape(text)}</bdi>', page.decode())


def test_every_page_names_the_season_in_the_readers_language(korean: dict[str, bytes]) -> None:
    pages = [path for path in korean if path.startswith("ko/") and path.endswith(".html")]

    assert len(pages) > 20
    for path in pages:
        page = Seen(korean[path])
        assert "나의 상" in page.text, path
        assert "My award" not in page.text.replace("My award's", ""), path


def test_a_title_in_the_readers_language_bears_no_mark_and_an_english_one_does(
    korean: dict[str, bytes], english: dict[str, bytes]
) -> None:
    assert set(lang_of(korean["ko/index.html"], "나의 상")) == {""}
    assert set(lang_of(korean["en/index.html"], "My award")) == {""}
    assert lang_of(korean["ko/index.html"], "Made &lt;b&gt;up&lt;/b&gt;.") == ["en"]
    assert set(lang_of(english["ko/index.html"], "My award")) == {"en"}
    assert set(lang_of(english["en/index.html"], "My award")) == {""}


@pytest.mark.parametrize("kind", ["xml", "json"])
def test_a_feed_bears_the_title_of_its_language(korean: dict[str, bytes], kind: str) -> None:
    for language, title in (("en", "My award"), ("ko", "나의 상")):
        data = korean[f"{language}/feed.{kind}"]
        if kind == "json":
            found = json.loads(data)["title"]
        else:
            feed = ElementTree.fromstring(data)
            found = feed.findtext("{http://www.w3.org/2005/Atom}title")
            about = feed.find("{http://www.w3.org/2005/Atom}subtitle")
            assert about is not None
            assert about.get(XML_LANG) == (None if language == "en" else "en")
        assert found == title


def test_the_press_kit_of_a_language_bears_its_title(korean: dict[str, bytes]) -> None:
    assert korean["ko/press-fact-sheet.md"].decode().split("\n")[0].endswith("나의 상")
    assert korean["en/press-fact-sheet.md"].decode().split("\n")[0].endswith("My award")


def test_a_table_with_one_text_states_what_the_plain_text_states(with_heading: Callable[[str, str], Path]) -> None:
    statements = []
    for top in (
        'title = "My award"\nabout = "Made up."',
        'title = { en = "My award", ko = "나의 상" }\nabout = { en = "Made up.", ko = "지어낸 것." }',
    ):
        season = read_season(with_heading(top, ""))
        stated = sealed_statement(season, Evidence(season.evidence), None)
        del stated["inputs"]["season.toml"]
        statements.append(canonical(stated))

    assert statements[0] == statements[1]
    assert '"title":"My award"' in statements[0]


def test_a_certificate_of_plain_texts_states_the_title_as_it_stands(made_template: Path) -> None:
    stated = read_certificate(made_template / "published" / CERTIFICATE).statement

    assert stated["season"]["title"] == read_season(made_template).title
    assert set(stated["season"]) == {"award", "edition", "origin", "title"}


def addresses(files: dict[str, bytes]) -> set[str]:
    """Give every whole address of the site's own that feeds, cards, data blocks, snippets and press kits bear."""
    found: set[str] = set()
    for path, data in files.items():
        if path.endswith((".html", ".xml", ".json", ".md")) and path != "manifest.json":
            text = data.decode().replace("&#34;", '"').replace("\\u0026", "&")
            told = re.findall(r"https://(?:awards|plaudit)\.example[\w/.@%~:-]*", text, re.ASCII)
            found |= {one.rstrip(".") for one in told}
    return found


def test_whatever_is_read_elsewhere_bears_the_declared_address(korean: dict[str, bytes]) -> None:
    found = addresses(korean)

    assert {urlsplit(one).netloc for one in found} == {"awards.example"}
    assert f"{WHERE}/en/feed.xml" in found
    assert f"{WHERE}/cards/ko/edition.png" in found
    assert any(one.startswith(f"{WHERE}/ko/widget/") for one in found)
    assert any(one.startswith(f"{WHERE}/data/") and one.endswith(".csv") for one in found)


def test_every_such_address_is_a_file_of_the_site(korean: dict[str, bytes]) -> None:
    identities = re.compile(rf"{re.escape(WHERE)}/(artist|edition)/")
    for address in some(addresses(korean)):
        if not identities.match(address):
            path = address.removeprefix(WHERE).lstrip("/").split("#")[0]
            assert path == "" or path in korean, address


def test_without_an_address_the_site_lies_below_the_origin(english: dict[str, bytes]) -> None:
    found = addresses(english)

    assert "https://plaudit.example/my-award/site/en/feed.xml" in found
    assert all(one.startswith("https://plaudit.example/my-award/site/") for one in found)


def test_a_site_that_moves_keeps_the_ids_of_what_it_announced(
    korean: dict[str, bytes], english: dict[str, bytes]
) -> None:
    ids = re.compile(rb"<id>([^<]*)</id>")

    assert ids.findall(korean["ko/feed.xml"]) == ids.findall(english["ko/feed.xml"])
