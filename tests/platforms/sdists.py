"""Source distributions whose tests hold what real servers answered: fetched once by pip, kept outside the tree."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

HERE = Path(__file__).parent
KEPT = Path(os.environ.get("PLAUDIT_TEST_CACHE") or Path.home() / ".cache" / "plaudit-tests")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def sdist(name: str) -> Path:
    """Give the unpacked source distribution of that name, at the version and hash of sdists.txt."""
    line = next(line for line in (HERE / "sdists.txt").read_text("utf-8").splitlines() if line.startswith(f"{name}=="))
    stem = f"{name.lower().replace('.', '_')}-{line.split()[0].partition('==')[2]}"
    folder = KEPT / stem
    if not folder.is_dir():
        KEPT.mkdir(parents=True, exist_ok=True)
        archive = downloaded(line, stem)
        with tarfile.open(archive) as tar:
            tar.extractall(KEPT / "part" / f"{os.getpid()}", filter="data")
        (KEPT / "part" / f"{os.getpid()}" / stem).rename(folder)
    return folder


def downloaded(line: str, stem: str) -> Path:
    fetched(line, stem, ("--no-binary", ":all:"))
    return KEPT / f"{stem}.tar.gz"


@cache
def wheel(name: str) -> Path:
    """Give the wheel of that name, at the version and hash of wheels.txt."""
    line = next(line for line in (HERE / "wheels.txt").read_text("utf-8").splitlines() if line.startswith(f"{name}=="))
    stem = f"{name}-{line.split()[0].partition('==')[2]}"
    if not list(KEPT.glob(f"{stem}-*.whl")):
        KEPT.mkdir(parents=True, exist_ok=True)
        fetched(line, stem, ("--only-binary", ":all:"))
    return next(KEPT.glob(f"{stem}-*.whl"))


def fetched(line: str, stem: str, kind: tuple[str, str]) -> None:
    wanted = KEPT / f"{stem}.txt"
    wanted.write_text(line + "\n", "utf-8")
    command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--require-hashes", *kind]
    command += ["-r", str(wanted), "-d", str(KEPT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        problem = f"{stem} cannot be fetched: {done.stderr.strip()[-300:]}"
        if os.environ.get("CI"):
            pytest.fail(problem)
        pytest.skip(problem)


@cache
def interactions(path: Path) -> list[dict[str, Any]]:
    """Give what a cassette recorded: requests with their responses."""
    document = yaml.load(path.read_text("utf-8"), Loader=LOADER)
    return list(document.get("interactions") or document.get("connections") or ())
