"""Every forged season is refused, with exit 6 and the place named; every season it began with verifies."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.forgeries.corpus import LIES, OPEN, OPEN_TO_SECOND, WHO, Lie, publish, words
from tests.forgeries.seasons import BASES
from tests.verifier.second import verify as second

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.commands import Plaudit, Said

SPEC = Path(__file__).parents[2] / "docs" / "spec"
SEASONS = [lie for lie in LIES if not (lie.verifies or lie.told or "--pages" in lie.options)]
"""The lies that a verifier of seasons can refuse, who reads neither receipts nor pages."""


def headings(page: Path) -> set[str]:
    """Give what a link may point at in a page: its headings, and the words in bold that begin a paragraph."""
    found = re.findall(r"(?m)^#+ (.+)$|^(?:- |\d+\. )?\*\*(.+?)\.?\*\*", page.read_text("utf-8"))
    return {re.sub(r"[^a-z0-9]+", "-", (title or bold).lower()).strip("-") for title, bold in found}


def is_refused(lie: Lie, said: Said) -> bool:
    """Say whether a lie is refused by its place, or named as unchecked where nobody could refuse it."""
    if not lie.told:
        return said.code == 6 and lie.named in said.err
    return said.code == 0 and any(lie.named in line for line in said.err.splitlines() if "not checked" in line)


@pytest.mark.parametrize("base", BASES)
def test_an_honest_season_verifies_as_it_is_published(
    base: str, honest: Callable[[str], Path], plaudit: Plaudit, tmp_path: Path
) -> None:
    folder = publish(shutil.copytree(honest(base), tmp_path / "season"))
    said = plaudit("verify", folder, *(["--pages"] if base == "pages" else []))

    assert said.code == 0, said.err
    assert said.out.startswith("verified")


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.id)
def test_a_forged_season_is_refused_and_the_place_is_named(
    lie: Lie, honest: Callable[[str], Path], forged: Callable[[Lie], Path], plaudit: Plaudit
) -> None:
    folder = forged(lie)
    asked: list[str | Path] = [folder / lie.verifies, *words(lie, honest(lie.base), folder)]
    if lie.id in OPEN:
        try:
            said = plaudit("verify", *asked)
        except Exception:  # noqa: BLE001 - an open lie may end in a traceback, too
            return
        assert not is_refused(lie, said), f"it is refused now: take {lie.id} off open.toml"
        return

    said = plaudit("verify", *asked)

    assert is_refused(lie, said), f"exit {said.code}: {said.err}{said.out}"


@pytest.mark.parametrize("lie", SEASONS, ids=lambda lie: lie.id)
def test_the_second_verifier_refuses_a_forged_season(
    lie: Lie, honest: Callable[[str], Path], forged: Callable[[Lie], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = forged(lie)
    code = second.main([str(folder), *words(lie, honest(lie.base), folder)])
    said = capsys.readouterr().out

    if lie.id in OPEN_TO_SECOND:
        assert code != 6, f"it is refused now: take {lie.id} off second.toml: {said}"
    else:
        assert code == 6, said
        assert re.search(r"(?m)^refused: [^:]+: ", said)


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.id)
def test_a_lie_says_what_it_claims_who_can_tell_it_and_which_clause_it_breaks(lie: Lie) -> None:
    page, _, clause = lie.breaks.partition("#")

    assert lie.base in BASES
    assert lie.who in WHO
    assert lie.named
    assert lie.claims.endswith(".")
    assert clause in headings(SPEC / page)


def test_every_open_lie_is_in_the_corpus() -> None:
    assert {*OPEN, *OPEN_TO_SECOND} <= {lie.id for lie in LIES}
    assert all({**OPEN, **OPEN_TO_SECOND}.values())


def test_the_corpus_is_not_lost() -> None:
    assert len(LIES) >= 200
