"""One bit of any file of a season, and verify stops and names that file."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import EvidenceError
from plaudit.verify.verify import verify
from tests.conftest import bytes_below

if TYPE_CHECKING:
    from pathlib import Path

DERIVED = {
    *("weeks", "gains", "measures", "parts", "entries", "nominees"),
    *("suspects", "trials", "cases", "rulings", "totals", "voids", "result"),
    *("findings", "sensitivity", "chart_sensitivity", "honours"),
}


def flipped(path: Path, chance: random.Random) -> bytes:
    """Flip one bit of a file and give what it held before."""
    right = path.read_bytes()
    wrong = bytearray(right)
    wrong[chance.randrange(len(right))] ^= 1 << chance.randrange(8)
    path.write_bytes(wrong)
    return right


def is_cheap(name: str) -> bool:
    """Say whether verify stops at the file without recomputing."""
    is_made = name.removeprefix("evidence/").removesuffix(".parquet") in DERIVED
    return not is_made and (
        not name.startswith("published/") or name.startswith(("published/certificate.n", "published/v"))
    )


def kinds(names: list[str]) -> list[str]:
    """Give one name of each kind of the files that take a recount to check."""
    dear = {name.rpartition(".")[2] + name.split("/")[1].split(".")[0]: name for name in names if not is_cheap(name)}
    return [name for name in names if is_cheap(name)] + list(dear.values())


@pytest.mark.usefixtures("recounted_once")
@pytest.mark.parametrize("made", ["made_template", "made_hottest"])
def test_one_flipped_bit_of_any_file_is_found_and_the_file_is_named(
    made: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    folder = shutil.copytree(request.getfixturevalue(made), tmp_path / made)
    chance = random.Random(made)
    names = kinds([name for name in bytes_below(folder) if "keys/" not in name and not name.startswith(".")])
    if made == "made_hottest":  # what takes a recount is of the same kinds as the template's
        names = [name for name in names if is_cheap(name)]

    flips = 0
    for name in names:
        for _ in range(2 if is_cheap(name) else 1):
            path = folder / name
            if not path.stat().st_size:
                continue
            right = flipped(path, chance)
            wrong = path.read_bytes()
            with pytest.raises(EvidenceError) as caught:
                verify(folder)
            assert name.removeprefix("published/") in caught.value.what, (name, caught.value.what, wrong)
            assert caught.value.exit_code == 6
            path.write_bytes(right)
            flips += 1

    assert flips >= (40 if made == "made_template" else 16)


def test_no_bit_of_the_signed_files_can_change(season_folder: Path) -> None:
    published = season_folder / "published"
    chance = random.Random(5)
    for name in ("verifier.key", "certificate.note"):
        path = published / name
        size = path.stat().st_size
        for at in {0, size - 1, size - 2, size - 3, *(chance.randrange(size) for _ in range(60))}:
            right = path.read_bytes()
            for bit in range(8):
                path.write_bytes(right[:at] + bytes([right[at] ^ 1 << bit]) + right[at + 1 :])
                with pytest.raises(EvidenceError, match=r"certificate\.note|verifier\.key"):
                    verify(season_folder)
            path.write_bytes(right)


@pytest.mark.parametrize("table", ["readings.parquet", "ballots"])
def test_any_damage_to_a_table_is_told_and_never_a_crash(season_folder: Path, table: str) -> None:
    chance = random.Random(table)
    path = season_folder / "evidence" / table
    path = next(path.rglob("*.parquet")) if path.is_dir() else path
    for _ in range(2):
        right = flipped(path, chance)
        with pytest.raises(EvidenceError, match=path.name):
            verify(season_folder)
        path.write_bytes(right[: chance.randrange(len(right))])
        with pytest.raises(EvidenceError, match=path.name):
            verify(season_folder)
        path.write_bytes(right)
