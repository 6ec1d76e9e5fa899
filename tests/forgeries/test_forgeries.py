"""Every forged season is refused, with exit 6 and the place named; every season it began with verifies."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.forgeries.corpus import LIES, OPEN, WHO, Lie, forge
from tests.forgeries.seasons import BASES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.commands import Plaudit

SPEC = Path(__file__).parents[2] / "docs" / "spec"


def headings(page: Path) -> set[str]:
    """Give what a link may point at in a page: its headings, and the words in bold that begin a paragraph."""
    found = re.findall(r"(?m)^#+ (.+)$|^(?:- )?\*\*(.+?)\.?\*\*", page.read_text("utf-8"))
    return {re.sub(r"[^a-z0-9]+", "-", (title or bold).lower()).strip("-") for title, bold in found}


def words(lie: Lie, folder: Path) -> list[str]:
    """Give the further words of the command; a voter has the log's key from elsewhere."""
    key = folder / "evidence" / "log" / "verifier.key"
    log_key = key.read_text("utf-8").strip() if key.is_file() else ""
    return [word.format(season=folder, log_key=log_key) for word in lie.options]


def is_refused(plaudit: Plaudit, lie: Lie, folder: Path) -> bool:
    """Say whether an open lie is refused by now; it may end in a traceback, too."""
    try:
        said = plaudit("verify", folder / lie.verifies, *words(lie, folder))
    except Exception:  # noqa: BLE001 - whatever the command does not catch
        return False
    return said.code == 6 and lie.named in said.err


@pytest.mark.parametrize("base", BASES)
def test_an_honest_season_verifies(base: str, honest: Callable[[str], Path], plaudit: Plaudit) -> None:
    said = plaudit("verify", honest(base), *(["--pages"] if base == "pages" else []))

    assert said.code == 0, said.err
    assert said.out.startswith("verified")


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.id)
def test_a_forged_season_is_refused_and_the_place_is_named(
    lie: Lie, honest: Callable[[str], Path], plaudit: Plaudit, tmp_path: Path
) -> None:
    folder = forge(lie, honest(lie.base), tmp_path / "season")
    if lie.id in OPEN:
        assert not is_refused(plaudit, lie, folder), f"take {lie.id} off open.toml: it is refused now"
        return

    said = plaudit("verify", folder / lie.verifies, *words(lie, folder))

    assert said.code == 6, said.err or said.out
    assert lie.named in said.err


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.id)
def test_a_lie_says_what_it_claims_who_can_tell_it_and_which_clause_it_breaks(lie: Lie) -> None:
    page, _, clause = lie.breaks.partition("#")

    assert lie.base in BASES
    assert lie.who in WHO
    assert lie.named
    assert lie.claims.endswith(".")
    assert clause in headings(SPEC / page)


def test_every_open_lie_is_in_the_corpus() -> None:
    assert set(OPEN) <= {lie.id for lie in LIES}
    assert all(OPEN.values())


def test_the_corpus_is_not_lost() -> None:
    assert len(LIES) >= 60
