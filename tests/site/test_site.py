"""The site as a whole: complete, linked, small, the same each time, and safe with any text."""

from __future__ import annotations

import json
import posixpath
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest

from plaudit.base.change import InPlace
from plaudit.base.errors import UnknownName
from plaudit.site.manifest import MANIFEST
from plaudit.site.site import build, site
from tests.conftest import bytes_below, run
from tests.site.conftest import inputs, site_of
from tests.site.pages import Seen
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

MOST_BYTES = 150_000
CHART = "chart/social-weekly@1"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}{% raw %}%(artist)s %s %",
    "\u202e\u05d0\u05dc\u05e3 right to left",
    "👩‍👩‍👧‍👦🏳️‍🌈",
    "\u0007bell and \u0000 nothing",
    "n" * 10_000,
    "한" * 10_000,
)


def html(files: dict[str, bytes]) -> dict[str, Seen]:
    return {path: Seen(data) for path, data in files.items() if path.endswith(".html")}


def target(path: str, link: str) -> tuple[str, str]:
    file, _, anchor = link.partition("#")
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(file))) if file else path, anchor


def broken(files: dict[str, bytes]) -> list[str]:
    pages = html(files)
    found = []
    for path, page in pages.items():
        for link in page.links:
            file, anchor = target(path, link)
            if file.startswith("../"):
                continue  # what is published beside the site: test_edition.py
            if not link.startswith("https://www.youtube.com/watch?v=") and (
                file not in files or (anchor and anchor not in pages[file].ids)
            ):
                found.append(f"{path} → {link}")
    return found


def test_every_link_and_picture_resolves_inside_the_site(
    template_site: dict[str, bytes], tweets_site: dict[str, bytes]
) -> None:
    assert broken(template_site) == []
    assert broken(tweets_site) == []
    assert sum(len(page.links) for page in html(tweets_site).values()) > 4_000


def test_every_page_is_reached_from_the_door(tweets_site: dict[str, bytes]) -> None:
    pages, seen, open_ = html(tweets_site), {"index.html"}, ["index.html"]
    while open_:
        path = open_.pop()
        for link in pages[path].links:
            file = target(path, link)[0]
            if file in pages and file not in seen:
                seen.add(file)
                open_.append(file)

    assert set(pages) - seen == set()


def test_every_page_is_well_nested_with_unique_ids_and_no_inline_style_or_script(tweets_site: dict[str, bytes]) -> None:
    for path, page in some(html(tweets_site).items()):
        assert page.errors == [], path
        assert len(page.ids) == len(set(page.ids)), path
        assert "style" not in page.tags, path
        assert re.findall(rb"<script(?! type=\"application/(?:ld\+)?json\"| src=)", tweets_site[path]) == [], path
        assert not [name for name, _ in page.attributes if name == "style" or name.startswith("on")], path


def test_no_page_asks_another_site_for_anything(template_site: dict[str, bytes], tweets_site: dict[str, bytes]) -> None:
    for files in (template_site, tweets_site):
        for path, data in files.items():
            loaded = re.findall(rb'(?:src|srcset)="([^"]*)"|@import|url\(([^)]*)\)', data)
            links = [link or font for link, font in loaded]
            assert not [link for link in links if b":" in link or not link], path
            assert all(f"assets/{font.decode()}" in files for _, font in loaded if font), path
    pages = html(tweets_site)
    for page in some(pages.values()):
        policy = next(value for name, value in page.attributes if name == "content" and "default-src" in value)
        assert policy.startswith("default-src 'none'")
        assert "unsafe" not in policy


def test_every_picture_says_in_words_what_it_shows_or_hides_from_readers(tweets_site: dict[str, bytes]) -> None:
    pages = {path: data.decode() for path, data in tweets_site.items() if path.endswith(".html")}
    pictures = [(path, shown) for path, page in pages.items() for shown in re.findall(r"<(?:svg|img) [^>]*>", page)]

    for path, picture in some(pictures):
        assert re.search(r'(aria-label|alt)="[^"]+"|aria-hidden="true"', picture), (path, picture)


def test_no_page_with_its_pictures_weighs_more_than_150_kb(tweets_site: dict[str, bytes]) -> None:
    for path, page in some(html(tweets_site).items()):
        parts = {path} | {target(path, link)[0] for link in page.links if link.endswith((".svg", ".css"))}
        assert sum(len(tweets_site[part]) for part in parts) <= MOST_BYTES, path


def test_the_same_inputs_give_the_same_bytes(made_template: Path, template_site: dict[str, bytes]) -> None:
    assert site_of(made_template) == template_site


def test_what_is_built_is_what_the_site_gives_and_a_second_build_renders_nothing(
    made_template: Path, template_site: dict[str, bytes], tmp_path: Path
) -> None:
    first = build(*inputs(made_template), InPlace(tmp_path))
    made = bytes_below(tmp_path)
    second = build(*inputs(made_template), InPlace(tmp_path))

    assert {path: data for path, data in made.items() if path != MANIFEST} == template_site
    assert first.files == first.written == len(template_site)
    assert (second.rendered, second.written, second.removed) == (0, 0, 0)
    assert bytes_below(tmp_path) == made


