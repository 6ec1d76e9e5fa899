"""Ballots of one voter at one instant that the cap tears apart: named, since no order decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from plaudit.base.errors import TieUnresolved
from plaudit.base.weeks import instant_text
from plaudit.rulebook.counting_rule import SAME_INSTANT_REMEDY, SameInstant

if TYPE_CHECKING:
    from collections.abc import Iterable

    import ibis

    from plaudit.rulebook.counting_rule import Cap, CountingRule

__all__ = ["refuse_torn", "settled"]


def settled(rule: CountingRule) -> CountingRule:
    """Give the rule for counts beside the result, where nothing is raised and none of such ballots counts."""
    return replace(rule, same_instant=SameInstant("none")) if rule.same_instant.then == "raise" else rule


def refuse_torn(torn: Iterable[ibis.Table], cap: Cap, rule: CountingRule) -> None:
    """Refuse to count where only the order of rows would tell which ballots of one instant do.

    Raises
    ------
    TieUnresolved : there are any; with how many voters, and the first of them.
    """
    voters: set[int] = set()
    first: dict[str, Any] | None = None
    for some in torn:
        voters |= set(some.select("voter").distinct().to_pyarrow().column(0).to_pylist())
        rows = some.order_by("cast_at", "voter", "channel").limit(1).to_pyarrow().to_pylist()
        first = min([*rows, *([first] if first else [])], key=lambda row: (row["cast_at"], row["voter"]), default=None)
    if first is None:
        return
    nominees = ", ".join(sorted({first["one"], first["other"]}))
    ballots = f"for {nominees}" if first["one"] != first["other"] else f"of different sizes for {nominees}"
    raise TieUnresolved(
        f"{len(voters):,} voter{'' if len(voters) == 1 else 's'} cast ballots at one instant of which the cap of "
        f"{cap.votes:,} lets only some count, and nothing says which; the first: voter {first['voter']}, "
        f"channel {first['channel']}, at {instant_text(first['cast_at'])}, {ballots}",
        SAME_INSTANT_REMEDY,
        rule=rule.name,
        voters=len(voters),
    )
