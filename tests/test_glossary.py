"""One word for one thing: the glossary's terms are used, and the synonyms on its stop list are not."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

from plaudit.base import errors
from plaudit.cli.main import app

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
SOURCE = ROOT / "src" / "plaudit"
GLOSSARY = DOCS / "explanation" / "glossary.md"
PAGES = [
    *(ROOT / name for name in ("README.md", "SECURITY.md", "CONTRIBUTING.md")),
    *(page for page in sorted(DOCS.rglob("*.md")) if page != GLOSSARY),
]
QUOTED = {
    "docs/how-to/map-a-label-channel.md": ("dear",),  # a song: 'Dear My Family'
}
"""What a page may say because it quotes somebody else, in lower case."""

_ROW = re.compile(r"^\| ([^|]+) \| ([^|]+)(?: \| ([^|]+))? \|$", re.MULTILINE)
_CODE = re.compile(r"```.*?```|^(?: {4}|\t).*$|`[^`]*`", re.MULTILINE | re.DOTALL)
_ERRORS = {name for name in errors.__all__ if name != "PlauditError"}


def sections() -> tuple[str, str]:
    terms, _, unused = GLOSSARY.read_text("utf-8").partition("## Words that are not used")
    return terms, unused


def rows(text: str) -> list[tuple[str, ...]]:
    found = [tuple(cell.strip() for cell in row if cell) for row in _ROW.findall(text)]
    return [row for row in found if row[0] not in {"term", "not used"} and not set(row[0]) <= set("-:")]


TERMS = [row[0] for row in rows(sections()[0])]
UNUSED = [word.strip() for row in rows(sections()[1]) for word in row[0].split(",")]


def said(word: str, text: str) -> list[str]:
    """Give each place in a text where the word stands alone, with what is around it."""
    pattern = re.compile(rf"(?<![\w-]){re.escape(word)}(?![\w-])".replace(r"\ ", r"\s+"), re.IGNORECASE)
    return [" ".join(text[max(0, hit.start() - 40) : hit.end() + 40].split()) for hit in pattern.finditer(text)]


def text_of(node: ast.AST) -> str:
    """Give what a string says, with a blank for each value in it; nothing of anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(text_of(part) if isinstance(part, ast.Constant) else " … " for part in node.values)
    if isinstance(node, ast.BinOp):
        return f"{text_of(node.left)} {text_of(node.right)}"
    if isinstance(node, ast.IfExp):
        return f"{text_of(node.body)} · {text_of(node.orelse)}"
    return ""


@cache
def error_texts() -> dict[str, str]:
    """Give the texts that each module hands to our errors."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        texts = []
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name in _ERRORS:
                texts += [text_of(argument) for argument in node.args]
        found[path.relative_to(SOURCE).as_posix()] = "\n".join(texts)
    return found


def help_texts(command: Any, name: str = "plaudit") -> Iterator[tuple[str, str]]:
    options = [str(getattr(parameter, "help", "") or "") for parameter in command.params]
    yield name, "\n".join([str(command.help or ""), str(command.short_help or ""), *options])
    for inner_name, inner in getattr(command, "commands", {}).items():
        yield from help_texts(inner, f"{name} {inner_name}")


@cache
def all_words() -> str:
    pages = [page.read_text("utf-8") for page in PAGES]
    return "\n".join([*pages, *(path.read_text("utf-8") for path in SOURCE.rglob("*.py"))])


def test_the_glossary_is_read() -> None:
    assert len(TERMS) >= 60
    assert len(UNUSED) >= 15
    assert len(set(TERMS)) == len(TERMS)
    assert sum(bool(texts) for texts in error_texts().values()) >= 60


@pytest.mark.parametrize("term", TERMS)
def test_every_term_is_used(term: str) -> None:
    plural = r"(?:s|es)?" if not term.endswith("y") else ""
    stem = re.escape(term).replace(r"\ ", r"[\s_-]*")

    assert re.search(rf"(?<!\w){stem}{plural}(?!\w)", all_words(), re.IGNORECASE)


@pytest.mark.parametrize("term", rows(sections()[0]), ids=lambda row: row[0])
def test_every_term_has_one_sentence_and_a_place_that_exists(term: tuple[str, ...]) -> None:
    _, meaning, where = term
    paths = [path for path in re.findall(r"`([\w/.]+)`", where) if "/" in path and not path.startswith("evidence")]
    links = re.findall(r"\]\(([^)#]+)", where)

    assert ". " not in meaning
    assert not [path for path in paths if not ((SOURCE / path).exists() or (ROOT / path).exists())]
    assert not [link for link in links if not (GLOSSARY.parent / link).exists()]


@pytest.mark.parametrize("word", UNUSED)
def test_no_page_says_a_synonym(word: str) -> None:
    found = {
        page.relative_to(ROOT).as_posix(): hits
        for page in PAGES
        if (hits := said(word, _CODE.sub("", page.read_text("utf-8"))))
        and word not in QUOTED.get(page.relative_to(ROOT).as_posix(), ())
    }

    assert found == {}


@pytest.mark.parametrize("word", UNUSED)
def test_no_error_says_a_synonym(word: str) -> None:
    assert {module: hits for module, text in error_texts().items() if (hits := said(word, text))} == {}


@pytest.mark.parametrize("word", UNUSED)
def test_no_help_says_a_synonym(word: str) -> None:
    texts = dict(help_texts(typer.main.get_command(app)))

    assert len(texts) > 20
    assert {verb: hits for verb, text in texts.items() if (hits := said(word, text))} == {}
