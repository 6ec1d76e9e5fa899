"""Without an extra: a verb that needs it says which, and all that does not need it is made."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from plaudit.base import extras
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """As `pip install plaudit` leaves it."""
    missing = set().union(*extras.EXTRAS.values())
    monkeypatch.setattr(extras, "find_spec", lambda name: None if name in missing else find_spec(name))


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize(
    ("words", "extra"),
    [
        (("serve", "SEASON"), "serve"),
        (("serve", "SEASON", "--demo"), "serve"),
        (("verify", "SEASON", "--pages"), "site"),
        (("run", "SEASON", "--engine", "local[2]"), "spark"),
    ],
)
def test_a_verb_whose_extra_is_missing_says_what_to_install(
    plaudit: Plaudit, season_folder: Path, words: tuple[str, ...], extra: str
) -> None:
    before = bytes_below(season_folder)

    said = plaudit(*(season_folder if word == "SEASON" else word for word in words))

    assert said.code == 2
    assert said.err.endswith(f"not installed\n  → install what it needs: pip install 'plaudit[{extra}]'\n")
    assert bytes_below(season_folder) == before


@pytest.mark.usefixtures("plain")
@pytest.mark.parametrize("verb", ["run", "publish"])
def test_without_what_draws_pages_all_the_rest_is_made_and_that_is_said(
    plaudit: Plaudit, season_folder: Path, verb: str
) -> None:
    shutil.rmtree(season_folder / "published" / "site", ignore_errors=True)
    (season_folder / "published" / "totals.csv").unlink()

    said = plaudit(verb, season_folder)

    assert said.code == 0
    assert [line for line in said.err.splitlines() if "pip install 'plaudit[site]'" in line] == [
        "no pages are made, altair, jinja2, markdown_it, vl_convert missing; for pages: pip install 'plaudit[site]'"
    ]
    assert (season_folder / "published" / "totals.csv").is_file()
    assert not (season_folder / "published" / "site").exists()
    assert plaudit("verify", season_folder).code == 0


@pytest.mark.usefixtures("plain")
def test_whoever_wants_no_pages_is_told_of_none(plaudit: Plaudit, season_folder: Path) -> None:
    assert "pip install" not in plaudit("publish", "--no-site", season_folder).err


RESERVED = {"con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(1, 10))}


def test_every_file_of_a_season_has_a_name_that_windows_and_macos_keep_apart(season_folder: Path) -> None:
    names = list(bytes_below(season_folder))
    parts = {part for name in names for part in name.split("/")}

    assert [part for part in parts if set(part) & set('<>:"\\|?*') or part.endswith((".", " "))] == []
    assert [part for part in parts if part.partition(".")[0].lower() in RESERVED] == []
    assert len({name.casefold() for name in names}) == len(names)
