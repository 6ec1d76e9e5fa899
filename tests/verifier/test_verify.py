"""The second verifier believes the seasons that `plaudit verify` believes; tests/forgeries has those it must not."""

from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.forgeries.seasons import BASES
from tests.made import made_once
from tests.verifier.second import CHAPTERS, FOLDER, sources, verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ALWAYS = [*verify.unchecked]


@pytest.fixture(scope="session")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Give the honest season of a kind. Copy it before changing it."""
    return lambda name: made_once(tmp_path_factory, f"honest-{name}", lambda folder: BASES[name](folder / "season"))


def said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run it, and give its exit code and what it said."""
    verify.checked[:], verify.unchecked[:] = [], ALWAYS
    capsys.readouterr()
    code = verify.main([*words])
    return code, capsys.readouterr().out


@pytest.mark.parametrize("name", CHAPTERS)
def test_it_imports_nothing_of_plaudit(name: str) -> None:
    tree = ast.parse((FOLDER / f"{name}.py").read_text("utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}

    others = {module.partition(".")[0] for module in imported} - sys.stdlib_module_names

    assert others <= {"cryptography", "pyarrow", *CHAPTERS}
    assert {*FOLDER.glob("*.py")} == {FOLDER / f"{chapter}.py" for chapter in CHAPTERS}


@pytest.mark.parametrize("name", CHAPTERS)
def test_it_is_short_enough_to_be_read_over_coffee(name: str) -> None:
    assert len((FOLDER / f"{name}.py").read_text("utf-8").splitlines()) < 500


@pytest.mark.parametrize("base", BASES)
def test_an_honest_season_is_verified(
    base: str, honest: Callable[[str], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    code, told = said(capsys, str(honest(base)))

    assert code == 0, told
    assert told.startswith("verified: ")
    assert "not checked: " in told


def test_it_runs_by_itself_and_says_who_won(honest: Callable[[str], Path]) -> None:
    command = [sys.executable, str(FOLDER / "verify.py"), str(honest("files"))]
    ran = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "won: North Seven (north-seven); of " in ran.stdout


@pytest.mark.parametrize("words", [[], ["no such folder"], ["a", "b"], ["a", "--kay", "b"]])
def test_a_wrong_call_is_told_how_to_call_it(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, *words)[0] == 2


def test_without_its_chapters_it_says_what_it_took_as_signed(honest: Callable[[str], Path], tmp_path: Path) -> None:
    alone = tmp_path / "verify.py"
    alone.write_bytes((FOLDER / "verify.py").read_bytes())
    command = [sys.executable, str(alone), str(honest("purges"))]
    ran = subprocess.run(command, capture_output=True, check=False, text=True, encoding="utf-8")

    assert ran.returncode == 0, ran.stdout + ran.stderr
    for name in ("proofs", "purges", "remarks"):  # this season has no chart, and remarks.py asks for evidence.py
        assert f"{name}.py is not here" in ran.stdout


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("votes.parquet", b"PAR1\x15\x04\x80"),
        ("votes.csv", b"channel,nominee\nweb,\x80\n"),
        ("votes.csv", b'a,b\n"1",2\n'),
    ],
)
def test_files_that_are_not_plain_are_left_to_plaudit(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)

    assert sources.files_of(tmp_path, {"files": "votes.*", "columns": {}}) == []
