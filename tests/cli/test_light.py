"""What a newcomer meets first is there at once: no engine, server or chart library is imported to say what there is."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import plaudit.cli
from plaudit.cli.main import VERBS, app

HEAVY = {"altair", "duckdb", "ibis", "litestar", "numpy", "pyarrow", "uvicorn"}


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
    assert [told for told in VERBS.values() if len(told) > 60 or not told.endswith(".") or not told[0].isupper()] == []
    assert app.info.name == "plaudit"
