"""The verbs release and correct, and verify before there is a certificate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.release.weekly import come_late

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit

pytestmark = pytest.mark.slow


def test_a_week_goes_from_release_to_correction_to_verify(plaudit: Plaudit, season: Path) -> None:
    again = plaudit("release", season, "--now", "2026-02-10T00:00:00Z")
    come_late(season)
    late = plaudit("release", season, "--late", "--week", "2026-01-02", "--json")
    made = plaudit("correct", season, "--week", "2026-01-02", "--because", "asleep", "--now", "2026-02-11T00:00:00Z")
    verified = plaudit("verify", season)

    assert (again.code, again.out) == (0, "")
    assert "every week is released" in again.err
    assert [(one["week"], len(one["came"])) for one in late.value] == [("2026-01-02", 2)]
    assert made.code == 0, made.err
    assert "week 2026-01-02, release 2: who moves" in made.out
    assert verified.code == 0, verified.err
    assert "6 releases of weeks, 3 corrections among them" in verified.err
    assert "released weeks verified; nothing is certified yet" in verified.out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["release", "--chart", "nobody@1"], 2, "no chart 'nobody@1'"),
        (["release", "--now", "yesterday"], 2, "is no instant with a zone"),
        (["correct", "--week", "2026-01-02", "--because", " "], 3, "says why it is made"),
        (["correct", "--week", "2027-01-01", "--because", "x"], 2, "is released"),
    ],
)
def test_what_cannot_be_done_is_told(plaudit: Plaudit, season: Path, words: list[str], code: int, says: str) -> None:
    said = plaudit(words[0], season, *words[1:])

    assert said.code == code
    assert says in said.err
