"""The calendar: each act at its hour and once, whoever stops the process, sets the clock or lets the machine sleep."""

from __future__ import annotations

import shutil
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from plaudit import pipeline
from plaudit.acts.acts import read_acts
from plaudit.base.errors import OutOfTurn, PlauditError, RuleInvalid
from plaudit.base.weeks import to_instant
from plaudit.cli.init import init
from plaudit.keep import acting, doing
from plaudit.keep.due import Due, due_acts
from plaudit.keep.keep import keep, keep_once
from plaudit.release.release import shelf_of
from plaudit.rulebook.season import read_season
from plaudit.verify.verify import verify
from tests.conftest import bytes_below
from tests.made import made_once

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.commands import Plaudit

HOUR = 3_600_000_000
CALENDAR = """
[release]
grace_hours = 12

[calendar]
nominate_at = 2026-01-16T13:00:00Z
audit_at = 2026-01-19T10:00:00Z
certify_at = 2026-01-19T12:00:00+01:00
"""
ACTS = ["nominate", "audit", "certify"]


def at(text: str) -> int:
    return to_instant(datetime.fromisoformat(text))


BEGIN, END = at("2026-01-01T00:00:00Z"), at("2026-01-21T00:00:00Z")


def calendared(folder: Path, lines: str = CALENDAR) -> Path:
    init(folder)
    with (folder / "season.toml").open("a", encoding="utf-8") as file:
        file.write(lines)
    return folder


class Clock:
    """A clock that moves when somebody sleeps, and tells acts that time, too."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, begin: int = BEGIN) -> None:
        self.instant = begin
        self.slept: list[int] = []
        monkeypatch.setattr(acting, "wall_clock", self.now)

    def now(self) -> int:
        return self.instant

    def sleep(self, microseconds: int) -> None:
        self.slept.append(microseconds)
        self.instant += max(microseconds, 1) * 60  # a test's minute is an hour


def heard(_due: Due, refused: PlauditError | None) -> None:
    assert refused is None, refused


def kept(folder: Path, clock: Clock) -> None:
    keep(folder, clock.now, clock.sleep, heard, lambda: None)


def acts(folder: Path) -> list[str]:
    found = read_acts(folder)
    return [act.act for act in found[1]] if found else []


@pytest.fixture(scope="session")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's season with a calendar, before anything was done."""
    return made_once(tmp_path_factory, "calendared", lambda folder: calendared(folder / "my-award"))


@pytest.fixture
def season(untouched: Path, tmp_path: Path) -> Path:
    return shutil.copytree(untouched, tmp_path / "my-award")


