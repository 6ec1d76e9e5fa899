"""plaudit init --after: the next edition of a certified season."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.cli.next_edition import moved
from plaudit.honour.honours import Honour, records
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit

pytestmark = pytest.mark.slow


def real(folder: Path) -> Path:
    """Let the season's sources be called real: what is made up adds no title."""
    text = (folder / "season.toml").read_text("utf-8")
    (folder / "season.toml").write_text(text.replace("synthetic = true", "synthetic = false"), "utf-8")
    return folder


@pytest.mark.parametrize("more", [(), ("--same-key",)])
def test_two_editions_make_a_streak(plaudit: Plaudit, tmp_path: Path, more: tuple[str, ...]) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    plaudit("init", first)
    real(first)
    assert plaudit("run", first, "--no-site").code == 0
    said = plaudit("init", second, "--after", first, *more)
    for path in (first / "data").iterdir():
        (second / "data").mkdir(exist_ok=True)
        (second / "data" / path.name).write_text(moved(path.read_text("utf-8")), "utf-8")

    assert said.code == 0
    assert "[[vote.window]]" in said.err
    assert plaudit("run", second, "--no-site").code == 0
    season = read_season(second)
    held = Evidence(season.evidence)
    rows = held.to_rows(held.read("honours"))
    assert {row["edition"] for row in rows} == {"2026", "2027"}
    assert season.edition == "2027"
    assert [path.name for path in (second / "certificates").iterdir()] == ["2026.note"]
    assert verify(second).is_recomputed
    (winner,) = [one for one in records(Honour(**row) for row in rows) if one.is_defending]
    assert (winner.titles, winner.current_streak) == (("2026", "2027"), 2)
    is_same = (first / "keys" / "signing.pem").read_bytes() == (second / "keys" / "signing.pem").read_bytes()
    assert is_same == bool(more)


def test_nothing_follows_a_season_without_a_certificate(plaudit: Plaudit, tmp_path: Path) -> None:
    plaudit("init", tmp_path / "first")
    said = plaudit("init", tmp_path / "second", "--after", tmp_path / "first")

    assert said.code != 0
    assert not (tmp_path / "second").exists()


def test_terms_and_texts_keep_their_dates() -> None:
    about = 'about = """\nfrom = 2026-01-02\n"""\n'
    text = f"{about}[source.terms]\nfrom = 2026-01-02\n[calendar]\nopen_at = 2026-01-02T09:00:00Z\n"

    assert moved(text) == text.replace("open_at = 2026-01-02", "open_at = 2027-01-01")
