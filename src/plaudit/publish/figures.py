"""The figures of the purge notice: every output of the notice is made from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

import msgspec
from ibis import _

from plaudit.certify.limits import unseen
from plaudit.certify.mapping import mapping_stated
from plaudit.certify.statement import evidence_kind
from plaudit.certify.unchecked import not_checked
from plaudit.tally.days import AFTER, BEFORE
from plaudit.tally.margin import margin
from plaudit.words.sentence import cited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plaudit.rulebook.purge_rule import PurgeRule
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["DAYS_MOST", "MIDDLE", "BeforeAndAfter", "Day", "Figures", "Purge", "figures"]

DAYS_MOST: Final = 200
"""Rows by day that a page shows; with more, it points at the file."""
MIDDLE: Final = ("over_cap", "outside_window", "void")
"""Columns between what was cast and what rules set aside."""
_COLUMNS: Final = ("outside_window", "void", "over_cap", "set_aside", "counted")

Row = dict[str, Any]
"""A row of a table, or of the statement, as it is declared there."""


class Purge(msgspec.Struct, frozen=True):
    """What a rule did, as the certificate states it, and what the rule says."""

    rule: str
    does: str
    late: bool
    cases: int
    voters: int
    ballots: int
    votes: int
    also: int
    reinstated: int
    title: str
    because: str
    told: str
    channels: list[str]
    query: str


class Purged(msgspec.Struct, frozen=True):
    """Ballots and votes of the rulings by nominee, channel, rule and outcome."""

    nominee: str
    channel: str
    rule: str
    outcome: str
    ballots: int
    votes: int


class Day(msgspec.Struct, frozen=True):
    """A nominee in a channel on one day: votes cast, by column before and after the purge, and set aside by rule."""

    nominee: str
    channel: str
    day: str
    cast: int
    before: dict[str, int]
    after: dict[str, int]
    purged: dict[str, int]


class BeforeAndAfter(msgspec.Struct, frozen=True):
    """The votes of a nominee in a channel: `cast`, those of `MIDDLE`, those set aside by each rule, and what counts.

    before : what would count without the purge; after : what counts
    """

    nominee: str
    channel: str
    cast: int
    middle: list[int]
    by_rule: list[int]
    before: int
    after: int


class Figures(msgspec.Struct, frozen=True):
    """Every figure of the notice."""

    award: str
    edition: str
    title: str
    evidence: str
    counting: str
    names: dict[str, str]
    result: list[Row]
    totals: list[Row]
    voids: list[Row]
    purges: list[Purge]
    purged: list[Purged]
    days: list[Day]
    appeals: list[Row]
    findings: list[Row]
    sensitivity: Row
    charts: list[Row]
    margin: Row
    not_seen: list[Row]
    mapping: list[Row]
    not_checked: list[Row]

    @property
    def purging(self) -> list[str]:
        """The declared rules that set ballots aside."""
        return [row.rule for row in self.purges if row.does == "set aside" and not row.late]

    def votes(self, column: str) -> int:
        """Give the votes of a column, of all nominees and channels."""
        return sum(row[f"votes_{column}"] for row in self.totals)

    def scenario(self, kind: str) -> Row | None:
        """Give the result under another purge: of the kind `none`, or `late`."""
        return next((row for row in self.sensitivity["rows"] if row["kind"] == kind), None)

    def before_and_after(self) -> list[BeforeAndAfter]:
        """Give, by nominee and channel, the votes in each column and what would count without the purge."""
        by_rule = {(row.nominee, row.channel, row.rule): row.votes for row in self.purged if row.outcome == "set aside"}
        before: Counter[tuple[str, str]] = Counter()
        for day in self.days:
            before[day.nominee, day.channel] += day.before["counted"]
        return [
            BeforeAndAfter(
                nominee=row["nominee"],
                channel=row["channel"],
                cast=row["votes_cast"],
                middle=[row[f"votes_{column}"] for column in MIDDLE],
                by_rule=[by_rule.get((row["nominee"], row["channel"], rule), 0) for rule in self.purging],
                before=before[cell] if (cell := (row["nominee"], row["channel"])) in before else row["votes_counted"],
                after=row["votes_counted"],
            )
            for row in self.totals
            if row["votes_cast"]
        ]


def figures(season: Season, tables: Evidence, statement: Row) -> Figures:
    """Give every figure of the notice.

    Parameters
    ----------
    statement : the certificate's; before there is one, its `audit` alone
    """
    audit, log = statement["audit"], statement.get("vote", {}).get("log")
    counting = season.counting_rule()
    nominees = tables.to_rows(tables.read("nominees").order_by("nominee"))
    totals = tables.to_rows(tables.read("totals").order_by("nominee", "channel"))
    did = mapping_stated(season, tables)
    by_name = {rule.name: rule for rule in (*season.purge_rules(), *season.late_rules())}
    return Figures(
        award=season.award,
        edition=season.edition,
        title=season.title,
        evidence=evidence_kind(season),
        counting=counting.name,
        names={row["nominee"]: row["name"] for row in nominees},
        result=tables.to_rows(tables.read("result").order_by("position", "nominee")),
        totals=totals,
        voids=tables.to_rows(tables.read("voids").order_by("nominee", "channel", "reason")),
        purges=[_purge(row, by_name[row["rule"]]) for row in audit["purges"]],
        purged=_purged(tables),
        days=_days(tables),
        appeals=audit["appeals"],
        findings=audit["findings"],
        sensitivity=audit["sensitivity"],
        charts=audit["charts"],
        margin=asdict(margin(totals, [row["nominee"] for row in nominees], counting)),
        not_seen=cited(unseen(season, audit["findings"], log)),
        mapping=[{"title": source.title, "mapping": did[source.id]} for source in season.sources if did.get(source.id)],
        not_checked=cited(not_checked(season)),
    )


def _purge(row: Mapping[str, Any], rule: PurgeRule) -> Purge:
    said = {"title": rule.title, "because": rule.because, "told": rule.told, "channels": list(rule.channels)}
    return msgspec.convert({**row, **said, "query": f"audit/{rule.name}.sql"}, Purge)


def _purged(tables: Evidence) -> list[Purged]:
    purged = tables.read("purged")
    sums = purged.group_by("nominee", "channel", "rule", "outcome").agg(ballots=_.ballots.sum(), votes=_.votes.sum())
    return msgspec.convert(tables.to_rows(sums.order_by("nominee", "channel", "rule", "outcome")), list[Purged])


def _days(tables: Evidence) -> list[Day]:
    found: dict[tuple[str, str, int], Day] = {}
    for row in tables.to_rows(tables.read("days").order_by("nominee", "channel", "number", "way")):
        first = Day(row["nominee"], row["channel"], row["day"], row["votes_cast"], {}, {}, {})
        day = found.setdefault(_place(row), first)
        {BEFORE: day.before, AFTER: day.after}[row["way"]].update(
            {column: row[f"votes_{column}"] for column in _COLUMNS}
        )
    purged = tables.read("purged")
    for row in tables.to_rows(purged.filter(purged.outcome == "set aside").order_by("number", "rule")):
        found[_place(row)].purged[row["rule"]] = row["votes"]
    return list(found.values())


def _place(row: Mapping[str, Any]) -> tuple[str, str, int]:
    return row["nominee"], row["channel"], row["number"]
