"""What a week comes to: from its posts, credits and readings, and what stood before it, to its entries.

Who releases a week and who verifies it call this one function.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plaudit.base.errors import RuleInvalid
from plaudit.chart.chart import parts_of, placed_of
from plaudit.chart.points import too_large
from plaudit.chart.refusals import refuse_huge, refuse_ties
from plaudit.chart.standing import next_entries
from plaudit.measure.credits import credited
from plaudit.measure.measured import measured

if TYPE_CHECKING:
    from plaudit.base.weeks import Week
    from plaudit.chart.standing import Standings
    from plaudit.measure.coverage import WeekSeen
    from plaudit.release.terms import Terms
    from plaudit.store.evidence import Evidence

__all__ = ["GIVEN", "Computed", "compute", "refuse_smoothing"]

GIVEN = "history_given"
"""The flag of an entry whose history holds numbers from before the first week, which somebody gave."""


@dataclass(frozen=True)
class Computed:
    """What is stated of a computed week, beside its tables."""

    seen: WeekSeen
    charts: int
    standings: Standings
    entries: list[dict[str, Any]]


def compute(tables: Evidence, week: Week, terms: Terms, before: Standings, charts: int) -> Computed:
    """Compute one week from the posts, credits and readings in `tables`, and write there what it comes to.

    Parameters
    ----------
    before : what stood before the week
    charts : how many charts there were before

    Raises
    ------
    RuleInvalid : nothing feeds a part of the rule, or the rule smooths over weeks.
    TieUnresolved, EvidenceError : as a whole run raises them.
    """
    rule = terms.rule
    refuse_smoothing(terms)
    posts = credited(tables.read("posts"), tables.read("credits"))
    readings, members = tables.read("readings"), terms.artists.members()
    coverage = tables.read("coverage") if tables.has("coverage") else None
    made = measured(readings, posts, [week], rule, terms.sources, members, to_rows=tables.to_rows, coverage=coverage)
    tables.write_rows("weeks", [seen.as_row(rule.name) for seen in made.seen])
    tables.write_all("gains", [made.gains])
    tables.write_all("measures", [made.measures])
    measures, verdicts, artists = tables.read("measures"), made.verdicts, terms.artists.artists
    refuse_huge(tables.to_rows(too_large(measures, rule)))
    tables.write_all("parts", [parts_of(measures, verdicts, rule, artists)])
    (seen,) = made.seen
    placed = placed_of(measures, verdicts, rule, artists, to_rows=tables.to_rows).to_pylist()
    is_charted = seen.verdict != "uncharted"
    number = charts + (is_charted or rule.history.uncharted_week == "break")
    entries, after = next_entries(placed, before, number)
    rows = [
        {**row, "flags": _flags(row, after), "chart": rule.name, "verdict": seen.verdict}
        for row in sorted(entries, key=lambda row: (row["position"], row["artist"]))
    ]
    if rule.ties.then == "raise":
        refuse_ties(_tied(rows))
    tables.write_rows("entries", rows)
    return Computed(seen, number, after, rows)


def refuse_smoothing(terms: Terms) -> None:
    """Refuse a rule whose gains are means over several weeks: no week of it can be computed by itself.

    Raises
    ------
    RuleInvalid : names the rule.
    """
    if terms.rule.gain.rounded == "smooth":
        raise RuleInvalid(
            f"{terms.rule.name} smooths rounded counters over weeks, so its weeks cannot be released one by one",
            'leave out [release], or use a rule with rounded = "count"',
            rule=terms.rule.name,
        )


def _flags(row: dict[str, Any], after: Standings) -> str:
    given = [GIVEN] if after[row["artist"]].is_given else []
    return "; ".join([*filter(None, [row["flags"]]), *given])


def _tied(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    held = [row["position"] for row in rows]
    return [row for row in rows if held.count(row["position"]) > 1]
