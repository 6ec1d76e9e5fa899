"""No circle of files: whoever reads a module has what it stands on below it, and nothing stands on itself."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import plaudit

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(plaudit.__file__).parents[1]


def modules(source: Path) -> dict[str, Path]:
    """Give every module below a folder by its dotted name; a package stands for its `__init__`."""
    found = {}
    for path in sorted(source.rglob("*.py")):
        *folders, name = path.relative_to(source).with_suffix("").parts
        found[".".join(folders if name == "__init__" else [*folders, name])] = path
    return found


def imported(tree: ast.AST, known: dict[str, Path]) -> Iterator[str]:
    """Give what a module imports of the known ones.

    Every import counts: those inside functions, those for type checkers alone, and
    names of modules written as texts, as `import_module` takes them.
    """
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name in known)
            case ast.ImportFrom(module=str(module), names=names):
                for alias in names:
                    inner = f"{module}.{alias.name}"
                    yield from [inner] if inner in known else [module] if module in known else []
            case ast.Constant(value=str(text)) if text in known and "." in text:
                yield text


def circle(source: Path) -> list[str]:
    """Give the modules of a circle in its order; nothing where there is none."""
    known = modules(source)
    graph = {name: set(imported(ast.parse(path.read_text("utf-8")), known)) - {name} for name, path in known.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


def test_no_circle_of_modules_is_anywhere() -> None:
    assert len(modules(SOURCE)) > 300
    assert circle(SOURCE) == []


@pytest.mark.parametrize(
    "back",
    [
        "from p.a import x",
        "def f():\n    from p import a",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import p.a",
        "from importlib import import_module\nimport_module('p.a')",
    ],
)
def test_a_circle_is_found_however_it_is_closed(tmp_path: Path, back: str) -> None:
    (tmp_path / "p").mkdir()
    for name, text in {"__init__": "", "a": "from p.b import y", "b": back}.items():
        (tmp_path / "p" / f"{name}.py").write_text(text, "utf-8")

    assert {"p.a", "p.b"} == set(circle(tmp_path))
