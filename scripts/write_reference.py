"""Write what is made from declarations: the reference pages of rules and tables, and the certificate's JSON Schema.

python scripts/write_reference.py            write them
python scripts/write_reference.py --check    exit 1 if one is not what would be written
"""

from __future__ import annotations

import argparse
import inspect
import json
import re
import sys
import typing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import inspect as shapes

from plaudit.certify.shape import statement_schema
from plaudit.release.shape import release_schema as schema_of_releases
from plaudit.rulebook.chart_rule import ChartRule
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.growth_rule import GrowthRule
from plaudit.rulebook.nomination_rule import NominationRule
from plaudit.rulebook.purge_rule import Method, PurgeRule
from plaudit.store.table import UNITS
from plaudit.store.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).resolve().parents[1] / "docs"
KINDS: dict[str, type[msgspec.Struct]] = {
    "chart": ChartRule,
    "counting": CountingRule,
    "growth": GrowthRule,
    "nomination": NominationRule,
    "purge": PurgeRule,
}
MEANING = re.compile(r"^([a-z_0-9]+) : (.+)$")
OPENING = """# Rule files

This page is made by `python scripts/write_reference.py` from the objects that read the files.

A rule is a TOML file named `id@version.toml`. A key that is not listed here is refused, with its line.
`--` in the default column means that the key must be given.
"""


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """Write or check the pages; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing")
    is_check = parser.parse_args(arguments).check
    old = []
    for name, page in PAGES.items():
        path, text = folder / name, page()
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        old.append(name)
        if not is_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if is_check and old:
        sys.stderr.write(f"{', '.join(old)} not up to date; run: python scripts/write_reference.py\n")
        return 1
    return 0


def rules_page() -> str:
    """Give the page of every kind of rule and its keys."""
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


def tables_page() -> str:
    """Give the page of every table of a season."""
    lines = [
        "# Tables",
        "",
        "This page is made by `python scripts/write_reference.py` from `src/plaudit/store/tables.py`.",
        "",
        "Tables lie in a season's `evidence/` as Parquet. Weeks and days are dates as text. Rows are sorted by the",
        "columns under *order*, and no two share the *key*. Why instants are integers:",
        "[decision 1](../decisions/0001-instants-are-integers.md).",
        "",
        "A certificate cites the files of the tables that are *certified*, with their digests; the others are computed",
        "from those, and `plaudit verify` computes them again. A season that takes its own ballots makes the table",
        "`ballots` of its log, with the step `vote`. While a result is sealed, no page or file is made from a table",
        "that tells of the count.",
        "",
        "| table | made by | certified | tells of the count | one row is |",
        "|---|---|---|---|---|",
    ]
    for name, declared in TABLES.items():
        marks = ("yes" if mark else "no" for mark in (declared.is_certified, declared.tells_count))
        lines.append(f"| [{name}](#{name}) | `{declared.step}` | {' | '.join(marks)} | {declared.row} |")
    for name, declared in TABLES.items():
        order = "" if declared.order == declared.key else f" Order: {_codes(declared.order)}."
        folder = f" One folder per {declared.partition}." if declared.partition else ""
        lines += ["", f"## {name}", "", f"{declared.row[0].upper()}{declared.row[1:]}.", ""]
        lines += [f"Key: {_codes(declared.key)}.{order}{folder}", "", "| column | type | unit |", "|---|---|---|"]
        lines += [
            f"| `{column}` | {about.type} | {UNITS[about.unit] if about.unit else ''} |"
            for column, about in declared.columns.items()
        ]
    return "\n".join(lines) + "\n"


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def certificate_schema() -> str:
    """Give the JSON Schema of a certificate's statement."""
    return json.dumps(statement_schema(), ensure_ascii=False, indent=2) + "\n"


def release_schema() -> str:
    """Give the JSON Schema of a release's statement."""
    return json.dumps(schema_of_releases(), ensure_ascii=False, indent=2) + "\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "reference/rules.md": rules_page,
    "reference/tables.md": tables_page,
    "spec/certificate.schema.json": certificate_schema,
    "spec/release.schema.json": release_schema,
}


if __name__ == "__main__":
    sys.exit(main())
