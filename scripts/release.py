"""Make a release: sdist, wheel, their digests and the notes, each checked, in build/release/.

    python scripts/release.py            what `make release` runs
    python scripts/release.py --draft    the same of a version that the changelog calls unreleased

The same commit gives the same bytes. Nothing is uploaded and no tag is set: docs/how-to/release.md says what follows.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = Path(__file__).resolve().parents[1]
INTO = ROOT / "build" / "release"
BESIDE = ("CHANGELOG.md", "LICENSE", "README.md", "pyproject.toml")
"""What an sdist holds besides the package and what builds it."""


def main(argv: Sequence[str] | None = None) -> None:
    """Build, check, and say where it lies."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--draft", action="store_true", help="take a version that the changelog calls unreleased")
    draft = parser.parse_args(argv).draft
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    notes = notes_of(version, (ROOT / "CHANGELOG.md").read_text("utf-8"), draft=draft)
    tracked = tracked_files()
    shutil.rmtree(INTO, ignore_errors=True)
    INTO.mkdir(parents=True)
    build(INTO)
    wheel, sdist = (one(INTO, pattern) for pattern in (f"plaudit-{version}-*.whl", f"plaudit-{version}.tar.gz"))
    check_wheel(wheel, version, tracked)
    check_sdist(sdist, version, tracked)
    (INTO / "notes.md").write_text(notes, "utf-8")
    sums = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in (sdist, wheel)]
    (INTO / "SHA256SUMS").write_text("".join(sums), "utf-8")
    for path in sorted(INTO.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")  # noqa: T201


def notes_of(version: str, changelog: str, *, draft: bool = False) -> str:
    """Give a version's part of the changelog.

    Raises
    ------
    SystemExit : there is none, it is empty, or it is not dated and this is no draft.
    """
    found = re.search(rf"(?ms)^## {re.escape(version)}, (\S+)\n(.*?)(?=^## |\Z)", changelog)
    if not found or not found[2].strip():
        sys.exit(f"CHANGELOG.md has nothing under '## {version}, DATE'; write down what changes for users")
    if not draft and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", found[1]):
        sys.exit(f"CHANGELOG.md calls {version} {found[1]}; write the day of the release there, or pass --draft")
    return f"# Plaudit {version}\n\n{found[2].strip()}\n"


def tracked_files() -> set[str]:
    """Give the files of the commit, and refuse a tree that is not the commit's."""
    changed = git("status", "--porcelain", "--", "src", *BESIDE)
    if changed:
        sys.exit(f"these files are not committed:\n{changed}")
    return set(git("ls-files").splitlines())


def git(*words: str) -> str:
    """Give what git says."""
    return subprocess.run(["git", *words], cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout  # noqa: S603, S607


def build(into: Path) -> None:
    """Build sdist and wheel; the commit's time is the time of every file, so that the bytes are the same anywhere."""
    timed = {**os.environ, "SOURCE_DATE_EPOCH": git("log", "-1", "--format=%ct").strip()}
    words = [sys.executable, "-m", "hatchling", "build", "--directory", str(into)]
    subprocess.run(words, cwd=ROOT, env=timed, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - this interpreter


def one(folder: Path, pattern: str) -> Path:
    """Give the one file that fits."""
    found = list(folder.glob(pattern))
    if len(found) != 1:
        sys.exit(f"{len(found)} files are {pattern} in {folder}")
    return found[0]


def check_wheel(path: Path, version: str, tracked: set[str]) -> None:
    """Refuse a wheel that holds more or less than the package, or says something else of itself."""
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        about = f"plaudit-{version}.dist-info"
        _refuse("wheel", {name for name in names if not name.startswith(about)}, _package(tracked))
        metadata = Parser().parsestr(wheel.read(f"{about}/METADATA").decode())
        entry = wheel.read(f"{about}/entry_points.txt").decode()
    if (metadata["Name"], metadata["Version"]) != ("plaudit", version):
        sys.exit(f"the wheel is of {metadata['Name']} {metadata['Version']}")
    if metadata["License-Expression"] != "Apache-2.0" or f"{about}/licenses/LICENSE" not in names:
        sys.exit("the wheel does not carry its licence")
    if metadata["Description-Content-Type"] != "text/markdown" or "# Plaudit" not in metadata.get_payload():
        sys.exit("the wheel does not carry the README")
    if "plaudit = plaudit.cli.main:main" not in entry:
        sys.exit("the wheel brings no command plaudit")


def check_sdist(path: Path, version: str, tracked: set[str]) -> None:
    """Refuse an sdist that holds more or less than what builds the package."""
    with tarfile.open(path) as sdist:
        names = {name.removeprefix(f"plaudit-{version}/") for name in sdist.getnames()}
    wanted = {f"src/{name}" for name in _package(tracked)} | {*BESIDE}
    _refuse("sdist", names - {"PKG-INFO", ".gitignore"}, wanted)


def _package(tracked: set[str]) -> set[str]:
    return {name.removeprefix("src/") for name in tracked if name.startswith("src/plaudit/")}


def _refuse(what: str, found: set[str], wanted: set[str]) -> None:
    if missing := sorted(wanted - found):
        sys.exit(f"the {what} lacks {missing[0]}" + (f" and {len(missing) - 1} more" if missing[1:] else ""))
    if extra := sorted(found - wanted):
        sys.exit(f"the {what} holds {extra[0]}, which is not in the commit")


if __name__ == "__main__":
    main()
