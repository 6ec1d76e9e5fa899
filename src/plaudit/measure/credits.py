"""To whom a post's gain goes: its artists as the week ended, each the whole, a share, or nothing.

docs/decisions/0023-a-post-is-what-was-known.md
"""

from __future__ import annotations

from math import lcm
from typing import TYPE_CHECKING, Final

import ibis
from ibis import _

from plaudit.rulebook.artists import ARTISTS_MOST
from plaudit.store.intervals import interval_number
from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.base.weeks import Week
    from plaudit.rulebook.chart_rule import ChartRule

__all__ = ["credited", "held", "in_week", "summed", "with_groups"]

_COMMON: Final = lcm(*range(1, ARTISTS_MOST + 1))
"""What every number of artists divides; below 2**53, so that the remainders of all of them add up in 64 bits."""


def credited(posts: ibis.Table, of_posts: ibis.Table) -> ibis.Table:
    """Give posts once per artist and period of time; posts of nobody are not among them.

    Parameters
    ----------
    posts, of_posts : the tables posts and credits
    """
    return posts.drop("artist", "media", "is_repost").inner_join(of_posts, ["platform", "post"])


def with_groups(rows: ibis.Table, members: Sequence[tuple[str, str]]) -> ibis.Table:
    """Give what is an artist's to the artist's groups too; a group has each thing once.

    Parameters
    ----------
    members : persons, each with a group
    """
    if not members:
        return rows
    columns = {"artist": [person for person, _ in members], "group": [group for _, group in members]}
    pairs = ibis.memtable(columns, schema={"artist": "string", "group": "string"})
    of_groups = rows.inner_join(pairs, "artist").mutate(artist=_.group)
    return ibis.union(rows, of_groups.select(rows.columns), distinct=True)


def held(posts: ibis.Table, weeks: Sequence[Week], rule: ChartRule) -> ibis.Table:
    """Give the credits that count under a rule, and in which weeks.

    Parameters
    ----------
    posts : from `credited`

    Returns
    -------
    Table, as `posts`, with
        from_week, until_week : the numbers of the first week, and of the first one no more
        shared_by : among how many artists a gain is divided
    """
    boundaries = [week.starts_at for week in weeks] + [weeks[-1].ends_at]
    own = posts.filter(~posts.is_repost)
    if rule.collaborations.counts == "none":
        own = own.filter(own.artists == 1)
    shared_by = own.artists if rule.collaborations.counts == "share" else ibis.literal(1, "int64")
    return own.mutate(
        from_week=interval_number(own.from_at, boundaries),
        until_week=interval_number(own.until_at, boundaries),
        shared_by=shared_by,
    )


def in_week(rows: ibis.Table) -> ibis.Table:
    """Give the rows whose credit holds at the end of their `week`."""
    return rows.filter(rows.from_week <= rows.week, rows.week < rows.until_week)


def summed(gained: ibis.Table, flags: Sequence[str], rule: ChartRule) -> ibis.Table:
    """Add up gains per artist, week and metric; shares exactly, and rounded down once.

    Returns
    -------
    Table, one row per artist, week, metric and `is_stock`.
        value : the gain
        last : the sum of what the counters reached
    """
    keys = {"artist": _.artist, "week": _.week, "metric": _.metric, "is_stock": _.post == ""}
    sums = {"value": _.gain.sum().cast("int64"), "last": _.reached.sum().cast("int64")}
    counted = {flag: _[flag].sum().cast("int64") for flag in flags}
    if rule.collaborations.counts != "share":
        return gained.group_by(**keys).agg(**sums, **counted)
    by_number = gained.group_by(**keys, shared_by=_.shared_by).agg(**sums, **counted)
    whole = quotient(by_number.value, by_number.shared_by)
    rest = (by_number.value - whole * by_number.shared_by) * quotient(ibis.literal(_COMMON), by_number.shared_by)
    added = by_number.mutate(whole=whole, rest=rest).group_by("artist", "week", "metric", "is_stock")
    found = added.agg(
        whole=_.whole.sum().cast("int64"),
        rest=_.rest.sum().cast("int64"),
        last=_["last"].sum().cast("int64"),
        **counted,
    )
    return found.mutate(value=(found.whole + quotient(found.rest, _COMMON)).cast("int64")).drop("whole", "rest")
