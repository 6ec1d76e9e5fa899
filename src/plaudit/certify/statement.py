"""What a certificate states: the result, and the digest of everything it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pyarrow.parquet as pq

from plaudit.base.version import software
from plaudit.base.weeks import instant_text
from plaudit.certify.audited import audit_stated
from plaudit.certify.inputs import input_digests, inputs_sha256, inputs_stated
from plaudit.certify.limits import audit_limits, season_limits
from plaudit.certify.mapping import mapping_stated
from plaudit.certify.nominated import nominees_stated
from plaudit.certify.shape import STATEMENT_TYPE
from plaudit.certify.unchecked import not_checked
from plaudit.store.row_digest import PartDigest, table_digest
from plaudit.store.tables import CERTIFIED, TABLES, table
from plaudit.words.sentence import cited

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = [
    "evidence_kind",
    "readings_kind",
    "sealed_statement",
    "source_stated",
    "statement",
    "table_digests",
]

_MADE: Final = tuple(name for name, declared in TABLES.items() if not declared.is_certified and name != "honours")
"""The tables that follow from the collected ones; honours follow from the certificate."""


def statement(
    season: Season,
    tables: Evidence,
    log: dict[str, Any] | None,
    collected: dict[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Give the certificate's statement: plain values, no floats, nothing of this machine or hour.

    Parameters
    ----------
    log : what it cites of the log that the ballots are in, or None where none are
    collected : the digests of the collected tables, where they are known

    References
    ----------
    docs/spec/certificate.md
    """
    made = sealed_statement(season, tables, log, collected)
    made["inputs"] = inputs_stated(input_digests(made), tables)
    did = mapping_stated(season, tables)
    made["evidence"]["sources"] = [
        source | ({"mapping": did[source["id"]]} if source["id"] in did else {})
        for source in made["evidence"]["sources"]
    ]
    made["evidence"]["made"] = table_digests(tables, _MADE)
    if season.vote:
        made["result"] = _result(tables)
        made["audit"] = audit_stated(season, tables)
        made["limits"] += cited(audit_limits(made["audit"]))
    return made


