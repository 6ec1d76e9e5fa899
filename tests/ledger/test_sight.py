"""Notes that are evidence are kept whole and all of them, whoever keeps them at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from plaudit.ledger.checkpoint import Checkpoint
from plaudit.ledger.sight import Sight, keep

if TYPE_CHECKING:
    from pathlib import Path


def sights(notes: int) -> list[Sight]:
    """Give different notes of one size."""
    checkpoint = Checkpoint("log.example", 7, bytes(32))
    return [Sight(f"note {number}\n" * 2_000, checkpoint) for number in range(notes)]


def test_notes_kept_at_the_same_moment_are_all_there_and_whole(tmp_path: Path) -> None:
    some = sights(5)
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(lambda sight: keep(sight, tmp_path / "evidence"), some * 12))

    kept = {path.name: path.read_text("utf-8") for path in (tmp_path / "evidence").iterdir()}
    assert sorted(kept.values()) == sorted(sight.note for sight in some)
    assert [kept[name] for name in names] == [sight.note for sight in some * 12]
    assert "fork-7.note" in kept
