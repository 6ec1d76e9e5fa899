"""Two seasons on real readings, and figures that anybody can look up in their files."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from plaudit.base.weeks import instant_text
from plaudit.cli.main import app
from plaudit.store.evidence import Evidence
from tests.made import made_once

if TYPE_CHECKING:
    from collections.abc import Callable

Row = dict[str, Any]
Tables = dict[str, list[Row]]
EXPLAINED = {
    "subscribers-2020-2024": ("--week", "2021-05-17", "--explain", "bts"),
    "blackpink-2021": ("--rule", "followers-own@1", "--week", "2021-09-06", "--explain", "lisa"),
}
"""What is asked of `plaudit chart`."""
EXAMPLES = Path(__file__).parents[2] / "examples"

pytestmark = pytest.mark.slow


def made(name: str, folder: Path) -> Tables:
    """Give the tables of an example up to its charts."""
    season = folder / name
    shutil.copytree(EXAMPLES / name, season, ignore=shutil.ignore_patterns("evidence", "published", "keys"))
    for verb in ("collect", "measure", "chart"):
        done = CliRunner().invoke(app, [verb, str(season)])
        assert done.exit_code == 0, done.output
    tables = Evidence(season / "evidence")
    kinds = ("growth", "bursts", "milestones", "first_hours", "entries")
    found = {kind: tables.to_rows(tables.read(kind)) for kind in kinds}
    told = CliRunner().invoke(app, ["chart", str(season), *EXPLAINED[name], "--json"])
    assert told.exit_code == 0, told.output
    return found | {"explained": [json.loads(told.stdout)]}


@pytest.fixture(scope="module")
def subscribers(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return made_once(tmp_path_factory, "subscribers", lambda folder: made("subscribers-2020-2024", folder))


@pytest.fixture(scope="module")
def blackpink(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return made_once(tmp_path_factory, "blackpink", lambda folder: made("blackpink-2021", folder))


def of(artist: str, span: str, metric: str = "subscribers") -> Callable[[Row], bool]:
    return lambda row: (row["artist"], row["span"], row["metric"]) == (artist, span, metric)


def by_start(rows: list[Row], artist: str, span: str, metric: str = "subscribers") -> dict[str, Row]:
    return {row["starts_on"]: row for row in filter(of(artist, span, metric), rows)}


def test_subscribers_are_those_of_the_file_and_their_growth_is_an_interval(subscribers: Tables) -> None:
    bts, blackpink = (by_start(subscribers["growth"], name, "week") for name in ("bts", "blackpink"))
    swift = by_start(subscribers["growth"], "taylor-swift", "day")

    assert (bts["2021-05-17"]["value"], bts["2021-05-24"]["value"]) == (50_300_000, 50_900_000)
    assert [bts["2021-05-24"][key] for key in ("change", "least", "most")] == [600_000, 500_001, 699_999]
    assert blackpink["2022-09-05"]["value"] == 80_600_000
    assert (swift["2022-12-31"]["value"], swift["2023-12-31"]["value"]) == (50_500_000, 55_900_000)


def test_bts_and_blackpink_grew_little_by_little(subscribers: Tables) -> None:
    days = {name: by_start(subscribers["growth"], name, "day") for name in ("bts", "blackpink")}

    assert [min(known) for known in days.values()] == ["2020-12-09", "2020-11-30"]
    assert {
        name: [known[f"{year}-12-31"]["value"] for year in (2020, 2021, 2022, 2023)] for name, known in days.items()
    } == {
        "bts": [42_900_000, 62_500_000, 72_900_000, 77_200_000],
        "blackpink": [55_100_000, 71_000_000, 83_600_000, 92_500_000],
    }


def test_fifty_millions_have_the_span_in_which_they_were_passed(subscribers: Tables) -> None:
    fifty = {
        row["artist"]: (instant_text(row["below_at"]), instant_text(row["reached_at"]))
        for row in subscribers["milestones"]
        if row["milestone"] == 50_000_000
    }

    assert fifty == {
        "bts": ("2021-05-21T03:45:58Z", "2021-05-21T09:21:08Z"),
        "ariana-grande": ("2021-10-16T13:29:02Z", "2021-10-28T11:22:13Z"),
        "ed-sheeran": ("2021-11-10T13:54:00Z", "2021-11-13T01:40:48Z"),
        "eminem": ("2021-11-24T09:23:31Z", "2021-12-02T19:40:35Z"),
        "taylor-swift": ("2022-11-14T13:38:48Z", "2022-11-16T16:49:24Z"),
        "billie-eilish": ("2024-05-17T19:34:29Z", "2024-05-18T04:42:19Z"),
    }


def test_a_fall_of_25_million_and_its_return_crown_and_sink_nobody(subscribers: Tables) -> None:
    rihanna = by_start(subscribers["growth"], "rihanna", "week")
    first = {
        week: {row["artist"] for row in subscribers["entries"] if row["week"] == week and row["position"] == 1}
        for week in ("2022-11-21", "2022-11-28")
    }
    returned = [row for row in subscribers["entries"] if (row["artist"], row["week"]) == ("rihanna", "2022-11-28")]

    told = [[rihanna[week][key] for key in ("change", "gain", "fell", "recovered")] for week in first]
    assert told == [[-25_600_000, 100_000, True, False], [25_700_000, 0, False, True]]
    assert first == {"2022-11-21": {"bts"}, "2022-11-28": {"bts", "blackpink"}}
    assert [row["flags"] for row in returned] == ["subscribers_addition recovered:1 grain:100000"]
    assert [row["first_on"] for row in subscribers["bursts"] if row["artist"] == "rihanna"] == ["2022-10-28"]


def test_explain_tells_of_the_weeks_days_bursts_and_milestones(subscribers: Tables, blackpink: Tables) -> None:
    (bts,), (lisa,) = subscribers["explained"], blackpink["explained"]

    assert [row["starts_on"] for row in bts["growth"] if row["span"] == "day"] == [
        f"2021-05-{day}" for day in range(17, 24)
    ]
    assert [row["milestone"] for row in bts["milestones"]] == [50_000_000]
    assert [row["first_on"] for row in bts["bursts"]] == ["2021-05-21"]
    assert {row["events"] for row in lisa["bursts"]} == {"lalisa"}


def test_what_the_grain_cannot_tell_apart_shares_a_position(subscribers: Tables) -> None:
    first: dict[str, int] = {}
    for row in subscribers["entries"]:
        first[row["week"]] = first.get(row["week"], 0) + (row["position"] == 1)

    assert (len(first), sum(number > 1 for number in first.values())) == (213, 89)


def test_a_video_is_followed_from_its_first_minutes(blackpink: Tables) -> None:
    ages = {
        (row["post"], row["hours"]): (row["value"], instant_text(row["read_at"])) for row in blackpink["first_hours"]
    }

    assert ages["CKZvWhCqx1s", 0] == (10_407_960, "2021-03-12T09:21:25Z")
    assert ages["CKZvWhCqx1s", 24] == (44_109_307, "2021-03-13T09:04:14Z")
    assert ages["K9_VFxzCuQ0", 0] == (41_019, "2021-04-04T15:01:49Z")
    assert ages["K9_VFxzCuQ0", 24] == (14_658_205, "2021-04-05T14:53:30Z")


def test_followers_of_a_group_and_its_members_are_those_of_the_file(blackpink: Tables) -> None:
    weeks = {
        name: by_start(blackpink["growth"], name, "week", "followers")["2021-09-06"]
        for name in ("lisa", "blackpink", "jisoo")
    }

    assert {name: (row["value"], row["change"]) for name, row in weeks.items()} == {
        "lisa": (59_379_029, 696_417),
        "blackpink": (41_144_192, 298_051),
        "jisoo": (46_046_972, 441_452),
    }
    assert {row["rises_only"] for row in blackpink["growth"]} == {True}


def test_days_that_nobody_read_are_gaps_and_what_came_after_belongs_to_all_of_them(blackpink: Tables) -> None:
    rose = by_start(blackpink["growth"], "rose", "day", "followers")

    assert not {"2021-03-19", "2021-03-20"} & {*rose}
    assert (rose["2021-03-18"]["days"], rose["2021-03-21"]["days"]) == (1, 3)


def test_a_burst_stands_beside_the_release_of_its_day(blackpink: Tables) -> None:
    found = {(row["artist"], row["metric"]): row for row in blackpink["bursts"] if row["events"] == "lalisa"}

    assert {key[0] for key in found} >= {"lisa", "blackpink"}
    lisa = found["lisa", "followers"]
    assert (lisa["first_on"], lisa["gain"], lisa["median"]) == ("2021-09-10", 220_578, 59_560)
    assert "instagram/CTpIWEhvXrS" in lisa["posts"]


def test_the_rule_says_whether_members_count_for_their_group(blackpink: Tables) -> None:
    first = {
        rule: {row["artist"] for row in blackpink["entries"] if row["chart"] == rule and row["position"] == 1}
        for rule in ("followers-own@1", "followers-group@1")
    }
    week = {
        row["artist"]: row["points"]
        for row in blackpink["entries"]
        if (row["chart"], row["week"]) == ("followers-group@1", "2021-09-06")
    }

    assert first == {"followers-own@1": {"lisa", "jennie", "jisoo", "rose"}, "followers-group@1": {"blackpink"}}
    assert week["blackpink"] > 500_000  # its own and those of all four, of twice the members' together