def test_a_season_keeps_itself_from_its_first_week_to_its_certificate(
    season: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(monkeypatch)

    kept(season, clock)

    assert acts(season) == ACTS
    held = read_acts(season)
    assert held is not None
    done_at = {act.act: act.at for act in held[1]}
    assert all(done_at[act] >= wanted for act, wanted in zip(ACTS, WANTED, strict=True))
    assert all(done_at[act] - wanted <= 2 * HOUR for act, wanted in zip(ACTS, WANTED, strict=True))
    assert shelf_of(read_season(season)).weeks("social-weekly@1") == ["2026-01-02", "2026-01-09"]
    assert max(clock.slept) <= 60_000_000
    assert verify(season).is_recomputed


WANTED = [at("2026-01-16T13:00:00Z"), at("2026-01-19T10:00:00Z"), at("2026-01-19T11:00:00Z")]


class Stopped(BaseException):
    """The process ends here."""


def test_whoever_is_stopped_at_any_moment_does_each_act_once(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, END)
    stops = Counter[str]()

    def stopping(name: str, real: Callable[..., object], *, is_after: bool) -> Callable[..., object]:
        def stop(*args: object, **keys: object) -> object:
            made = real(*args, **keys) if is_after else None
            stops[name] += 1
            if stops[name] <= 2:
                raise Stopped(name)
            return made if is_after else real(*args, **keys)

        return stop

    for name in ("release", "acted"):
        monkeypatch.setattr(doing, name, stopping(name, getattr(doing, name), is_after=name == "release"))
    for name in ("collect", "measure", "tell"):
        monkeypatch.setattr(pipeline, name, stopping(name, getattr(pipeline, name), is_after=True))
    for _round in range(30):
        try:
            keep_once(season, clock.now, heard)
        except Stopped:
            continue
        break

    assert sum(min(count, 2) for count in stops.values()) == 10
    assert acts(season) == ACTS
    assert [one.state for one in due_acts(read_season(season), END)] == ["done"] * 5
    assert verify(season).is_recomputed


def test_doing_all_again_changes_no_byte(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, END)
    first = keep_once(season, clock.now, heard)
    before = bytes_below(season)

    again = keep_once(season, clock.now, heard)

    assert [one.act for one in first.done] == ["release", "release", *ACTS]
    assert again.done == again.refused == ()
    assert bytes_below(season) == before


def test_a_clock_set_back_undoes_nothing_and_does_nothing_early(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, at("2026-01-16T14:00:00Z"))
    keep_once(season, clock.now, heard)
    assert acts(season) == ["nominate"]

    clock.instant = at("2025-12-31T00:00:00Z")
    assert keep_once(season, clock.now, heard).done == ()
    clock.instant = END
    keep_once(season, clock.now, heard)

    assert acts(season) == ACTS


def test_what_is_refused_holds_up_its_own_line_alone(season: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch, END)
    real = pipeline.collect

    def refusing(*args: object, **keys: object) -> object:
        raise OutOfTurn("not yet", "wait")

    monkeypatch.setattr(pipeline, "collect", refusing)
    heard_of: list[tuple[str, str]] = []

    found = keep_once(
        season, clock.now, lambda due, refused: heard_of.append((due.act, refused.what if refused else ""))
    )

    assert heard_of == [("release", ""), ("release", ""), ("nominate", "not yet")]
    assert [one.act for one in found.refused] == ["nominate"]
    assert [one.because for one in due_acts(read_season(season), END)][-1] == "audit comes first"
    monkeypatch.setattr(pipeline, "collect", real)
    keep_once(season, clock.now, heard)
    assert acts(season) == ACTS


def test_a_season_without_a_calendar_has_nothing_due(tmp_path: Path) -> None:
    with pytest.raises(OutOfTurn, match="the season has no calendar"):
        due_acts(read_season(calendared(tmp_path / "plain", "")), END)


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ("audit_at = 2026-01-19T10:00:00Z\ncertify_at = 2026-01-19T09:59:59Z", "certify_at lies before audit_at"),
        ("audit_at = 2026-01-19T08:59:59Z", "the audit is before the last window ends"),
        ("open_at = 2026-01-16T08:00:00Z", "nothing is opened"),
        ("reveals_itself = true", "reveals_itself and no reveal_at"),
        ("reveal_at = 2026-01-20T00:00:00Z", "reveal_at without reveals_itself"),
        ("audit_at = 2026-01-19T10:00:00", "audit_at"),
    ],
)
def test_a_calendar_that_cannot_be_kept_is_refused(tmp_path: Path, lines: str, told: str) -> None:
    folder = calendared(tmp_path / "wrong", f"\n[calendar]\n{lines}\n")

    with pytest.raises(RuleInvalid, match=told):
        read_season(folder)


def test_due_tells_what_is_done_what_is_late_and_what_waits(season: Path, plaudit: Plaudit) -> None:
    told = plaudit("due", season, "--now", "2026-01-16T13:12:00Z", "--json").value

    assert [(row["act"], row["state"]) for row in told] == [
        ("release", "due"),
        ("release", "due"),
        ("nominate", "due"),
        ("audit", "waits"),
        ("certify", "waits"),
    ]
    assert told[2]["because"] == "since 2026-01-16T13:00:00Z, 12 minutes ago"
    assert told[3]["because"] == "nominate comes first"
    words = plaudit("due", season, "--now", "2026-01-16T13:12:00Z").out
    assert "0 of 5 acts are done" in words


def test_keep_once_does_what_is_due_and_says_so(season: Path, plaudit: Plaudit) -> None:
    said = plaudit("keep", season, "--once", "--json")

    assert said.value == {
        "done": [
            "release social-weekly@1 2026-01-02",
            "release social-weekly@1 2026-01-09",
            "nominate",
            "audit",
            "certify",
        ],
        "refused": [],
        "next_at": None,
    }
    assert "done: certify" in said.err
