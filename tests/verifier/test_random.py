"""Both verifiers say the same of seasons that nobody thought of, under every shipped counting rule.

200 seasons in the profile `ci`, in four parts, so that the cores share them. One takes
about 2.5 seconds of a processor: 1.5 to make, 1 to verify, and a twentieth for the second
verifier. Nearly all of it goes into building queries, so that fewer ballots do not help;
200 take about four minutes on two cores. Most nominate by name, because a chart doubles
the cost and does not depend on ballots. The steps that the first verifier takes again on
the bytes on which the run took them are remembered.
"""

from __future__ import annotations

import random
import shutil
import tempfile
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plaudit import pipeline
from plaudit.base.errors import NothingMade, TieUnresolved
from plaudit.cli.init import init
from plaudit.rulebook.library import RuleLibrary
from plaudit.verify.verify import verify as verified
from tests.conftest import run
from tests.forgeries.remembered import remembered
from tests.profiles import examples
from tests.verifier.second import verify

RULES = {
    cited.name: tomllib.loads(cited.path.read_text("utf-8")) for cited in RuleLibrary() if cited.kind == "counting"
}
NOMINEES = ("aurora-lane", "north-seven", "nobody-we-know")
SEASONS, PARTS = 200, 4
NO_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]  # what is remembered changes no answer
HOURS = range(-3, 100)
"""Hours after the first window opens; the last ones lie beyond the only window."""


NAMED = """\
[nomination]
rule = "named-list@1"
named = [{ nominee = "aurora-lane", source = "a test" }, { nominee = "north-seven", source = "a test" }]

"""


@pytest.fixture(scope="module")
def charted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the season that `plaudit init` makes, before it was run."""
    folder = tmp_path_factory.mktemp("random") / "season"
    init(folder)
    return folder


@pytest.fixture(scope="module")
def season(charted: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the same without charts; its nominees are named."""
    folder = shutil.copytree(charted, tmp_path_factory.mktemp("named") / "season")
    text = (folder / "season.toml").read_text("utf-8")
    chart, vote = text.index("[[chart]]"), text.index("[vote]")
    counts, votes = text.index("[[source]]"), text.index('[[source]]\nid = "ballots"')
    settings = text[:chart] + NAMED + text[vote:counts] + text[votes:]
    (folder / "season.toml").write_text(settings, "utf-8")
    (folder / "data" / "counts.csv").unlink()
    return folder


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the steps of a run serve the first verifier too, where it takes them on the same bytes."""
    for name in ("measure", "chart", "nominate", "audit", "tally", "check"):
        monkeypatch.setattr(pipeline, name, remembered(getattr(pipeline, name), name))


def ballots(rule: dict[str, Any], chance: random.Random) -> str:
    """Give a file of ballots in the rule's channels; some are void, some late, some cast at the instant of others."""
    channels = [one["id"] for one in rule["channel"] if one.get("counts", "ballots") == "ballots"]
    lines = ["ballot,channel,nominee,voter,cast_at,votes,gesture,tags,deleted,private,since"]
    for number in range(chance.randint(20, 120)):
        hour, minute = chance.choice(HOURS), chance.choice((0, 0, 30))
        day, hour = divmod(9 + hour, 24)
        since = chance.choice(("", "2020-05-01T00:00:00Z", "2026-01-10T00:00:00Z"))
        channel = chance.choice([*channels * 6, "another"])
        nominee = chance.choice([*NOMINEES[:2] * 4, NOMINEES[2]])
        votes, tags = chance.choice((1, 1, 1, 5, 60)), chance.choice((1, 1, 1, 2))
        flags = ",".join(chance.choice(("no", "no", "no", "yes")) for _ in range(2))
        gesture = chance.choice(("vote", "vote", "post", "repost", "quote"))
        at = f"2026-01-{16 + day:02}T{hour:02}:{minute:02}:00Z"
        lines.append(
            f"b{number},{channel},{nominee},voter-{chance.randint(0, 9)},{at},{votes},{gesture},{tags},{flags},{since}"
        )
    return "\n".join([*lines, ""])


def written(folder: Path, name: str, chance: random.Random) -> None:
    """Write a season under a rule: ballots in the channels that count them, totals in the others."""
    rule = RULES[name]
    others = [one["id"] for one in rule["channel"] if one.get("counts") == "totals"]
    text = (folder / "season.toml").read_text("utf-8").replace("one-a-day@1", name)
    head, _, _ = text.partition('[[source]]\nid = "ballots"')
    coverage = '\ncoverage = { from = 2026-01-15, to = 2026-01-20, sampling = "made up", synthetic = true }\n'
    columns = ["ballot", "channel", "nominee", "voter", "cast_at", "votes", "gesture", "tags"]
    named = ", ".join([*(f'{one} = "{one}"' for one in columns), 'is_deleted = "deleted"', 'is_private = "private"'])
    if len(others) < len(rule["channel"]):
        head += '[[source]]\nid = "ballots"\nkind = "ballots"\ntitle = "Made up"\nfiles = "data/ballots.csv"\n'
        head += f'columns = {{ {named}, account_created_at = "since" }}{coverage}'
        (folder / "data" / "ballots.csv").write_text(ballots(rule, chance), "utf-8")
    else:
        (folder / "data" / "ballots.csv").unlink()
    if others:
        head += '\n[[source]]\nid = "totals"\nkind = "totals"\ntitle = "Made up"\nfiles = "data/totals.csv"\n'
        head += 'columns = { channel = "channel", nominee = "nominee", votes = "votes", observed_at = "at" }' + coverage
        rows = [
            f"{channel},{nominee},{chance.randint(0, 9_999)},2026-01-{day}T12:00:00Z"
            for channel in others
            for nominee in NOMINEES
            for day in (16, 17, 20)
        ]
        (folder / "data" / "totals.csv").write_text("\n".join(["channel,nominee,votes,at", *rows, ""]), "utf-8")
    (folder / "season.toml").write_text(head, "utf-8")


def agree(season: Path, name: str, seed: int) -> None:
    """Make a season under a rule, and let both verifiers judge it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(shutil.copytree(season, Path(scratch) / "season"))
        written(folder, name, random.Random(seed))
        try:
            run(folder)
        except (TieUnresolved, NothingMade):
            return  # nothing was signed
        found = verified(folder)
        verify.checked[:] = []

        assert verify.main([str(folder)]) == 0
        assert found.certificate.statement["vote"]["rule"] == name


@pytest.mark.parametrize("part", range(PARTS))
@settings(max_examples=examples(SEASONS // PARTS), suppress_health_check=NO_CHECKS)
@given(name=st.sampled_from(sorted(RULES)), number=st.integers(0, 2**32))
def test_both_verifiers_believe_an_honest_season(season: Path, part: int, name: str, number: int) -> None:
    agree(season, name, PARTS * number + part)


@settings(max_examples=examples(8), suppress_health_check=NO_CHECKS)
@given(name=st.sampled_from(sorted(RULES)), seed=st.integers(0, 2**32))
def test_both_verifiers_believe_an_honest_season_with_charts(charted: Path, name: str, seed: int) -> None:
    agree(charted, name, seed)
