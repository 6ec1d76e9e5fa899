"""The verify page takes a season's folder: what it checks there, what it refuses, and what it says of the rest."""

from __future__ import annotations

import shutil
import zipfile
from typing import TYPE_CHECKING

import pytest

from tests.browser.windows import faults, window

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

TILE, BUNDLE = "evidence/log/tile/0/000.p/101", "evidence/log/tile/entries/000.p/101"


@pytest.fixture
def folder(made_template: Path, tmp_path: Path) -> Path:
    """A copy of the template's season as it is published: without keys and pages."""
    passed_over = shutil.ignore_patterns("keys", "site", "vote")
    return shutil.copytree(made_template, tmp_path / "my-award", ignore=passed_over)


def zipped(folder: Path, method: int = zipfile.ZIP_DEFLATED) -> Path:
    """Put a folder into a zip, beside it."""
    path = folder.with_suffix(".zip")
    with zipfile.ZipFile(path, "w", method) as made:
        for file in sorted(folder.rglob("*")):
            made.write(file, f"{folder.name}/{file.relative_to(folder).as_posix()}")
    return path


def verdict(page: Page, place: Path) -> tuple[str, str, str]:
    """Give a folder or a zip to the page: its verdict, what was checked, and what was not."""
    field = page.locator("#folder" if place.is_dir() else "#file")
    page.locator("#found").evaluate("found => { found.hidden = true; }")
    field.evaluate("field => { field.value = ''; }")  # as a click does, so that the same path can be chosen again
    field.set_input_files(place)
    page.locator("#verdict").wait_for()
    texts = [page.locator(f"#{name}").inner_text() for name in ("verdict", "steps", "unchecked")]
    return texts[0], texts[1], texts[2]


def flip(path: Path, place: int = -3) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("form", ["folder", "zip", "zip that is stored"])
def test_a_whole_folder_holds_and_nothing_of_it_is_sent(
    browser: Browser, template_pages: Site, folder: Path, form: str
) -> None:
    place = folder if form == "folder" else zipped(folder, zipfile.ZIP_STORED if "stored" in form else 8)
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"), wait_until="networkidle")
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.url))
        said, steps, unchecked = verdict(page, place)

        assert said.startswith("It holds")
        assert "All 101 leaves of the log, in their order, give the root that was signed." in steps
        assert "Files of the organiser that are the certified ones: 5." in steps
        assert "plaudit verify counts them again" in unchecked
        assert page.locator("#subject").inner_text() == place.name
        assert {url.rpartition("/")[2] for url in sent} <= {"folder.js", "verify.js"}


def damaged(name: str, place: int = -3) -> Callable[[Path], None]:
    return lambda folder: flip(folder / name, place)


def added(folder: Path) -> None:
    shutil.copy(folder / "season.toml", folder / "data" / "more.csv")


def crlf(folder: Path) -> None:
    path = folder / "artists.toml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


DAMAGE: list[tuple[str, Callable[[Path], None]]] = [
    (f"{BUNDLE} was altered: leaf 99 is not the one that was logged", damaged(BUNDLE, -160)),
    (f"{BUNDLE} was altered: leaf 0", damaged(BUNDLE, 5)),
    (f"{TILE} was altered: its hashes are not those of the leaves", damaged(TILE)),
    ("The signature of plaudit.example/my-award/log is false", damaged("evidence/log/checkpoint", 40)),
    ("data/ballots.csv is not the file that was certified", damaged("data/ballots.csv")),
    ("rules/own@1.toml is not the file that was certified", damaged("rules/own@1.toml")),
    ("The signature of plaudit.example/my-award is false", damaged("published/certificate.note", 40)),
    ("artists.toml is the certified file but for its line ends", crlf),
    ("data/more.csv was not there when it was certified", added),
    ("honours.csv is missing", lambda folder: (folder / "honours.csv").unlink()),
    (f"{BUNDLE} is missing", lambda folder: (folder / BUNDLE).unlink()),
    ("There is no published/certificate.note in it", lambda folder: shutil.rmtree(folder / "published")),
]


def test_a_folder_that_was_altered_is_refused_and_the_place_is_named(
    browser: Browser, template_pages: Site, folder: Path, tmp_path: Path
) -> None:
    found = {}
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        for number, (wanted, damage) in enumerate(DAMAGE):
            copy = shutil.copytree(folder, tmp_path / str(number) / "my-award")
            damage(copy)
            said, steps, _ = verdict(page, zipped(copy))
            found[wanted] = "" if said.startswith("Refused") and wanted in steps else f"{said} {steps}"

    assert len(found) == len(DAMAGE)
    assert {wanted: said for wanted, said in found.items() if said} == {}


def test_what_is_not_in_the_folder_is_named_as_not_checked(
    browser: Browser, template_pages: Site, folder: Path
) -> None:
    shutil.rmtree(folder / "data")
    shutil.rmtree(folder / "evidence" / "log" / "tile")
    with window(browser) as page:
        page.goto(template_pages.page("ko", "verify.html"))
        said, _, unchecked = verdict(page, folder)

        assert said.startswith("유효합니다")
        assert "data/ 아래의 원본 파일 2개" in unchecked
        assert "로그의 리프. 폴더에 없습니다" in unchecked
        assert faults(page) == []


def test_a_zip_that_is_none_is_refused(browser: Browser, template_pages: Site, folder: Path) -> None:
    whole = zipped(folder)
    data = whole.read_bytes()
    cases = {
        "cut": data[:-40],
        "with a directory beyond its end": data[:-6] + b"\xff\xff\xff\x7f" + data[-2:],
        "with an entry that says less than it is": data.replace(
            (len((folder / "season.toml").read_bytes())).to_bytes(4, "little"), (5).to_bytes(4, "little")
        ),
    }
    found = {}
    with window(browser) as page:
        page.goto(template_pages.page("en", "verify.html"))
        for name, altered in cases.items():
            whole.write_bytes(altered)
            said, steps, _ = verdict(page, whole)
            found[name] = (said.startswith("Refused"), "The zip is damaged" in steps)

    assert found == dict.fromkeys(cases, (True, True))
