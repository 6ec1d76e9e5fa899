"""What a newcomer meets first is there at once: no engine, server or chart library is imported to say what there is."""

from __future__ import annotations

import importlib
import pkgutil
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer.main

import plaudit.cli
from plaudit.cli.main import VERBS, app

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAVY = {"altair", "duckdb", "ibis", "litestar", "numpy", "pandas", "pyarrow", "pydantic", "uvicorn"}


@pytest.mark.parametrize("words", [["--help"], ["--version"], ["rules", "list"]])
def test_to_say_what_there_is_nothing_heavy_is_imported(words: list[str]) -> None:
    code = (
        "import sys; from plaudit.cli.main import app; app(standalone_mode=False); print(*sys.modules, file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *words], capture_output=True, encoding="utf-8", timeout=120, check=True
    )

    assert done.stdout
    assert HEAVY & {name.partition(".")[0] for name in done.stderr.split()} == set()


def test_what_the_plain_installation_brings_imports_where_there_is_no_posix_and_no_extra() -> None:
    script = Path(__file__).parents[2] / "scripts" / "check_portable.py"

    done = subprocess.run(
        [sys.executable, script, "--imports"], capture_output=True, text=True, timeout=120, check=False
    )

    assert done.stderr == ""
    assert int(done.stdout.split()[0]) > 200, "modules"


def test_every_verb_is_told_in_a_sentence_of_sixty_letters() -> None:
    modules = {
        module.name
        for module in pkgutil.iter_modules(plaudit.cli.__path__)
        if {"add_to", "app"} & set(vars(importlib.import_module(f"plaudit.cli.{module.name}")))
        and module.name != "main"
    }

    assert set(VERBS) == modules
    assert app.info.name == "plaudit"
    summaries = list(VERBS.items()) + list(_of_subverbs(typer.main.get_command(app), "plaudit"))
    assert len(summaries) > len(VERBS) + 15
    assert [one for one in summaries if not re.fullmatch(r"[A-Z][^.]{5,58}(\.[a-z][^.]*)?\.", one[1])] == []
    assert [one for one in summaries if len(one[1]) > 60] == []


def _of_subverbs(command: Any, name: str) -> Iterator[tuple[str, str]]:
    for inner_name, inner in getattr(command, "commands", {}).items():
        for sub_name, sub in getattr(inner, "commands", {}).items():
            yield (
                f"{name} {inner_name} {sub_name}",
                f"{(sub.help or '').strip().splitlines()[0].split('. ')[0].rstrip('.')}.",
            )