def sealed_statement(
    season: Season,
    tables: Evidence,
    log: dict[str, Any] | None,
    collected: dict[str, dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """Give what the statement says beside the count: what may be known while the result is sealed."""
    made: dict[str, Any] = {
        "type": STATEMENT_TYPE,
        "software": software(),
        "season": {
            "award": season.award,
            "edition": season.edition,
            "origin": season.origin,
            "title": season.title,
        },
        "evidence": {
            "kind": evidence_kind(season),
            "sources": [source_stated(source) for source in season.sources],
            "tables": table_digests(tables, CERTIFIED) if collected is None else collected,
        },
        "rules": {
            name: {"kind": cited.kind, "sha256": cited.sha256, "shipped": cited.shipped}
            for name, cited in sorted(season.rules.items())
        },
        "inputs": inputs_stated(inputs_sha256(season)),
        "set_aside": _set_aside(tables),
        "limits": cited(season_limits(season, log)),
        "not_checked": cited(not_checked(season)),
    }
    if season.charts:
        made["charts"] = [_chart(tables, use.rule) for use in season.charts]
    if season.nomination:
        rows = tables.to_rows(tables.read("nominees").order_by("nominee"))
        made["nominees"] = nominees_stated(rows, season.nomination.rule)
    if season.vote:
        made["vote"] = _vote(season, log)
    return made


def _vote(season: Season, log: dict[str, Any] | None) -> dict[str, Any]:
    stated: dict[str, Any] = {
        "rule": season.counting_rule().name,
        "windows": [
            {
                "id": window.id,
                "from": instant_text(window.opens_at),
                "to": instant_text(window.closes_at),
                "channels": list(window.channels),
            }
            for window in season.windows()
        ],
    }
    if log is not None:
        ways = season.live.ways if season.live else ()
        stated["sources"] = [*ways, *(source.id for source in season.sources if source.kind == "ballots")]
        stated["log"] = log
    return stated


def evidence_kind(season: Season) -> str:
    """Give what the result rests on, as it must be labelled.

    `real`, `synthetic`, `partly synthetic`; over real readings also `synthetic
    ballots`, and `guest ballots` where anybody could vote without signing in.
    """
    if season.live and season.live.guests:
        return "guest ballots" if readings_kind(season) == "real" else "partly synthetic"
    taken = [False] if season.live else []  # ballots of people who signed in: nobody made them up
    kind = _kind([*_made_up(season.sources), *taken])
    voted = _kind([*_made_up(source for source in season.sources if source.holds_votes), *taken])
    if kind == "partly synthetic" and (voted, readings_kind(season)) == ("synthetic", "real"):
        return "synthetic ballots"
    return kind


def readings_kind(season: Season) -> str:
    """Give what the charts rest on: `real`, `synthetic` or `partly synthetic`."""
    return _kind(_made_up(source for source in season.sources if not source.holds_votes))


def _made_up(sources: Iterable[Source]) -> list[bool]:
    return [source.coverage.synthetic for source in sources]


def _kind(made_up: Sequence[bool]) -> str:
    if {*made_up} == {True, False}:
        return "partly synthetic"
    return "synthetic" if True in made_up else "real"


def table_digests(tables: Evidence, names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Give rows and digest of each of some tables that was made."""
    return {name: _digest(tables, name) for name in names if tables.files(name)}


def _digest(tables: Evidence, name: str) -> dict[str, Any]:
    declared, parts = table(name), {}
    for path in tables.files(name):
        part = PartDigest(declared)
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches():
                part.add(batch)
        parts[path.parent.name.partition("=")[2] if declared.partition else ""] = part.stated()
    return table_digest(name, parts)


def source_stated(source: Source) -> dict[str, Any]:
    """Give what is stated of a source: what it is, what it covers, what it did not see."""
    coverage = source.coverage
    return {
        "id": source.id,
        "kind": source.kind,
        "title": source.title,
        "publisher": source.publisher,
        "licence": source.licence,
        "from": coverage.first_on.isoformat(),
        "to": coverage.last_on.isoformat(),
        "sampling": coverage.sampling,
        "synthetic": coverage.synthetic,
        "gaps": [
            {
                "from": gap.first_on.isoformat(),
                "to": gap.last_on.isoformat(),
                "account": gap.account,
                "because": gap.because,
            }
            for gap in coverage.gaps
        ],
    }


def _set_aside(tables: Evidence) -> dict[str, int]:
    rows = tables.read("set_aside")
    reasons = tables.to_rows(rows.group_by("reason").agg(rows=rows.count()).order_by("reason"))
    return {row["reason"]: row["rows"] for row in reasons}


def _chart(tables: Evidence, rule_name: str) -> dict[str, Any]:
    weeks = tables.read("weeks")
    verdicts = tables.to_rows(weeks.filter(weeks.chart == rule_name).order_by("week"))
    entries = tables.read("entries")
    leaders = tables.to_rows(
        entries.filter(entries.chart == rule_name, entries.position == 1).order_by("week", "artist")
    )
    return {
        "rule": rule_name,
        "weeks": [
            {
                "week": row["week"],
                "verdict": row["verdict"],
                "missing": row["missing"].split(),
                **({"unfed": row["unfed"].split()} if row["unfed"] else {}),
                "no_1": [leader["artist"] for leader in leaders if leader["week"] == row["week"]],
            }
            for row in verdicts
        ],
    }


def _result(tables: Evidence) -> dict[str, Any]:
    positions = tables.to_rows(tables.read("result").order_by("position", "nominee"))
    return {
        "unit": positions[0]["unit"] if positions else "votes",
        "winners": [row["nominee"] for row in positions if row["is_winner"]],
        "positions": [
            {key: row[key] for key in ("position", "nominee", "value")}
            | ({"exact": row["exact"]} if row["exact"] else {})
            for row in positions
        ],
        "totals": tables.to_rows(tables.read("totals").order_by("nominee", "channel")),
        "voids": tables.to_rows(tables.read("voids").order_by("nominee", "channel", "reason")),
    }
