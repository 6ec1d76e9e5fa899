"""Seasons that are made once and copied: the template's, and the shipped examples'."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.made import made_once
from tests.profiles import load

if TYPE_CHECKING:
    from collections.abc import Callable

load()
TESTS = Path(__file__).parent
EXAMPLES = TESTS.parent / "examples"
SHIPPED = TESTS.parent / "src" / "plaudit" / "rulebook" / "files"
SEASONS = {"made_template", "made_hottest", "made_tweets", "made_social"}
HEAVY = {"spark", "browser", "kill", "rates"}
NOT_QUICK = (
    *(
        "cli/",
        "faults/",
        "forgeries/",
        "fuzz/",
        "publish/",
        "season/",
        "site/",
        "store/",
        "verify/",
        "web/",
        "audit/checks/",
    ),
    *("certify/test_seal", "collect/test_check", "collect/test_files", "collect/test_forms", "collect/test_posts"),
    *("collect/test_rows", "measure/test_faults", "verifier/test_random", "verifier/test_verify"),
)
"""Tests that walk a season, start a server or render pages."""


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what asks for Spark, what is not quick, and what stays in one process."""
    for item in items:
        asked = set(getattr(item, "fixturenames", ()))
        if "spark" in asked:
            item.add_marker("spark")
        marks = {mark.name for mark in item.iter_markers()}
        path = item.path.as_posix().rpartition("/tests/")[2]
        if asked & {*SEASONS, "engine"} or marks & HEAVY or path.startswith(NOT_QUICK):
            item.add_marker("slow")
        if marks & HEAVY:
            item.add_marker(pytest.mark.xdist_group(str(item.path)))


def run(folder: Path) -> Path:
    """Walk the whole line in a folder and give it."""
    from plaudit import pipeline  # here, since most tests need no engine
    from plaudit.rulebook.season import read_season
    from plaudit.store.evidence import Evidence

    season = read_season(folder)
    pipeline.run(season, Evidence(season.evidence))
    return folder


def example(name: str, folder: Path) -> Path:
    """Copy what stands in the repository of an example, and nothing that was made."""
    made = shutil.ignore_patterns("evidence", "published", "keys", "ballots", "vote", "demo*")
    shutil.copytree(EXAMPLES / name, folder, ignore=made)
    return folder


def own_rule(folder: Path) -> None:
    """Let a season count by a rule of its own."""
    text = (SHIPPED / "one-a-day@1.toml").read_text("utf-8").replace('id = "one-a-day"', 'id = "own"')
    (folder / "rules" / "own@1.toml").write_text(text, "utf-8")
    season = folder / "season.toml"
    season.write_text(season.read_text("utf-8").replace("one-a-day@1", "own@1"), "utf-8")


def template(folder: Path) -> Path:
    """Make the season of `plaudit init`, with a rule of its own and an honour, and run it."""
    from plaudit.cli.init import init

    init(folder)
    own_rule(folder)
    with (folder / "honours.csv").open("a", encoding="utf-8") as honours:
        honours.write("my-award,2025,north-seven,won,the press,N\n")
    return run(folder)


def sealed_template(folder: Path) -> Path:
    """Make the season of `plaudit init` under a rule of its own that seals the result, and run it."""
    from plaudit.cli.init import init

    init(folder)
    own_rule(folder)
    with (folder / "rules" / "own@1.toml").open("a", encoding="utf-8") as rule:
        rule.write('\n[intake]\nstandings = "sealed"\n')
    return run(folder)


def fewer_ballots(folder: Path) -> Path:
    """Make the example top-social-artist-2018 with 20,000 synthetic ballots, and run it."""
    from plaudit.cli.simulate import simulate

    season = example("top-social-artist-2018", folder) / "season.toml"
    text = re.sub(r"(?m)^ballots = \d+$", "ballots = 20000", season.read_text("utf-8"))
    season.write_text(re.sub(r"(?m)^voters = \d+$", "voters = 4000", text), "utf-8")
    simulate(folder)
    return run(folder)


@pytest.fixture(scope="session")
def made_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The season of `plaudit init`, with a rule of its own and an honour, run once. Copy it before changing it."""
    return made_once(tmp_path_factory, "template", lambda folder: template(folder / "my-award"))


@pytest.fixture
def season_folder(made_template: Path, tmp_path: Path) -> Path:
    """A copy of the template's season, run."""
    return Path(shutil.copytree(made_template, tmp_path / "my-award"))


@pytest.fixture(scope="session")
def made_hottest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example hottest-100, run once."""
    return made_once(tmp_path_factory, "hottest", lambda folder: run(example("hottest-100", folder / "hottest-100")))


@pytest.fixture(scope="session")
def made_tweets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example tweets-2016, run once."""
    return made_once(tmp_path_factory, "tweets", lambda folder: run(example("tweets-2016", folder / "tweets-2016")))


@pytest.fixture(scope="session")
def made_social(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example top-social-artist-2018 with 20,000 synthetic ballots, run once."""
    return made_once(tmp_path_factory, "social", lambda folder: fewer_ballots(folder / "top-social-artist-2018"))


def bytes_below(folder: Path, passed_over: Callable[[str], bool] = lambda _name: False) -> dict[str, bytes]:
    """Give every file's bytes, hidden ones too, by path below the folder."""
    files = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not passed_over(name)}
