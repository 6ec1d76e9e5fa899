"""Readings of accounts over days, for tests of growth, and the strategy that makes them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from plaudit.base.weeks import to_instant
from plaudit.measure.followed import followed
from plaudit.rulebook.chart_rule import WeekRule
from plaudit.rulebook.growth_rule import Burst, FirstHours, GrowthRule
from plaudit.rulebook.season_file import Event
from plaudit.rulebook.sources import Gap, Source, SourceCoverage
from tests.measure.readings import credited_posts, post_row, reading_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.store.evidence import Evidence

Row = dict[str, Any]
HOUR = 3_600_000_000
FIRST = date(2024, 1, 1)
RULE = GrowthRule(
    "made",
    1,
    "t",
    "b",
    WeekRule("wednesday", "America/New_York"),
    ("followers", "subscribers"),
    (10, 20, 50, 1000),
    Burst(6, 2, 2, 1000, 1, 2),
    FirstHours(("views",), (1, 24), (5, 30)),
)


def source(stores: str, grain: str = "", gaps: tuple[Gap, ...] = (), **more: Any) -> Source:
    """Give a source of readings of accounts and posts on the platform x."""
    days = {"first_on": FIRST - timedelta(days=1), "last_on": FIRST + timedelta(days=60), **more}
    coverage = SourceCoverage(sampling="none", synthetic=False, gaps=gaps, **days)
    grains = {"followers": grain} if grain else {}
    told: dict[str, Any] = {
        "id": "made",
        "kind": "readings",
        "title": "t",
        "files": "f",
        "columns": {},
        "platform": "x",
    }
    return Source(**told | {"coverage": coverage, "grain": grains, "stores": stores})


def followed_by(
    engine: Evidence,
    readings: list[Row],
    posts: list[Row],
    period: tuple[date, date],
    rule: GrowthRule,
    one: Source,
    events: list[Event],
) -> dict[str, list[Row]]:
    """Give the product's rows of the four tables, each in the table's order."""
    described = credited_posts(engine, posts)
    made = followed(engine.rows("readings", readings), described, period, rule, [one], events, to_rows=engine.to_rows)
    return {name: engine.to_rows(engine.rows(name, rows)) for name, rows in made.items()}


def of_vector(vector: Row) -> tuple[list[Row], list[Row], tuple[date, date], Source, list[Event]]:
    """Give readings, posts, the period, the source and the events of a vector: all are arirang's."""
    owner = {"platform": "x", "account": "a", "post": "", "artist": "arirang"}
    readings = reading_rows(
        owner, "followers", [(to_instant(row["at"]), row["value"]) for row in vector.get("reading", ())]
    )
    posts = [
        post_row(row["post"], to_instant(row["published_at"]), platform="x", account="a")
        for row in vector.get("post", ())
    ]
    gaps = tuple(Gap(first, last, "b") for first, last in vector.get("gaps", ()))
    events = [Event(row["id"], row["on"], ("arirang",), "t", "s") for row in vector.get("event", ())]
    made = source(vector["stores"], vector.get("grain", ""), gaps)
    return readings, posts, (vector["from"], vector["to"]), made, events


@st.composite
def evidence(draw: Callable[..., Any]) -> tuple[list[Row], list[Row], Source, list[Event]]:
    """Give readings and posts of two artists around 30 days, as a source with gaps has them."""
    start = to_instant(datetime(2024, 1, 1, tzinfo=UTC))
    hours = st.lists(st.integers(-30, 30 * 24), min_size=1, max_size=60, unique=True)
    readings: list[Row] = []
    posts: list[Row] = []
    for account, artist in (("a", "arirang"), ("b", "bolero")):
        for metric in ("followers", "views") if account == "a" else ("subscribers",):
            value = draw(st.integers(0, 40))
            series = []
            for hour in sorted(draw(hours)):
                value = max(value + draw(st.sampled_from([0, 0, 1, 1, 1, 2, 9, 40, 400, -1, -30])), 0)
                series.append((start + hour * HOUR + draw(st.sampled_from([0, 1])), value))
            owner = {"platform": "x", "account": account, "post": "", "artist": artist}
            readings += reading_rows(owner if metric != "views" else owner | {"post": "p0"}, metric, series)
    for number in range(draw(st.integers(0, 3))):
        at = start + draw(st.integers(-10, 31 * 24)) * HOUR
        is_repost = draw(st.booleans())
        posts.append(post_row(f"p{number}", at, platform="x", account="a", is_repost=is_repost))
    days = st.integers(0, 29).map(lambda day: FIRST + timedelta(days=day))
    gaps = draw(
        st.lists(st.builds(lambda day, name: Gap(day, day, "b", name), days, st.sampled_from(["", "a"])), max_size=3)
    )
    events = [
        Event(f"e{number}", day, ("arirang",), "t", "s") for number, day in enumerate(draw(st.lists(days, max_size=2)))
    ]
    stores = draw(st.sampled_from(["readings", "changes", "rises"]))
    return readings, posts, source(stores, draw(st.sampled_from(["", "1 figures", "5"])), tuple(gaps)), events
