"""What a source says of time, and the instant it means."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import RuleInvalid
from plaudit.base.weeks import to_instant
from plaudit.collect.times import as_instant
from plaudit.collect.values import Unusable
from plaudit.rulebook.time_forms import wrong_form
from tests.collect.collecting import COUNTERS, counts, row
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1526731200000000  # 2018-05-19T12:00:00Z
MOMENTS = st.integers(to_instant(datetime(1990, 1, 2, tzinfo=UTC)), to_instant(datetime(2099, 12, 30, tzinfo=UTC))).map(
    lambda instant: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("unix s", "1526731200"),
        ("unix s", "1526731200.0"),
        ("unix ms", "1526731200000"),
        ("unix us", "1526731200000000"),
        ("excel", "43239.5"),
        ("excel", "43239"),
        ("%a, %d %b %Y %H:%M:%S %Z", '"Sat, 19 May 2018 12:00:00 GMT"'),
        ("%d.%m.%Y %H:%M %Z", "19.05.2018 21:00 +09:00"),
        ("%a %b %d %Y %H:%M:%S %Z", "Sat May 19 2018 21:00:00 GMT+0900"),
        ("%Y-%m-%d %I:%M %p", "2018-05-19 12:00 PM"),
        ("%Y-%m-%dT%H:%M:%S%Z", "2018-05-19T12:00:00Z"),
    ],
)
def test_a_declared_form_reaches_the_instant(tmp_path: Path, form: str, said: str) -> None:
    made = counts(tmp_path, row(seen=said), sources=COUNTERS + f'formats = {{ observed_at = "{form}" }}\n')

    assert {found["observed_at"] for found in made.rows("readings")} == {NOON}
    assert made.set_aside == []


def test_gmt_is_utc_whatever_the_zone_of_the_source(tmp_path: Path) -> None:
    sources = COUNTERS + 'zone = "Asia/Seoul"\nformats = { observed_at = "%Y-%m-%d %H:%M:%S %Z" }\n'
    texts = ["2018-05-19 12:00:00 GMT", "2018-05-19 12:00:00 utc", "2018-05-19 21:00:00 +0900"]
    made = counts(tmp_path, *[row(f"a{n}", seen=text) for n, text in enumerate(texts)], sources=sources)

    assert {found["observed_at"] for found in made.rows("readings")} == {NOON}


@pytest.mark.parametrize("zone", ["KST", "PST", "EST", "CET"])
def test_a_zone_that_is_no_offset_is_refused_with_words(tmp_path: Path, zone: str) -> None:
    sources = COUNTERS + 'formats = { observed_at = "%Y-%m-%d %H:%M:%S %Z" }\n'
    made = counts(tmp_path, row(seen=f"2018-05-19 12:00:00 {zone}"), sources=sources)

    [aside] = made.rows("set_aside")
    assert (aside["reason"], f"{zone} is not an offset" in aside["detail"]) == ("malformed time", True)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("%Y-%m-%d %d", "names %d twice"),
        ("%Y-%m", "does not give the year, month and day"),
        ("%H:%M", "does not give the year, month and day"),
        ("%Y-%m-%d %I:%M", "add %p"),
        ("%Y-%m-%d %Q", "strptime cannot read it"),
        ("%Y-%m-%d %", "strptime cannot read it"),
        ("%s", "for Unix time say unix s"),
        ("unix", "no strptime form"),
        ("%z %Z %Y-%m-%d", "both %z and %Z"),
        ("", "no strptime form"),
    ],
)
def test_a_form_that_cannot_be_read_by_is_refused_when_the_season_is_read(tmp_path: Path, form: str, said: str) -> None:
    with pytest.raises(RuleInvalid) as caught:
        counts(tmp_path, row(), sources=COUNTERS + f'formats = {{ observed_at = "{form}" }}\n')

    assert said in caught.value.what
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    "form",
    ["%d/%m/%Y", "%c", "%x %X", "%Y-%m-%d %H", "%y%m%d", "%G-W%V-%u", "%Y-%j", "%b %d, %Y", "%%%Y%m%d%f", "excel"],
)
def test_a_form_that_names_a_day_is_taken(form: str) -> None:
    assert wrong_form(form) == ""


@pytest.mark.parametrize(
    ("zone", "day", "at", "instant"),
    [
        ("Africa/Cairo", "2026-04-24", time(0), "2026-04-23T22:00:00Z"),
        ("Africa/Cairo", "2026-04-24", time(0, 30), "2026-04-23T22:00:00Z"),
        ("America/Los_Angeles", "2018-03-11", time(2, 30), "2018-03-11T10:00:00Z"),
        ("America/Los_Angeles", "2018-11-04", time(1, 30), "2018-11-04T08:30:00Z"),
        ("Africa/Cairo", "2026-04-25", time(0), "2026-04-24T21:00:00Z"),
    ],
)
def test_a_bare_date_stands_for_the_first_instant_that_may_be_meant(
    zone: str, day: str, at: time, instant: str
) -> None:
    assert as_instant(day, "at", zone, at) == to_instant(datetime.fromisoformat(instant))


def test_a_day_that_a_zone_left_out_has_no_instant() -> None:
    with pytest.raises(Unusable, match="a day that Pacific/Apia left out"):
        as_instant("2011-12-30", "at", "Pacific/Apia", time(12))


@settings(max_examples=examples(200))
@given(moment=MOMENTS, zone=st.sampled_from(["UTC", "Asia/Seoul", "America/Los_Angeles"]))
def test_every_spelling_of_an_instant_gives_that_instant(moment: datetime, zone: str) -> None:
    instant = to_instant(moment)
    local = moment.astimezone(ZoneInfo(zone))

    spellings = [
        (moment.isoformat(), ""),
        (moment.isoformat().replace("+00:00", "Z"), ""),
        (local.isoformat(), ""),
        (str(instant), "unix us"),
        (instant, "unix us"),
        (f"{instant // 1000}.{instant % 1000:03d}", "unix ms"),
        (f"{instant // 1_000_000}.{instant % 1_000_000:06d}", "unix s"),
        (moment.strftime("%d %m %Y %H:%M:%S.%f GMT"), "%d %m %Y %H:%M:%S.%f %Z"),
        (local.strftime("%d %m %Y %H:%M:%S.%f %z"), "%d %m %Y %H:%M:%S.%f %Z"),
        (moment, ""),
    ]
    assert {as_instant(said, "at", zone, time(12), form) for said, form in spellings} == {instant}


@settings(max_examples=examples(100))
@given(moment=MOMENTS)
def test_excel_days_give_the_time_to_the_millisecond(moment: datetime) -> None:
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    days = (moment - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 86_400

    found = as_instant(f"{days:.10f}".rstrip("0"), "at", "UTC", time(0), "excel") if days % 1 else to_instant(moment)

    assert abs(found - to_instant(moment)) <= 1_000
