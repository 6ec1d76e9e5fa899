"""Seasons that are made once and copied: the template's, and the shipped examples'."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from plaudit import pipeline
from plaudit.cli.init import init
from plaudit.cli.simulate import simulate
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).parents[1] / "examples"


def run(folder: Path) -> Path:
    """Walk the whole line in a folder and give it."""
    season = read_season(folder)
    pipeline.run(season, Evidence(season.evidence))
    return folder


def example(name: str, folder: Path) -> Path:
    """Copy what stands in the repository of an example, and nothing that was made."""
    made = shutil.ignore_patterns("evidence", "published", "keys", "ballots")
    shutil.copytree(EXAMPLES / name, folder, ignore=made)
    return folder


def own_rule(folder: Path) -> None:
    """Let a season count by a rule of its own."""
    shipped = Path(pipeline.__file__).parent / "rulebook" / "files" / "one-a-day@1.toml"
    text = shipped.read_text("utf-8").replace('id = "one-a-day"', 'id = "own"')
    (folder / "rules" / "own@1.toml").write_text(text, "utf-8")
    season = folder / "season.toml"
    season.write_text(season.read_text("utf-8").replace("one-a-day@1", "own@1"), "utf-8")


@pytest.fixture(scope="session")
def made_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The season of `plaudit init`, with a rule of its own and an honour, run once. Copy it before changing it."""
    folder = tmp_path_factory.mktemp("template") / "my-award"
    init(folder)
    own_rule(folder)
    with (folder / "honours.csv").open("a", encoding="utf-8") as honours:
        honours.write("my-award,2025,north-seven,won,the press,N\n")
    return run(folder)


@pytest.fixture
def season_folder(made_template: Path, tmp_path: Path) -> Path:
    """A copy of the template's season, run."""
    return Path(shutil.copytree(made_template, tmp_path / "my-award"))


@pytest.fixture(scope="session")
def made_hottest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example hottest-100, run once."""
    return run(example("hottest-100", tmp_path_factory.mktemp("hottest") / "hottest-100"))


@pytest.fixture(scope="session")
def made_tweets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example tweets-2016, run once."""
    return run(example("tweets-2016", tmp_path_factory.mktemp("tweets") / "tweets-2016"))


@pytest.fixture(scope="session")
def made_social(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example top-social-artist-2018 with 20,000 synthetic ballots, run once."""
    folder = example("top-social-artist-2018", tmp_path_factory.mktemp("social") / "top-social-artist-2018")
    season = folder / "season.toml"
    text = re.sub(r"(?m)^ballots = \d+$", "ballots = 20000", season.read_text("utf-8"))
    season.write_text(re.sub(r"(?m)^voters = \d+$", "voters = 4000", text), "utf-8")
    simulate(folder)
    return run(folder)


def bytes_below(folder: Path, passed_over: Callable[[str], bool] = lambda _name: False) -> dict[str, bytes]:
    """Give every file's bytes, hidden ones too, by path below the folder."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not passed_over(name)}
