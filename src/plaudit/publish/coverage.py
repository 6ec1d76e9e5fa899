"""What was seen, what was not, and what was set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.store.evidence import Evidence

__all__ = ["coverage", "unknown_accounts"]


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
    if tables.has("posts"):
        posts = tables.read("posts")
        if withheld:
            posts = posts.filter(~posts.platform.isin(withheld))
        unattributed = posts.filter(posts.artist.isnull()).select("platform", "account", "post", "title")
        found["unattributed_posts"] = tables.to_rows(unattributed.order_by("platform", "account", "post"))
    return found


def unknown_accounts(tables: Evidence) -> list[dict[str, Any]]:
    """Give the accounts that no artist has, and how many rows each had."""
    rows = tables.read("set_aside")
    unknown = rows.filter(rows.reason == "unknown account")
    counts = unknown.group_by("source", account=unknown.detail).agg(rows=unknown.count())
    return tables.to_rows(counts.order_by("source", "account"))
