"""The documents point to what is there, and name all that is there."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import typer.main
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from plaudit.base import errors
from plaudit.cli.main import app
from plaudit.rulebook.library import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]
_CODE = re.compile(r"^(?: {4}|\t).*$|`[^`\n]*`", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def links(page: Path) -> list[str]:
    found = _LINK.findall(_CODE.sub("", page.read_text("utf-8")))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def anchors(page: Path) -> set[str]:
    headings = _HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def script(name: str) -> Any:
    spec = importlib.util.spec_from_file_location(name, ROOT / "scripts" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verbs(command: Any, name: str = "plaudit") -> Iterator[str]:
    for inner_name, inner in getattr(command, "commands", {}).items():
        yield f"{name} {inner_name}"
        yield from verbs(inner, f"{name} {inner_name}")


def keys(shape: Any) -> Iterator[str]:
    info = msgspec.inspect.type_info(shape) if isinstance(shape, type) else shape
    for option in getattr(info, "types", (info,)):
        for field in getattr(option, "fields", ()):
            yield field.encode_name
            yield from keys(field.type)
        if hasattr(option, "item_type"):
            yield from keys(option.item_type)


def error_classes() -> list[type[errors.PlauditError]]:
    return [getattr(errors, name) for name in errors.__all__]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_relative_link_resolves(page: Path) -> None:
    broken = []
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        is_there = target.exists() and target.is_relative_to(ROOT)
        if not is_there or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


def test_every_page_is_reached_from_the_index() -> None:
    seen: set[Path] = set()
    waiting = [DOCS / "index.md"]
    while waiting:
        page = waiting.pop()
        if page.suffix != ".md" or page in seen:
            continue
        seen.add(page)
        waiting += [(page.parent / link.partition("#")[0]).resolve() for link in links(page)]

    assert [page.relative_to(ROOT).as_posix() for page in DOCS.rglob("*.md") if page not in seen] == []


def test_every_verb_is_documented() -> None:
    headings = set(_HEADING.findall((DOCS / "reference" / "commands.md").read_text("utf-8")))

    assert [verb for verb in verbs(typer.main.get_command(app)) if verb not in headings] == []


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_of_a_rule_is_documented(kind: str) -> None:
    text = (DOCS / "reference" / "rules.md").read_text("utf-8")
    section = text.partition(f"## {kind.capitalize()} rules")[2].partition("\n## ")[0]
    documented = {key.rpartition(".")[2].removesuffix("[]") for key in re.findall(r"^\| `([^`]+)` \|", section, re.M)}

    assert set(keys(KINDS[kind])) - documented == set()


def test_every_error_is_documented() -> None:
    text = (DOCS / "reference" / "errors.md").read_text("utf-8")
    named = set(re.findall(r"\w+", text))

    assert [kind.__name__ for kind in error_classes() if kind.__name__ not in named] == []


def test_every_error_says_its_exit_code() -> None:
    rows = re.findall(r"^\| \**(\w+)\** \| (\d) \|", (DOCS / "reference" / "errors.md").read_text("utf-8"), re.M)
    documented = {name: int(code) for name, code in rows}
    declared = {kind.__name__: kind.exit_code for kind in error_classes()}
    del declared["PlauditError"]

    assert documented == declared


@pytest.mark.parametrize("name", ["write_reference", "write_command_reference"])
def test_generated_pages_are_up_to_date(name: str) -> None:
    assert script(name).main(["--check"]) == 0


def test_the_demo_runs_the_commands_that_the_readme_shows() -> None:
    demo = script("demo")
    shown = re.findall(r"^ {4}\.venv/bin/(plaudit .*)$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)

    ran = [" ".join(["plaudit", *words, demo.SEASON]) for words in demo.STEPS]

    assert len(ran) > 2
    assert [line for line in shown if " serve " not in line] == ran


def test_the_lock_file_holds_every_dependency_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [Requirement(line) for line in chain(project["dependencies"], *extras.values())]
    locked = [Requirement(line) for line in (ROOT / "requirements-dev.txt").read_text("utf-8").splitlines()]
    versions = {canonicalize_name(one.name): str(one.specifier).removeprefix("==") for one in locked}
    outside = [
        str(one)
        for one in asked
        if one.name != "plaudit" and versions.get(canonicalize_name(one.name), "0") not in one.specifier
    ]

    assert len(asked) > 30
    assert outside == [], "run: make lock"
