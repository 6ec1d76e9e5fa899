"""The evidence of one week: its own posts, credits and readings, and what earlier weeks left for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from plaudit.measure.carried import carried, counter_of, marked
from plaudit.store.tables import table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.base.weeks import Week
    from plaudit.release.shelf import Released
    from plaudit.release.terms import Terms

__all__ = ["Cut", "begins_with", "cut", "own_readings"]

Row = dict[str, Any]
Counter = tuple[str, str, str, str]
_DAY: Final = 86_400_000_000
_EVER: Final = -(2**62)


class Cut:
    """The rows of a week's evidence, as tables."""

    def __init__(
        self,
        posts: Iterable[Row],
        credits_: Iterable[Row],
        readings: Iterable[Row],
        coverage: Iterable[Row] | None = None,
    ) -> None:
        self.tables = {
            "posts": _table("posts", posts),
            "credits": _table("credits", credits_),
            "readings": _table("readings", readings),
        }
        if coverage is not None:
            self.tables["coverage"] = _table("coverage", coverage)

    def rows(self, name: str) -> list[Row]:
        """Give the rows of a table."""
        found: list[Row] = self.tables[name].to_pylist()
        return found


def cut(collected: dict[str, pa.Table], week: Week, as_of: int, terms: Terms, earlier: Sequence[Released]) -> Cut:
    """Cut a week out of what was collected, and add what earlier releases left for it.

    Parameters
    ----------
    collected : posts, credits, readings, and coverage if sources are live; before the first
        release all of them, later at least those of the week
    as_of : nothing is taken that was observed after it
    earlier : the latest releases of the weeks before, the last first
    """
    own = own_readings(collected, week, as_of, terms)
    if earlier:
        before = begins_with(own, collected["posts"], terms, earlier)
    else:
        before = _past(own, collected["readings"], week, terms)
    readings = marked([*before, *own])
    held = {(row["platform"], row["post"]) for row in readings if row["post"]}
    posts = _posts(collected["posts"], held, week)
    known = {(row["platform"], row["post"]) for row in posts}
    of_posts = _named(collected["credits"], {post for _, post in known})
    credits_ = [row for row in of_posts if (row["platform"], row["post"]) in known and _holds(row, week)]
    if earlier and (lacking := held - known):  # of what only stands for a metric that was read before
        posts += _of(lacking, earlier[0], "posts")
        credits_ += _of(lacking, earlier[0], "credits")
    return Cut(posts, credits_, readings, _answered(collected.get("coverage"), week))


def _answered(coverage: pa.Table | None, week: Week) -> list[Row] | None:
    """Give what live sources were asked in the week, where there are any."""
    if coverage is None:
        return None
    rows: list[Row] = coverage.to_pylist()
    return [row for row in rows if week.starts_at <= row["hour_at"] < week.ends_at]


def own_readings(collected: dict[str, pa.Table], week: Week, as_of: int, terms: Terms) -> list[Row]:
    """Give the readings of the week's days; where posts count whole, those of its posts until `as_of`."""
    readings = collected["readings"]
    at = readings["observed_at"]
    if terms.rule.gain.attribution == "observed":
        is_own = pc.and_(pc.greater_equal(at, week.starts_at), pc.less(at, week.ends_at))
        return list(readings.filter(is_own).to_pylist())
    posts = collected["posts"]
    published = posts["published_at"]
    own = posts.filter(pc.and_(pc.greater_equal(published, week.starts_at), pc.less(published, week.ends_at)))
    ids = {(row["platform"], row["post"]) for row in own.select(["platform", "post"]).to_pylist()}
    rows = readings.filter(pc.less_equal(at, as_of)).to_pylist()
    of_posts = [row for row in rows if (row["platform"], row["post"]) in ids]
    return [*of_posts, *_standing_for(_in(rows, week), of_posts)]


def begins_with(own: Sequence[Row], posts: pa.Table, terms: Terms, earlier: Sequence[Released]) -> list[Row]:
    """Give the readings of earlier releases that decide what the week's own readings gained.

    One reading of each metric that was read before and not in this week stands for all of
    them: that its source feeds it.
    """
    found = [] if terms.rule.gain.attribution == "published" else _looked_back(own, posts, terms, earlier)
    stand = _standing_for(earlier[0].table("readings").to_pylist(), [*own, *found])
    artists = {_subject(row): (row["account"], row["artist"]) for row in own}
    for row in (*found, *stand):
        row["account"], row["artist"] = artists.get(_subject(row), (row["account"], row["artist"]))
    return [*found, *stand]


