"""Write docs/reference/rules.md from the rule objects and their docstrings.

python scripts/write_reference.py            write it
python scripts/write_reference.py --check    exit 1 if it is not what would be written
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect as shapes

from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import Method, PurgeRule

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "rules.md"
KINDS: dict[str, type[msgspec.Struct]] = {
    "chart": ChartRule,
    "counting": CountingRule,
    "nomination": NominationRule,
    "purge": PurgeRule,
}
MEANING = re.compile(r"^([a-z_0-9]+) : (.+)$")
OPENING = """# Rule files

This page is made by `python scripts/write_reference.py` from the objects that read the files.

A rule is a TOML file named `id@version.toml`. A key that is not listed here is refused, with its line.
`--` in the default column means that the key must be given.
"""


def main(arguments: list[str] | None = None, page: Path = PAGE) -> int:
    """Write or check the page; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing")
    text = reference()
    if parser.parse_args(arguments).check:
        if page.is_file() and page.read_text("utf-8") == text:
            return 0
        sys.stderr.write(f"{page.name} is not up to date; run: python scripts/write_reference.py\n")
        return 1
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(text, "utf-8")
    return 0


def reference() -> str:
    """Give the page."""
    lines = [OPENING]
    for kind, shape in KINDS.items():
        lines += [f"## {kind.capitalize()} rules", "", _preface(shape), ""]
        lines += [
            "| key | type | default | meaning |",
            "|---|---|---|---|",
            f'| `kind` | `"{kind}"` | -- | which rule it is |',
        ]
        lines += [f"| {' | '.join(row)} |" for row in _rows(shape, "")]
        lines.append("")
    for method in typing.get_args(Method):
        lines += _method(method)
    return "\n".join(lines)


def _method(shape: type[msgspec.Struct]) -> list[str]:
    info = shapes.type_info(shape)
    assert isinstance(info, shapes.StructType)
    tried = shape.threshold  # type: ignore[attr-defined]
    words = f"Half and double of `{tried}` are tried." if tried else "There is no threshold to try."
    return [
        f"### Method `{info.tag}`",
        "",
        f"{_preface(shape)} {words}",
        "",
        "| key | type | default | meaning |",
        "|---|---|---|---|",
        f'| `method.name` | `"{info.tag}"` | -- | which method it is |',
        *(f"| {' | '.join(row)} |" for row in _rows(shape, "method.")),
        "",
    ]


def _rows(shape: type[msgspec.Struct], above: str) -> Iterator[tuple[str, str, str, str]]:
    info = shapes.type_info(shape)
    assert isinstance(info, shapes.StructType)
    meanings = _meanings(shape)
    for field in info.fields:
        inner, is_array = _struct(field.type)
        key = f"{above}{field.encode_name}{'[]' if is_array else ''}"
        yield f"`{key}`", _type(field.type).replace("|", "\\|"), _default(field), meanings[field.name]
        if inner:
            yield from _rows(inner, f"{key}.")


def _struct(info: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    if _is_method(info):
        return None, False  # each method has a table of its own
    options = info.types if isinstance(info, shapes.UnionType) else (info,)
    for option in options:
        if isinstance(option, shapes.StructType):
            return option.cls, False
        if isinstance(option, shapes.VarTupleType) and isinstance(option.item_type, shapes.StructType):
            return option.item_type.cls, True
    return None, False


def _is_method(info: Any) -> bool:
    return isinstance(info, shapes.UnionType) and all(isinstance(option, shapes.StructType) for option in info.types)


def _type(info: Any) -> str:
    if _is_method(info):
        return "table, see the methods below"
    words: dict[type, str] = {
        shapes.StrType: "text",
        shapes.DateType: "date",
        shapes.TimeType: "local time",
        shapes.DictType: "table of texts",
        shapes.StructType: "table",
    }
    if isinstance(info, shapes.UnionType):
        return " or ".join(_type(option) for option in info.types if not isinstance(option, shapes.NoneType))
    if isinstance(info, shapes.LiteralType):
        return ", ".join(f'`"{value}"`' for value in info.values)
    if isinstance(info, shapes.IntType):
        least = "" if info.ge is None else f", at least {info.ge}"
        return f"integer{least}{'' if info.le is None else f', at most {info.le}'}"
    if isinstance(info, shapes.VarTupleType):
        inner = info.item_type
        return "array of tables" if isinstance(inner, shapes.StructType) else f"list of {_type(inner)}"
    return words[type(info)]


def _default(field: shapes.Field) -> str:
    if field.required:
        return "--"
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    value = field.default
    if isinstance(value, msgspec.Struct):
        return "as below"
    if value in (None, (), ""):
        return "none" if value is None else "empty"
    if isinstance(value, tuple):
        return f"`{', '.join(value)}`"
    return f"`{value}`"


def _preface(shape: type[msgspec.Struct]) -> str:
    text = inspect.getdoc(shape) or ""
    return re.split(r"^[a-z_0-9]+ : ", text, maxsplit=1, flags=re.MULTILINE)[0].strip()


def _meanings(shape: type[msgspec.Struct]) -> dict[str, str]:
    meanings: dict[str, str] = {}
    key = ""
    for line in (inspect.getdoc(shape) or "").splitlines():
        if found := MEANING.match(line):
            key = found[1]
            meanings[key] = found[2]
        elif key and line.startswith("    "):
            meanings[key] += f" {line.strip()}"
        else:
            key = ""
    return meanings


if __name__ == "__main__":
    sys.exit(main())
