"""A left join that adds columns and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["left_join_unique"]


def left_join_unique(left: ibis.Table, right: ibis.Table, on: Sequence[str]) -> ibis.Table:
    """Give the rows of `left` with the other columns of `right`, null where it has no row.

    `right` must have at most one row per key.
    """
    renamed = right.rename({f"{name}__key": name for name in on})
    joined = left.left_join(renamed, [left[name] == renamed[f"{name}__key"] for name in on])
    return ibis.Table(joined.drop(*(f"{name}__key" for name in on)).op())