def _past(own: Sequence[Row], readings: pa.Table, week: Week, terms: Terms) -> list[Row]:
    """Give what all that was read before the first week left for it and for the weeks that follow."""
    rows = readings.filter(pc.less(readings["observed_at"], week.starts_at)).to_pylist()
    if terms.rule.gain.attribution == "published":
        return _standing_for(rows, own)
    return carried(rows, week.starts_at, terms.rule)


def _standing_for(rows: Iterable[Row], held: Iterable[Row]) -> list[Row]:
    """Give the last reading of each metric of a source that no held reading is of; it is of another counter."""
    held = list(held)
    fed, counters = {_fed(row) for row in held}, {counter_of(row) for row in held}
    found: dict[tuple[Any, ...], Row] = {}
    for row in sorted(rows, key=lambda row: (row["observed_at"], *counter_of(row))):
        if _fed(row) not in fed and counter_of(row) not in counters:
            found[_fed(row)] = row
    return list(found.values())


def _looked_back(own: Sequence[Row], posts: pa.Table, terms: Terms, earlier: Sequence[Released]) -> list[Row]:
    """Give what the latest week that read each counter left of it; no post was read a day before it was there."""
    of_posts = posts.select(["platform", "post", "published_at"]).to_pylist()
    published = {(row["platform"], row["post"]): row["published_at"] - _DAY for row in of_posts}
    lacking = {
        counter_of(row): published.get((row["platform"], row["post"]), _EVER) if row["post"] else _EVER for row in own
    }
    found: list[Row] = []
    for released in earlier:
        lacking = {counter: since for counter, since in lacking.items() if since < released.ends_at}
        if not lacking:
            break
        for row in carried(_those(released, set(lacking)), released.starts_at, terms.rule):
            lacking.pop(counter_of(row), None)
            found.append(row)
    return found


def _those(released: Released, counters: set[Counter]) -> list[Row]:
    """Give the readings of a release that are of some counters; one that only stands for a metric is left out."""
    rows = released.table("readings")
    places = {counter[2] or counter[1] for counter in counters}
    named = pc.if_else(pc.equal(rows["post"], ""), rows["account"], rows["post"])
    near = rows.filter(pc.is_in(named, value_set=pa.array(sorted(places), pa.string())))
    found = [row for row in near.to_pylist() if counter_of(row) in counters]
    if "before" not in released.stated:
        return found
    read = {counter_of(row) for row in found if row["observed_at"] >= released.starts_at}
    return [row for row in found if counter_of(row) in read]


def _posts(posts: pa.Table, held: set[tuple[str, str]], week: Week) -> list[Row]:
    """Give the posts that were read, and those that were published in the week."""
    at = posts["published_at"]
    is_new = pc.and_(pc.greater_equal(at, week.starts_at), pc.less(at, week.ends_at))
    new = posts.filter(is_new).to_pylist()
    ids = {(row["platform"], row["post"]) for row in new}
    old = _named(posts, {post for _, post in held - ids})
    return [*new, *(row for row in old if (row["platform"], row["post"]) in held - ids)]


def _named(rows: pa.Table, posts: set[str]) -> list[Row]:
    found: list[Row] = rows.filter(pc.is_in(rows["post"], value_set=pa.array(sorted(posts), pa.string()))).to_pylist()
    return found


def _holds(row: Row, week: Week) -> bool:
    """Say whether a credit holds at the end of the week."""
    return bool(row["from_at"] < week.ends_at <= row["until_at"])


def _in(rows: Iterable[Row], week: Week) -> list[Row]:
    return [row for row in rows if week.starts_at <= row["observed_at"] < week.ends_at]


def _of(posts: set[tuple[str, str]], released: Released, name: str) -> list[Row]:
    return [row for row in released.table(name).to_pylist() if (row["platform"], row["post"]) in posts]


def _fed(row: Row) -> tuple[str, str, str, bool]:
    """Give what a reading shows of its source: that it feeds a metric, of posts or of accounts."""
    return row["source"], row["platform"], row["metric"], row["post"] != ""


def _subject(row: Row) -> tuple[str, str, str]:
    return counter_of(row)[:3]


def _table(name: str, rows: Iterable[Row]) -> pa.Table:
    declared = table(name)
    made = pa.Table.from_pylist([dict(row) for row in rows], schema=declared.schema)
    return made.sort_by([(column, "ascending") for column in declared.order]).combine_chunks()
