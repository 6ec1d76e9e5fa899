from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plaudit.archive.check import check
from plaudit.archive.reader import archive_folder, records
from tests.fetch.fetching import make, offer
from tests.fetch.parrot import Parrot, ParrotServer, spoken
from tests.some import some

if TYPE_CHECKING:
    from typing import Any

ROOT = Path(__file__).parents[2]
ROUNDS = int(os.environ.get("PLAUDIT_KILL_ROUNDS", "3"))
"""How often a fetch is killed."""
ACCOUNTS = 40
ASKS = ACCOUNTS * 4


def _artists() -> str:
    return "".join(
        f'\n[[artist]]\nid = "a{number}"\nnames = {{ en = "A {number}" }}\nkind = "person"\n'
        f'accounts = [{{ platform = "parrot", account = "a{number}" }}]\n'
        for number in range(ACCOUNTS)
    )


def _killed_after(season: Path, answers: int, later_seconds: float) -> tuple[list[int], int]:
    """Fetch until so many answers are kept, then kill; give the leaves that it said and how it ended."""
    command = [sys.executable, "-m", "tests.fetch.asker", str(season)]
    said: list[int] = []
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(int(line))
            if len(said) == answers:
                time.sleep(later_seconds)
                process.kill()
        return said, process.wait()


@pytest.mark.kill
def test_a_killed_fetch_loses_nothing_and_asks_nothing_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(monkeypatch, Parrot())
    chance, kept = random.Random(16), set[int]()

    def say(path: str, query: dict[str, str], times: int) -> tuple[int, Any]:
        time.sleep(0.001)
        return spoken(path, query, times)

    with ParrotServer(say) as server:
        season = make(tmp_path / "s", server.url, **{'every = "6h"': 'every = "7d"', "2018-06-30": "2099-12-31"})
        (season / "artists.toml").write_text(_artists(), "utf-8")
        for _ in range(ROUNDS):
            most = max(1, 2 * ASKS // (ROUNDS + 1))
            said, _ = _killed_after(season, chance.randint(1, most), chance.random() / 200)
            kept |= set(said)
            there = {placed.record.leaf for placed in records(archive_folder(season), "parrot-live")}
            assert kept <= there
        said, ended = _killed_after(season, -1, 0.0)

    assert ended == 0
    found = check(archive_folder(season))
    assert found is not None
    assert (found.records, found.beyond, found.torn) == (ASKS, 0, {})
    asked = Counter(placed.record.ask.url for placed in records(archive_folder(season), "parrot-live"))
    assert {url: times for url, times in some(asked.items()) if times != 1} == {}
