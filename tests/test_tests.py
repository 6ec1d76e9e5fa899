"""No test can pass on nothing: an assertion in a loop is met, and no number of cases defeats the profile."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parent
FILES = sorted(TESTS.rglob("*.py"))
Function = ast.FunctionDef | ast.AsyncFunctionDef
Loop = ast.For | ast.AsyncFor | ast.While


def functions(text: str) -> Iterator[Function]:
    """Give the tests of a file that Hypothesis does not drive: among many cases, some may be empty."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, Function) and node.name.startswith("test_") and "given(" not in decorators(node):
            yield node


def decorators(function: Function) -> str:
    return " ".join(map(ast.unparse, function.decorator_list))


def asserting(node: ast.AST, loops: tuple[Loop, ...] = ()) -> Iterator[tuple[ast.AST, tuple[Loop, ...]]]:
    """Give each assertion below a node with the loops around it, `pytest.raises` being one."""
    for inner in ast.iter_child_nodes(node):
        raises = isinstance(inner, ast.With) and any("raises(" in ast.unparse(item) for item in inner.items)
        if isinstance(inner, ast.Assert) or raises:
            yield inner, loops
        yield from asserting(inner, (*loops, inner) if isinstance(inner, Loop) else loops)


def goes_round(loop: Loop) -> bool:
    """Say whether a loop goes round at least once, as can be seen from its own line."""
    if isinstance(loop, ast.While):
        return False
    match loop.iter:
        case ast.Tuple(elts=[_, *_]) | ast.List(elts=[_, *_]) | ast.Set(elts=[_, *_]) | ast.Dict(keys=[_, *_]):
            return True
        case ast.Call(func=ast.Name(id="some")):
            return True
        case ast.Call(func=ast.Name(id="enumerate" | "sorted" | "zip"), args=[first, *_]):
            return goes_round(ast.For(loop.target, first, [], []))
        case ast.Call(func=ast.Name(id="range"), args=args):
            return all(isinstance(arg, ast.Constant) for arg in args) and bool(eval(ast.unparse(loop.iter)))
    return False


def passes_on_nothing(function: Function) -> bool:
    found = [all(map(goes_round, loops)) for _, loops in asserting(function)]
    return bool(found) and not any(found)


@pytest.mark.parametrize(
    ("loop", "is_idle"),
    [
        ("for row in rows: assert row", True),
        ("for row in some(rows): assert row", False),
        ("for row in some(rows):\n  for cell in row: assert cell", True),
        ("for number in range(0): assert number", True),
        ("for number, _ in enumerate((1, 2)): assert number", False),
        ("for row in rows: assert row\n assert rows", False),
        ("for row in rows:\n  with pytest.raises(ValueError): int(row)", True),
        ("while rows: assert rows.pop()", True),
    ],
)
def test_a_test_that_asserts_only_in_a_loop_that_may_be_empty_is_found(loop: str, is_idle: bool) -> None:
    (function,) = functions(f"def test_it(rows):\n {loop}")

    assert passes_on_nothing(function) == is_idle


def test_no_test_passes_on_nothing() -> None:
    idle = {
        f"{path.relative_to(TESTS)}: {function.name}"
        for path in FILES
        for function in functions(path.read_text("utf-8"))
        if passes_on_nothing(function)
    }

    assert idle == set()


def test_every_number_of_cases_follows_the_profile() -> None:
    fixed = [
        f"{path.relative_to(TESTS)}:{node.value.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.keyword)
        and node.arg == "max_examples"
        and not isinstance(node.value, ast.Call | ast.Name)
    ]

    assert fixed == []
