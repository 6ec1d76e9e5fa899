"""The posts of all rows: what contradicts itself set aside, the rest made one post and its credits.

docs/decisions/0023-a-post-is-what-was-known.md
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, groupby, pairwise
from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa

from plaudit.base.weeks import instant_text
from plaudit.collect.description import Said, described
from plaudit.collect.values import LATEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.collect.description import Description, Period
    from plaudit.collect.staging import SetAside
    from plaudit.store.evidence import Evidence

__all__ = ["DESCRIBED", "Histories", "histories"]

DESCRIBED: Final = pa.schema(
    [
        ("platform", pa.string()),
        ("post", pa.string()),
        ("account", pa.string()),
        ("owner", pa.string()),
        ("artists", pa.string()),
        ("is_named", pa.bool_()),
        ("published_at", pa.int64()),
        ("published_from", pa.int64()),
        ("published_to", pa.int64()),
        ("media", pa.string()),
        ("is_repost", pa.bool_()),
        ("at", pa.int64()),
        ("title", pa.string()),
        ("source", pa.string()),
        ("file", pa.string()),
        ("row", pa.int64()),
    ]
)
"""One row of a source that describes a post, as `Credit` and `Said` explain its columns."""

_POST: Final = ["platform", "post"]
_PLACE: Final = ["source", "file", "row"]
_KNOWN: Final = ("account", "published_at", "artists", "media", "is_repost")
_PERIOD: Final = ("from_at", "until_at", "artists", "media", "is_repost")


@dataclass(frozen=True)
class Histories:
    """The rows of posts and of credits, and the readings that are left."""

    posts: ibis.Table
    credits: ibis.Table
    readings: ibis.Table


def histories(evidence: Evidence, posts: ibis.Table, readings: ibis.Table, set_aside: SetAside) -> Histories:
    """Give what is known of every post; rows that contradict each other are set aside with their readings.

    Parameters
    ----------
    posts : rows of `DESCRIBED`
    readings : with `owner`, where the row itself says whose the post is
    """
    disowned = _contested(evidence, posts, readings, set_aside)
    posts, readings = (rows.anti_join(disowned, _PLACE) for rows in (posts, readings))
    said = [name for name in Said._fields if name != "at"]
    different = posts.select(*_POST, *said).distinct()
    different = evidence.materialize(different.mutate(ways=ibis._.count().over(ibis.window(group_by=_POST))))
    same = different.filter(different.ways == 1).mutate(
        artists=different.artists.fill_null(""),
        media=different.media.fill_null("unknown"),
        is_repost=different.is_repost.fill_null(False),  # noqa: FBT003
        from_at=ibis.literal(0, "int64"),
        until_at=ibis.literal(LATEST, "int64"),
    )
    varied = _varied(evidence, posts, different.filter(different.ways > 1))
    wrong = _contradictory(evidence, posts, varied, set_aside)
    _list_moved(evidence, posts, varied, set_aside)
    posts, readings = (rows.anti_join(wrong, _PLACE) for rows in (posts, readings))
    known = ibis.union(same.select(*_POST, *_KNOWN), evidence.staged(_known(varied)))
    periods = ibis.union(same.select(*_POST, *_PERIOD), evidence.staged(_periods(varied)))
    return Histories(_posts(known, posts), _credits(periods), readings)


def _contested(evidence: Evidence, posts: ibis.Table, readings: ibis.Table, set_aside: SetAside) -> ibis.Table:
    """Set aside what is said of a post from when two owners list it, until a row names its artists."""
    of_posts = posts.select(*_POST, "account", "owner", "at")
    of_readings = readings.filter(readings.post != "").select(*_POST, "account", "owner", at="observed_at")
    claims = ibis.union(of_posts, of_readings).filter(ibis._.owner.notnull())
    first = claims.group_by(*_POST, "account", "owner").agg(at=claims.at.min())
    first = first.mutate(owners=ibis._.owner.nunique().over(ibis.window(group_by=_POST)))
    claimed = evidence.to_rows(first.filter(first.owners > 1).order_by(*_POST, "at", "account", "owner"))
    named = {(row["platform"], row["post"]): row["at"] for row in _first_named(evidence, posts)} if claimed else {}
    rows = [
        {"platform": key[0], "post": key[1], "from_at": from_at, "until_at": named.get(key, LATEST), "detail": detail}
        for key, claims_of_post in _by_post(claimed)
        for from_at, detail in _first_contest(claims_of_post)
    ]
    contested = evidence.staged(_table(rows, "platform post detail", "from_at until_at"))
    told = ibis.union(
        posts.select(*_POST, "at", *_PLACE),
        readings.filter(readings.post != "").select(*_POST, *_PLACE, at="observed_at").select(*_POST, "at", *_PLACE),
    )
    spoiled = told.inner_join(contested, _POST)
    spoiled = spoiled.filter(spoiled.at >= spoiled.from_at, spoiled.at < spoiled.until_at)
    return _set_aside(evidence, spoiled, "contradictory owners", set_aside)


def _first_contest(claims: list[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    """Give from when two accounts list a post as different artists', and what to do about it."""
    pairs = [
        (max(one["at"], other["at"]), *sorted(f"{row['account']} ({row['owner']})" for row in (one, other)))
        for one, other in combinations(claims, 2)
        if one["account"] != other["account"] and one["owner"] != other["owner"]
    ]
    if pairs:
        from_at, *accounts = min(pairs)
        remedy = "declare a [[collaboration]] in artists.toml, or leave it with one"
        yield from_at, f"{claims[0]['post']} is listed under {' and '.join(accounts)}; {remedy}"


