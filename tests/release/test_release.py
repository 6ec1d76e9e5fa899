"""Weeks released one by one, corrected in the open."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn, RuleFrozen, RuleInvalid, UnknownName
from plaudit.base.weeks import to_instant
from plaudit.release.correct import correct
from plaudit.release.late import late
from plaudit.release.log import LOG
from plaudit.release.release import shelf_of
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify_releases
from tests.release.weekly import (
    AFTER,
    CHART,
    LATER,
    at_once,
    come_late,
    entries,
    released,
    row,
    write_rows,
    write_season,
)
from tests.some import some

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

FIRST, SECOND, THIRD = "2026-01-02", "2026-01-09", "2026-01-16"


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_released_weeks_are_those_of_a_whole_run(season: Path, tmp_path: Path) -> None:
    shelf = shelf_of(read_season(season))

    made = {week: entries(shelf.latest(CHART, week)) for week in some(shelf.weeks(CHART))}

    assert made == at_once(season, tmp_path / "once")


def test_a_released_week_never_changes(season: Path) -> None:
    before = files_of(season / "releases")
    come_late(season)

    again = [released(season, AFTER), released(season, AFTER, week=FIRST)]

    assert again == [[], []]
    assert files_of(season / "releases") == before


def test_weeks_released_at_their_hours_hold_what_they_hold_when_released_later(season: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    write_season(again)
    for name in ("a", "b"):
        (again / "data" / f"{name}.jsonl").write_bytes((season / "data" / f"{name}.jsonl").read_bytes())
    (again / "keys").mkdir(mode=0o700)
    for key in (season / "keys").iterdir():
        (again / "keys" / key.name).write_bytes(key.read_bytes())
        (again / "keys" / key.name).chmod(0o600)

    for day in (10, 17, 24):
        released(again, to_instant(datetime(2026, 1, day, tzinfo=UTC)))

    names = {
        name for name in files_of(season / "releases") if not name.endswith((".note", ".json")) and LOG not in name
    }
    once, twice = files_of(season / "releases"), files_of(again / "releases")
    assert {name: twice.get(name) for name in some(sorted(names))} == {name: once[name] for name in sorted(names)}


def test_a_late_reading_is_listed_and_moves_nobody(season: Path) -> None:
    before = files_of(season / "releases")
    come_late(season)

    (found,) = late(read_season(season), CHART)

    told = [(one["post"], one["metric"], one["value"]) for one in found.came]
    assert told == [("p2", "likes", 1), ("p2", "views", 7000)]
    assert found.moved == [{"artist": "ann", "from": 1, "to": 2}, {"artist": "bob", "from": 2, "to": 1}]
    assert files_of(season / "releases") == before


def test_a_correction_says_why_and_whom_it_moves_and_keeps_what_was(corrected: Path, tmp_path: Path) -> None:
    season = read_season(corrected)
    shelf = shelf_of(season)
    first, second = shelf.release(CHART, FIRST, 1), shelf.release(CHART, FIRST, 2)

    told = second.stated["correction"]

    assert (told["because"], told["replaces"]) == ("the crawler was asleep", first.cited)
    assert told["moved"] == [{"artist": "ann", "from": 1, "to": 2}, {"artist": "bob", "from": 2, "to": 1}]
    assert [one["artist"] for one in entries(first)] == ["ann", "bob"]
    numbers = {week: shelf.numbers(CHART, week) for week in shelf.weeks(CHART)}
    assert numbers == {FIRST: [1, 2], SECOND: [1, 2], THIRD: [1, 2]}
    wanted = at_once(corrected, tmp_path / "once")
    assert {week: entries(shelf.latest(CHART, week)) for week in some(shelf.weeks(CHART))} == wanted
    assert late(season, CHART) == []


def test_a_correction_of_nothing_is_refused_and_leaves_nothing(season: Path) -> None:
    before = files_of(season / "releases")

    with pytest.raises(OutOfTurn, match="nothing to correct"):
        correct(read_season(season), CHART, SECOND, "why not", LATER)

    assert files_of(season / "releases") == before


def test_a_week_is_not_released_before_its_hour_nor_out_of_turn(tmp_path: Path) -> None:
    write_season(tmp_path)
    write_rows(tmp_path, "a", [row("p1", "ann", f"2026-01-{day:02}", 10 * day) for day in range(1, 24)])

    with pytest.raises(OutOfTurn, match="released at 2026-01-10T00:00:00Z"):
        released(tmp_path, to_instant(datetime(2026, 1, 9, 23, tzinfo=UTC)), week=FIRST)
    with pytest.raises(OutOfTurn, match="2026-01-02 comes before 2026-01-09"):
        released(tmp_path, AFTER, week=SECOND)
    with pytest.raises(UnknownName, match="no week '2026-01-03'"):
        released(tmp_path, AFTER, week="2026-01-03")

    assert not (tmp_path / "releases").exists()


def test_a_rule_that_changed_releases_nothing_more(season: Path) -> None:
    rule = season / "rules" / f"{CHART}.toml"
    rule.write_text(rule.read_text("utf-8").replace("positions = 10", "positions = 11"), "utf-8")

    with pytest.raises(RuleFrozen, match="cited by the release of 2026-01-16"):
        released(season, AFTER)


def test_a_log_left_behind_follows_the_notes(season: Path) -> None:
    checkpoint = (season / "releases" / LOG / "checkpoint").read_bytes()
    for path in sorted((season / "releases" / LOG).rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()

    released(season, AFTER)

    assert (season / "releases" / LOG / "checkpoint").read_bytes() == checkpoint


def test_a_given_history_is_counted_on_and_marked(tmp_path: Path) -> None:
    history = 'history = { file = "history.csv", source = "the weekly of old" }'
    write_season(tmp_path, last_on="2026-01-08", history=history)
    (tmp_path / "history.csv").write_text("artist,peak,weeks_on_chart,weeks_at_no_1\nbob,1,30,4\n", "utf-8")
    days = [f"2026-01-{day:02}" for day in range(1, 10)]
    write_rows(tmp_path, "a", [row("p1", "ann", day, 1000 + 100 * number) for number, day in enumerate(days)])
    write_rows(tmp_path, "b", [row("p2", "bob", day, 5000 + 90 * number) for number, day in enumerate(days)])

    (made,) = released(tmp_path, AFTER)

    ann, bob = entries(made)
    told = ("peak", "weeks_on_chart", "weeks_at_no_1", "last_week", "status", "flags")
    assert [ann[key] for key in told] == [1, 1, 1, None, "debut", ""]
    assert [bob[key] for key in told] == [1, 31, 4, None, "re-entry", "history_given"]
    verify_releases(tmp_path)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("bob,2,30,4", "contradict each other"),
        ("bob,1,x,4", "are not three whole numbers"),
        ("eve,1,2,1", "'eve' is no artist"),
    ],
)
def test_a_given_history_that_cannot_be_is_refused(tmp_path: Path, line: str, says: str) -> None:
    write_season(tmp_path, history='history = { file = "history.csv", source = "the weekly of old" }')
    (tmp_path / "history.csv").write_text(f"artist,peak,weeks_on_chart,weeks_at_no_1\n{line}\n", "utf-8")

    with pytest.raises(RuleInvalid, match=says):
        released(tmp_path, AFTER)


def test_published_files_carry_both_what_was_and_what_is(corrected: Path) -> None:
    season = read_season(corrected)
    pipeline.run(season, Evidence(season.evidence))
    folder = season.published / "charts" / CHART

    week = json.loads((folder / f"{FIRST}.json").read_text("utf-8"))

    assert [(one["release"], one["because"]) for one in week["releases"]] == [(1, ""), (2, "the crawler was asleep")]
    assert [entry["artist"] for entry in week["entries"]] == ["bob", "ann"]
    assert (folder / "superseded.csv").read_text("utf-8").splitlines()[1].startswith(f"{CHART},{FIRST},1,1,ann,")
    assert len((folder / "releases.csv").read_text("utf-8").splitlines()) == 7


def test_a_released_week_is_published_at_once_as_the_whole_season_publishes_it(corrected: Path) -> None:
    paths = sorted((corrected / "published" / "charts" / CHART).iterdir())
    at_release = {path.name: path.read_bytes() for path in paths}
    season = read_season(corrected)

    pipeline.run(season, Evidence(season.evidence))

    assert list(at_release) == [f"{week}.json" for week in (FIRST, SECOND, THIRD)]
    assert {name: (paths[0].parent / name).read_bytes() for name in at_release} == at_release
