"""Feeds as a reader's program takes them."""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from plaudit.base.weeks import instant_text
from plaudit.frame.addresses import tag_id
from tests.conftest import run
from tests.site.kinds import files_of, site_data_of
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture(scope="module")
def feeds(made_template: Path) -> dict[str, bytes]:
    """The feeds of the template's season."""
    return files_of(made_template, "feeds")


def atom(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)


def text(element: ElementTree.Element, name: str) -> str:
    found = element.find(ATOM + name)
    assert found is not None, name
    return found.text or ""


@pytest.mark.parametrize("language", ["en", "ko"])
def test_an_atom_feed_has_all_that_rfc_4287_asks_for(feeds: dict[str, bytes], language: str) -> None:
    feed = atom(feeds[f"{language}/feed.xml"])
    entries = feed.findall(f"{ATOM}entry")
    ids = [text(entry, "id") for entry in entries]

    assert feed.tag == f"{ATOM}feed"
    assert text(feed, "title")
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert [link.get("rel") for link in feed.findall(f"{ATOM}link")] == ["self", "alternate"]
    assert len(entries) == 3
    assert len(set(ids)) == len(ids)
    for entry in (feed, *entries):
        assert re.fullmatch(r"tag:[a-z0-9.-]+,\d{4}-\d\d-\d\d:[\w/@.-]+", text(entry, "id"))
        assert datetime.fromisoformat(text(entry, "updated")).tzinfo
    for entry in entries:
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert str(link.get("href")).startswith("https://")
        assert all(text(entry, name) for name in ("title", "summary", "content"))
    assert text(feed, "updated") == max(text(entry, "updated") for entry in entries)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_json_feed_holds_the_same_entries(feeds: dict[str, bytes], language: str) -> None:
    feed: dict[str, Any] = json.loads(feeds[f"{language}/feed.json"])
    entries = atom(feeds[f"{language}/feed.xml"]).findall(f"{ATOM}entry")

    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["language"] == language
    assert feed["feed_url"].endswith(f"/{language}/feed.json")
    assert [item["id"] for item in feed["items"]] == [text(entry, "id") for entry in entries]
    assert [item["date_published"] for item in feed["items"]] == [text(entry, "updated") for entry in entries]
    assert [item["content_html"] for item in feed["items"]] == [text(entry, "content") for entry in entries]
    assert all(isinstance(item["title"], str) and item["url"].startswith("https://") for item in feed["items"])


def test_instants_are_the_ends_of_weeks_and_of_the_vote(made_template: Path, feeds: dict[str, bytes]) -> None:
    site_data = site_data_of(made_template)
    charted = [week for chart in site_data.charts for week in chart.weeks if week.verdict != "uncharted"]
    closed = max(window.closes_at for window in site_data.season.windows())
    entries = atom(feeds["en/feed.xml"]).findall(f"{ATOM}entry")

    assert sorted(text(entry, "updated") for entry in entries) == sorted(
        [*(instant_text(week.ends_at) for week in charted), instant_text(closed)]
    )


def test_made_up_evidence_is_labelled_in_every_entry(feeds: dict[str, bytes]) -> None:
    for entry in some(atom(feeds["en/feed.xml"]).findall(f"{ATOM}entry")):
        assert "made up" in text(entry, "content")


def test_hostile_names_leave_the_feeds_well_formed(season_folder: Path) -> None:
    name = "]]><script>&amp;\"'\ufffe\u202e{{ 7 }}"
    artists = season_folder / "artists.toml"
    written = json.dumps(name, ensure_ascii=False)
    artists.write_text(artists.read_text("utf-8").replace('en = "North Seven"', f"en = {written}"), "utf-8")
    season = season_folder / "season.toml"
    season.write_text(
        re.sub(r"(?m)^title = .*$", lambda _: f"title = {written}", season.read_text("utf-8"), count=1), "utf-8"
    )
    files = files_of(run(season_folder), "feeds", "cards")
    feed = atom(files["en/feed.xml"])

    assert text(feed, "title") == name.replace("\ufffe", "\ufffd")
    assert "<script>" not in json.loads(files["en/feed.json"])["items"][0]["content_html"]
    assert all(data.startswith(b"\x89PNG") for path, data in files.items() if path.endswith(".png"))


def test_an_origin_without_a_domain_still_gives_one_id_for_one_thing() -> None:
    first, again, other = (tag_id("Über uns!", "2026-01-09", what) for what in ("a", "a", "b"))

    assert first == again != other
    assert first.startswith("urn:uuid:")