def _first_named(evidence: Evidence, posts: ibis.Table) -> list[dict[str, Any]]:
    named = posts.filter(posts.is_named)
    return evidence.to_rows(named.group_by(*_POST).agg(at=named.at.min()))


def _varied(evidence: Evidence, posts: ibis.Table, keys: ibis.Table) -> dict[tuple[str, str], Description]:
    """Describe the posts of which not every row says the same."""
    said = posts.semi_join(keys, _POST).select(*_POST, *Said._fields).distinct().order_by(*_POST)
    return {
        key: described(Said(**{name: row[name] for name in Said._fields}) for row in rows)
        for key, rows in _by_post(evidence.to_rows(said))
    }


def _contradictory(
    evidence: Evidence, posts: ibis.Table, varied: dict[tuple[str, str], Description], set_aside: SetAside
) -> ibis.Table:
    rows = [
        {"platform": platform, "post": post, "at": at, "detail": f"{post}: {detail}"}
        for (platform, post), found in varied.items()
        for at, detail in found.contradictions.items()
    ]
    wrong = posts.inner_join(evidence.staged(_table(rows, "platform post detail", "at")), [*_POST, "at"])
    return _set_aside(evidence, wrong, "contradictory description", set_aside)


def _list_moved(
    evidence: Evidence, posts: ibis.Table, varied: dict[tuple[str, str], Description], set_aside: SetAside
) -> None:
    """List the rows that give another time of publication than the first; the rest of them counts."""
    rows = [
        {
            "platform": platform,
            "post": post,
            "at": at,
            "published_at": moved,
            "detail": f"{post} was published {instant_text(found.published_at)}; {instant_text(moved)} is not taken",
        }
        for (platform, post), found in varied.items()
        for at, others in found.moved.items()
        for moved in others
    ]
    moved = evidence.staged(_table(rows, "platform post detail", "at published_at"))
    others = posts.inner_join(moved, [*_POST, "at", "published_at"])
    _set_aside(evidence, others, "another time of publication", set_aside)


def _set_aside(evidence: Evidence, rows: ibis.Table, reason: str, set_aside: SetAside) -> ibis.Table:
    """List rows, and give their places."""
    places = evidence.to_arrow(rows.select(*_PLACE, "detail").distinct().order_by(*_PLACE, "detail"))
    for row in places.to_pylist():
        set_aside.add(row["source"], row["file"], row["row"], reason, row["detail"])
    return evidence.staged(places.select(_PLACE))


def _posts(known: ibis.Table, rows: ibis.Table) -> ibis.Table:
    """Add the latest title that a row gives, and where it stands; of two at one instant, the first by code points."""
    without = ibis.ifelse(rows.title == "", 1, 0)
    latest = ibis.window(group_by=_POST, order_by=[without, ibis.desc("at"), "title", *_PLACE])
    titled = rows.mutate(age=ibis.row_number().over(latest))
    titled = titled.filter(titled.age == 0).select(*_POST, "title", "source", "row")
    return known.inner_join(titled, _POST).mutate(artist=known.artists.nullif(""))


def _credits(periods: ibis.Table) -> ibis.Table:
    ids = periods.filter(periods.artists != "").mutate(ids=ibis._.artists.split(" "))
    return ids.mutate(artist=ids.ids.unnest(), artists=ids.ids.length().cast("int64"))


def _known(varied: dict[tuple[str, str], Description]) -> pa.Table:
    rows = [
        {
            "platform": platform,
            "post": post,
            "account": found.account,
            "published_at": found.published_at,
            **_what(found.periods[-1]),
        }
        for (platform, post), found in varied.items()
        if found.periods
    ]
    return _table(rows, "platform post account", "published_at", "artists media", "is_repost")


def _periods(varied: dict[tuple[str, str], Description]) -> pa.Table:
    rows = []
    for (platform, post), found in varied.items():
        edges = [0, *(period.from_at for period in found.periods[1:]), LATEST]
        for period, (from_at, until_at) in zip(found.periods, pairwise(edges), strict=bool(found.periods)):
            rows.append({"platform": platform, "post": post, "from_at": from_at, "until_at": until_at, **_what(period)})
    return _table(rows, "platform post", "from_at until_at", "artists media", "is_repost")


def _what(period: Period) -> dict[str, Any]:
    return {"artists": period.artists, "media": period.media, "is_repost": period.is_repost}


def _by_post(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[tuple[str, str], list[dict[str, Any]]]]:
    for key, some in groupby(rows, key=lambda row: (row["platform"], row["post"])):
        yield key, list(some)


def _table(rows: list[dict[str, Any]], texts: str, numbers: str, more: str = "", flags: str = "") -> pa.Table:
    kinds = ((texts, pa.string()), (numbers, pa.int64()), (more, pa.string()), (flags, pa.bool_()))
    schema = pa.schema([(name, kind) for names, kind in kinds for name in names.split()])
    return pa.Table.from_pylist(rows, schema=schema)
