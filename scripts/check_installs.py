"""Check that the wheel works where others install it, and that each verifies what another made.

    python scripts/check_installs.py

Builds the wheel and installs it into empty environments: with the newest dependencies and nothing else, with the oldest
that pyproject.toml allows, and on the newest Python that this machine has or can fetch. Each makes a season, runs it
and verifies it. Then each verifies the seasons of the others.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
OLDEST_PYTHON = "3.11"
NEWER_PYTHONS = ("3.15", "3.14", "3.13", "3.12")  # the newest first
EXTRAS = ("serve", "site")


@dataclass(frozen=True)
class Environment:
    """A virtual environment with the wheel in it."""

    name: str
    folder: Path

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.folder / "bin" / "python"

    def plaudit(self, cwd: Path, *words: str) -> None:
        """Run a verb there, in a folder that holds no source of ours; what it says is shown if it fails."""
        ended = subprocess.run(
            [self.folder / "bin" / "plaudit", *words], cwd=cwd, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            sys.exit(
                f"{self.name}: plaudit {' '.join(words)} ended with {ended.returncode}\n{ended.stdout}{ended.stderr}"
            )


def uv(*words: str | Path) -> None:
    """Run uv, the one beside this Python first."""
    beside = Path(sys.executable).with_name("uv")
    found = str(beside) if beside.exists() else shutil.which("uv")
    if found is None:
        sys.exit("there is no uv; install it: pip install uv")
    subprocess.run([found, *words], check=True)


def newest_python(scratch: Path) -> str | None:
    """Give the newest Python that can be fetched, or that this machine has."""
    for version in NEWER_PYTHONS:
        fetched = scratch / "pythons"
        try:
            uv("python", "install", "--quiet", "--no-bin", "--install-dir", fetched, version)
        except subprocess.CalledProcessError:
            break  # the next would not be reached either
        return str(next(fetched.glob(f"*{version}*/bin/python{version}")))
    pyenv = sorted(Path("~/.pyenv/versions").expanduser().glob("3.*/bin/python"), key=_version)
    on_path = [path for version in NEWER_PYTHONS if (path := shutil.which(f"python{version}")) and _runs(path)]
    newer = [str(path) for path in reversed(pyenv) if f"3.{_version(path)[1]}" in NEWER_PYTHONS]
    return next(iter([*newer, *on_path]), None)


def _version(python: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", python.parents[1].name)]


def _runs(python: str) -> bool:
    return subprocess.run([python, "--version"], capture_output=True, check=False).returncode == 0


def bare(folder: Path, name: str, python: str, wheel: Path) -> Environment:
    """Install the wheel, the newest of what it needs, and no extra."""
    made = Environment(name, folder / name)
    uv("venv", "--quiet", "--no-project", "--python", python, made.folder)
    uv("pip", "install", "--quiet", "--python", made.python, wheel)
    return made


def oldest(folder: Path, wheel: Path) -> Environment:
    """Install the wheel and two extras with the oldest dependencies that pyproject.toml allows."""
    made, lowest = Environment("oldest", folder / "oldest"), folder / "oldest.txt"
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    old = ["--resolution", "lowest-direct", "--python-version", OLDEST_PYTHON]
    uv("pip", "compile", "--quiet", *extras, *old, "--output-file", lowest, ROOT / "pyproject.toml")
    uv("venv", "--quiet", "--no-project", "--python", OLDEST_PYTHON, made.folder)
    uv("pip", "install", "--quiet", "--python", made.python, "-r", lowest)
    uv("pip", "install", "--quiet", "--python", made.python, "--no-deps", wheel)
    return made


def main() -> None:
    """Run the check."""
    with tempfile.TemporaryDirectory(prefix="plaudit-installs-") as scratch_name:
        scratch = Path(scratch_name)
        uv("build", "--quiet", "--wheel", "--out-dir", scratch / "dist", ROOT)
        (wheel,) = (scratch / "dist").glob("*.whl")
        environments = [bare(scratch, "newest", OLDEST_PYTHON, wheel), oldest(scratch, wheel)]
        if python := newest_python(scratch):
            environments.append(bare(scratch, f"python-{_said(python)}", python, wheel))
        else:
            print(f"no Python newer than {OLDEST_PYTHON} can be had here: not checked")
        seasons = scratch / "seasons"
        seasons.mkdir()
        for one in environments:
            since = time.monotonic()
            for verb in ("init", "run", "verify"):
                one.plaudit(seasons, verb, one.name)
            print(f"{one.name}: init, run and verify in {time.monotonic() - since:.1f} s")
        for one in environments:
            for other in environments:
                if other is not one:
                    one.plaudit(seasons, "verify", other.name)
                    print(f"{one.name} verifies what {other.name} made")


def _said(python: str) -> str:
    return subprocess.run([python, "--version"], capture_output=True, text=True, check=True).stdout.split()[-1]


if __name__ == "__main__":
    main()
