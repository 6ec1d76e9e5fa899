"""Names, titles and texts full of markup: nothing that leaves a season lets them act."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from markdown_it import MarkdownIt

from plaudit import pipeline
from plaudit.cli.init import init
from tests.conftest import run
from tests.made import made_once
from tests.site.conftest import site_of
from tests.some import some

if TYPE_CHECKING:
    from collections.abc import Iterator

EVIL = (
    "<evil a=1>x</evil> <img src=x onerror=evil()> [e](javascript:evil) ![e](https://evil.example/e.png) <https://evil"
    ".example> www.evil.example `e` *e* __e__ | e | &lt; \\ ~~e~~ </script></title></style>--> [^1] {{ e }}"
    "\n\n# Evil\n\n- evil\n\n    evil\n\n[1]: https://evil.example\n===\n"
)
RULES = Path(pipeline.__file__).parent / "rulebook" / "files"


def evil(mark: str) -> str:
    """Give a text of markup that no other has, as TOML has it."""
    return json.dumps(f"{mark} {EVIL}")


def hostile_rule(name: str, folder: Path) -> str:
    """Copy a shipped rule as one of the season's own whose every text is markup; give its citation."""
    [path] = RULES.rglob(f"{name}@1.toml")
    text = path.read_text("utf-8")
    text = re.sub(r'^id = ".*"$', f'id = "own-{name}"', text, count=1, flags=re.MULTILINE)
    for key in ("title", "because", "told"):
        text = re.sub(rf'^{key} = ".*"$', lambda found: f"{found[0].split(' = ')[0]} = {evil(name)}", text, flags=re.M)
    text = re.sub(r'^  ".*",$', f"  {evil(name)},".replace("\\", r"\\"), text, flags=re.MULTILINE)
    head, block, rest = text.partition("[not_found]\n")
    rest = re.sub(r'^(\w+) = ".*"$', lambda found: f"{found[1]} = {evil(name)}", rest, flags=re.MULTILINE)
    (folder / "rules" / f"own-{name}@1.toml").write_text(head + block + rest, "utf-8")
    return f"own-{name}@1"


def hostile(folder: Path) -> Path:
    """Fill the template's season with markup wherever it takes a text."""
    init(folder)
    season = folder / "season.toml"
    text = season.read_text("utf-8")
    text = re.sub(r'^about = """.*?"""$', f"about = {evil('about')}".replace("\\", r"\\"), text, flags=re.M | re.DOTALL)
    for name in ("social-weekly", "chart-five", "one-a-day"):
        text = text.replace(f'"{name}@1"', f'"{hostile_rule(name, folder)}"')
    purges = f'[audit]\npurges = ["{hostile_rule("regular-gaps", folder)}"]\n'
    text = text.replace("[[source]]", f"{purges}\n[[source]]", 1)
    for key in ("title", "sampling"):
        text = re.sub(
            rf'^{key} = (?!"title"$).*$',
            lambda found: f"{found[0].split(' = ')[0]} = {evil('season')}",
            text,
            flags=re.M,
        )
    text = text.replace('platform = "example"', f'platform = "example"\npublisher = {evil("p")}\nlicence = {evil("l")}')
    text = text.replace('id = "vote"', f"id = {evil('window')}").replace('id = "counts"', f"id = {evil('source')}")
    season.write_text(text, "utf-8")
    artists = folder / "artists.toml"
    text = artists.read_text("utf-8")
    for name in ("Aurora Lane", "North Seven", "노스세븐", "k-pop"):
        text = text.replace(f'"{name}"', evil(name))
    artists.write_text(
        text.replace('kind = "group"', f'kind = "group"\nfandom = {evil("fandom")}\ncountry = {evil("c")}')
    )
    with (folder / "honours.csv").open("a", encoding="utf-8", newline="") as honours:
        csv.writer(honours).writerow(["my-award", "2025", "north-seven", "won", EVIL.replace("\n", " "), "N"])
    counts = folder / "data" / "counts.csv"
    counts.write_text(counts.read_text("utf-8").replace("First light", '"' + EVIL.replace('"', '""') + '"'), "utf-8")
    return run(folder)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a season of markup publishes, its site included."""

    def make(into: Path) -> dict[str, str]:
        folder = hostile(into / "my-award")
        found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.glob("published/**/*.*")}
        found |= {f"site/{name}": data for name, data in site_of(folder).items()}
        return {name: data.decode("utf-8", "replace") for name, data in sorted(found.items())}

    return made_once(tmp_path_factory, "markup", make)


class Acting(HTMLParser):
    """What of a page is no text: elements and addresses that our pages have not."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts: list[str] = []
        self.within = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.within = tag
        if tag == "evil":
            self.found.append(tag)
        for name, value in attributes:
            address = (value or "").strip().lower()
            is_address = name in {"href", "src", "action", "srcset", "formaction"}
            if name.startswith("on") or (
                is_address and (address.startswith("javascript:") or "evil.example" in address)
            ):
                self.found.append(f"{tag} {name}={value}")

    def handle_endtag(self, _tag: str) -> None:
        self.within = ""

    def handle_data(self, data: str) -> None:
        if self.within == "script":
            self.scripts.append(data)


def files(published: dict[str, str], ending: str) -> Iterator[tuple[str, str]]:
    """Give the published files of a kind."""
    found = [(name, text) for name, text in published.items() if name.endswith(ending)]
    assert found
    yield from found


def test_no_page_lets_markup_act(published: dict[str, str]) -> None:
    assert {name: found for name, text in files(published, ".html") if (found := Acting(text).found)} == {}


def test_no_markdown_lets_markup_act(published: dict[str, str]) -> None:
    """Both as CommonMark and as GitHub has it, with tables and struck text."""
    wrong = {}
    for name, text in files(published, ".md"):
        for made in (MarkdownIt("commonmark"), MarkdownIt("gfm-like", {"linkify": False})):
            page = made.render(text)
            more = [tag for tag in ("<img", "<s>", "<h1>Evil") if tag in page]
            if found := Acting(page).found + more:
                wrong[name] = found

    assert wrong == {}


def test_texts_stay_in_their_cells_and_values(published: dict[str, str]) -> None:
    for name, text in some(files(published, ".csv")):
        widths = {len(row) for row in csv.reader(io.StringIO(text, newline=""))}
        assert len(widths) <= 1, name
    for _, text in files(published, ".json"):
        json.loads(text)
    for _, text in files(published, ".xml"):
        ET.fromstring(text)
    for _, text in files(published, ".html"):
        page = Acting(text)
        assert not any("<evil" in script.lower() for script in page.scripts)
