"""What was seen, what was not, and what was set aside."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from plaudit.store.numbers import quotient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.store.evidence import Evidence

__all__ = ["coverage", "unknown_accounts"]

_DAY: Final = 86_400_000_000


def coverage(tables: Evidence, statement: dict[str, Any], withheld: Sequence[str] = ()) -> dict[str, Any]:
    """Give what is published of coverage, with every unknown account and nobody's post.

    Parameters
    ----------
    withheld : platforms whose posts may not be published
    """
    found: dict[str, Any] = {
        "sources": statement["evidence"]["sources"],
        "set_aside": statement["set_aside"],
        "unknown_accounts": unknown_accounts(tables),
    }
    if tables.has("coverage"):
        found["asked"] = _asked(tables)
    if tables.has("posts"):
        posts = tables.read("posts")
        if withheld:
            posts = posts.filter(~posts.platform.isin(withheld))
        unattributed = posts.filter(posts.artist.isnull()).select("platform", "account", "post", "title")
        found["unattributed_posts"] = tables.to_rows(unattributed.order_by("platform", "account", "post"))
    return found


def _asked(tables: Evidence) -> list[dict[str, Any]]:
    """Give, by live source and day, how often it asked about an account's metric, and what came of it."""
    rows = tables.read("coverage")
    counted = ("asked", "answered", "absent", "refused", "limited", "failed", "missing")
    by_day = rows.group_by("source", day=quotient(rows.hour_at, _DAY)).agg(
        **{name: rows[name].sum() for name in counted}
    )
    return [
        {**row, "day": datetime.fromtimestamp(row["day"] * 86_400, UTC).date().isoformat()}
        for row in tables.to_rows(by_day.order_by("source", "day"))
    ]


def unknown_accounts(tables: Evidence) -> list[dict[str, Any]]:
    """Give the accounts that no artist has, and how many rows each had."""
    rows = tables.read("set_aside")
    unknown = rows.filter(rows.reason == "unknown account")
    counts = unknown.group_by("source", account=unknown.detail).agg(rows=unknown.count())
    return tables.to_rows(counts.order_by("source", "account"))