def test_a_build_mends_what_was_changed_and_removes_what_follows_from_nothing(
    made_template: Path, tmp_path: Path
) -> None:
    build(*inputs(made_template), InPlace(tmp_path))
    before = bytes_below(tmp_path)
    (tmp_path / "en" / "index.html").write_text("changed", "utf-8")
    (tmp_path / "ko" / "artists.html").unlink()
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "page.html").write_text("<p>", "utf-8")
    built = build(*inputs(made_template), InPlace(tmp_path))

    assert (built.rendered, built.removed) == (2, 1)
    assert bytes_below(tmp_path) == before
    assert not (tmp_path / "more").exists()


@pytest.mark.parametrize("manifest", [b"", b"[]", b'{"en/index.html": ["", 1]}', b"\xff"])
def test_a_manifest_that_cannot_be_read_lets_the_site_be_made_anew(
    made_template: Path, tmp_path: Path, manifest: bytes
) -> None:
    build(*inputs(made_template), InPlace(tmp_path))
    before = bytes_below(tmp_path)
    (tmp_path / MANIFEST).write_bytes(manifest)
    built = build(*inputs(made_template), InPlace(tmp_path))

    assert built.rendered > 10
    assert built.written == 0
    assert bytes_below(tmp_path) == before


def test_a_changed_name_renders_only_the_pages_that_bear_it(season_folder: Path, tmp_path: Path) -> None:
    build(*inputs(season_folder), InPlace(tmp_path / "site"))
    before = json.loads((tmp_path / "site" / MANIFEST).read_bytes())
    artists = season_folder / "artists.toml"
    artists.write_text(artists.read_text("utf-8").replace("노스세븐", "노쓰세븐"), "utf-8")
    built = build(*inputs(season_folder), InPlace(tmp_path / "site"))
    after = json.loads((tmp_path / "site" / MANIFEST).read_bytes())
    changed = {path for path in after if after[path][1] != before[path][1]}

    assert changed
    spelt = ["노쓰세븐".encode(), json.dumps("노쓰세븐")[1:-1].encode()]  # the second in blocks of data
    bears = {path for path in changed if any(name in (tmp_path / "site" / path).read_bytes() for name in spelt)}
    assert {path for path in changed - bears if not path.endswith((".png", ".parquet"))} == set()
    assert built.rendered < len(after)
    assert {path for path in after if "/artist/" in path and "north-seven" not in path} & changed == set()


def test_progress_is_said_with_numbers(made_template: Path, tmp_path: Path) -> None:
    said: list[tuple[str, int]] = []
    built = build(*inputs(made_template), InPlace(tmp_path), lambda what, n: said.append((what, n)))

    assert said[0] == ("pages planned", 0)
    assert said[-1] == ("pages rendered", built.rendered)


def test_a_language_without_messages_is_refused_by_name(made_template: Path) -> None:
    with pytest.raises(UnknownName, match=r"no messages in 'xx'.*en, ko"):
        dict(site(*inputs(made_template), languages=("en", "xx")))


@pytest.mark.parametrize("name", HOSTILE, ids=lambda name: ascii(name[:12]))
def test_hostile_names_are_shown_as_text(season_folder: Path, name: str) -> None:
    artists = season_folder / "artists.toml"
    text = artists.read_text("utf-8").replace('en = "North Seven"', f"en = {json.dumps(name, ensure_ascii=False)}")
    artists.write_text(text.replace('ko = "노스세븐"', f"ko = {json.dumps(name + '가', ensure_ascii=False)}"), "utf-8")
    season = season_folder / "season.toml"
    quiet = json.dumps(f"A season {name}", ensure_ascii=False)
    season.write_text(
        re.sub(r"(?m)^title = .*$", lambda _: f"title = {quiet}", season.read_text("utf-8"), count=1), "utf-8"
    )
    files = site_of(run(season_folder))
    page = Seen(files["en/artist/north-seven.html"])
    shown = name.replace("\u0007", "\ufffd").replace("\u0000", "\ufffd")[:100]

    assert broken(files) == []
    for path, found in html(files).items():
        assert found.errors == [], path
        assert not {"style", "img onerror"} & set(found.tags), path
        assert b"<script>" not in files[path], path
        assert not [one for one, _ in found.attributes if one.startswith("on")], path
        assert len(files[path]) <= MOST_BYTES, path
        assert not re.search(rb"[\x00-\x08\x0b-\x1f]", files[path]), path
    assert shown in "".join(page.texts)
    assert "<bdi" in files["en/artist/north-seven.html"].decode()


def test_a_season_without_a_chart_has_a_site(made_hottest: Path) -> None:
    files = site_of(made_hottest)

    assert broken(files) == []
    home = Seen(files["en/index.html"]).text
    assert "The weekly" not in home
    assert "votes counted" in home
