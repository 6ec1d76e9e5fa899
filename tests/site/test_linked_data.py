"""Data for machines on a page, and the chart that other pages frame."""

from __future__ import annotations

import json
import re
from html import unescape
from typing import TYPE_CHECKING, Any

import pytest

from plaudit.site.linked_data import block
from tests.conftest import run
from tests.made import made_once
from tests.site.kinds import files_of
from tests.site.pages import Seen

if TYPE_CHECKING:
    from pathlib import Path

CHART = "social-weekly@1"
_BLOCK = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def pages(made_template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The template's pages that bear data, and its widget."""
    kinds = ("week", "latest", "artist", "press", "embed", "widget")
    return made_once(tmp_path_factory, "linked-data", lambda _folder: files_of(made_template, *kinds))


def data_of(page: bytes) -> dict[str, Any]:
    (found,) = _BLOCK.findall(page.decode())
    data: dict[str, Any] = json.loads(found)
    return data


def test_a_week_is_a_list_of_artists_by_position(pages: dict[str, bytes]) -> None:
    data = data_of(pages[f"en/chart/{CHART}/2026-01-09.html"])
    positions = [item["position"] for item in data["itemListElement"]]

    assert (data["@context"], data["@type"]) == ("https://schema.org", "ItemList")
    assert data["numberOfItems"] == len(positions) >= 2
    assert positions == sorted(positions)
    assert all(item["url"].startswith("https://") for item in data["itemListElement"])


def test_an_artist_bears_its_names_and_titles(pages: dict[str, bytes]) -> None:
    english, korean = (data_of(pages[f"{language}/artist/north-seven.html"]) for language in ("en", "ko"))

    assert english["@type"] in {"MusicGroup", "Person"}
    assert (english["name"], english["alternateName"]) == ("North Seven", ["노스세븐"])
    assert (korean["name"], korean["alternateName"]) == ("노스세븐", ["North Seven"])
    assert english["@id"] == korean["@id"]
    assert english["award"] == ["My Award 2025"]


def test_an_edition_is_an_event(pages: dict[str, bytes]) -> None:
    assert data_of(pages["en/press.html"])["@type"] == "Event"


@pytest.mark.parametrize("name", ["</script><script>alert(1)</script>", "<!--", "]]>&amp;\"'", "\u2028"])
def test_nothing_in_the_data_ends_its_element(season_folder: Path, name: str) -> None:
    artists = season_folder / "artists.toml"
    written = json.dumps(name)
    artists.write_text(artists.read_text("utf-8").replace('en = "North Seven"', f"en = {written}"), "utf-8")
    made = files_of(run(season_folder), "artist")
    page = made["en/artist/north-seven.html"]

    assert data_of(page)["name"] == name
    assert Seen(page).tags.count("data block") == 1
    assert "script" not in Seen(page).tags
    assert str(block({"name": name})).count("<") == 2


def test_the_widget_is_small_and_stands_alone(pages: dict[str, bytes]) -> None:
    page = pages[f"en/widget/{CHART}.html"]
    seen = Seen(page)

    assert seen.errors == []
    assert not {"script", "style", "iframe"} & set(seen.tags)
    assert [link for link in seen.links if link.endswith(".css")] == ["../../assets/widget.css"]
    assert 1 <= seen.tags.count("li") <= 10
    assert "made up" in seen.text
    assert len(page) < 5_000


def test_the_snippet_is_an_element_to_copy_and_none_of_the_page(pages: dict[str, bytes]) -> None:
    page = pages["ko/embed.html"].decode()
    found = re.search(r'<code translate="no">(&lt;iframe.*?)</code>', page)

    assert found
    snippet = Seen(unescape(found[1]).encode())
    assert snippet.errors == []
    assert snippet.links[0].startswith("https://")
    assert snippet.links[0].endswith(f"/ko/widget/{CHART}.html")
    assert "iframe" not in Seen(page.encode()).tags
