"""The purge notice: who won, what was set aside by which rule, and how anyone repeats it.

One set of figures, from the certificate's tables, is the notice as JSON; one
document made of these figures is the notice as Markdown and as HTML.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from ibis import _

from plaudit.certify.limits import unseen
from plaudit.certify.mapping import mapping_stated
from plaudit.certify.statement import evidence_kind
from plaudit.certify.unchecked import not_checked
from plaudit.publish.formats import json_bytes
from plaudit.publish.notice_blocks import document
from plaudit.tally.days import AFTER, BEFORE
from plaudit.tally.margin import margin
from plaudit.words.document import as_html, as_markdown
from plaudit.words.sentence import cited
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["day_rows", "figures", "notice"]

_COLUMNS: Final = ("outside_window", "void", "over_cap", "set_aside", "counted")


def notice(found: dict[str, Any]) -> dict[str, bytes]:
    """Give `audit/notice.json`, `.md` and `.html`, the same in three languages.

    Parameters
    ----------
    found : as `figures` gives it

    References
    ----------
    docs/explanation/reading-a-purge-notice.md
    """
    blocks, words = document(found), words_of(SOURCE_LANGUAGE)
    return {
        "audit/notice.json": json_bytes(found),
        "audit/notice.md": as_markdown(blocks, words).encode(),
        "audit/notice.html": as_html(blocks, words).encode(),
    }


def figures(season: Season, tables: Evidence, statement: dict[str, Any]) -> dict[str, Any]:
    """Give every figure of the notice.

    Parameters
    ----------
    statement : the certificate's; before there is one, its `audit` alone
    """
    audit, log = statement["audit"], statement.get("vote", {}).get("log")
    counting = season.counting_rule()
    nominees = tables.to_rows(tables.read("nominees").order_by("nominee"))
    totals = tables.to_rows(tables.read("totals").order_by("nominee", "channel"))
    ids = [row["nominee"] for row in nominees]
    did = mapping_stated(season, tables)
    by_name = {rule.name: rule for rule in (*season.purge_rules(), *season.late_rules())}
    return {
        "award": season.award,
        "edition": season.edition,
        "title": season.title,
        "evidence": evidence_kind(season),
        "counting": counting.name,
        "names": {row["nominee"]: row["name"] for row in nominees},
        "result": tables.to_rows(tables.read("result").order_by("position", "nominee")),
        "totals": totals,
        "voids": tables.to_rows(tables.read("voids").order_by("nominee", "channel", "reason")),
        "purges": [_purge(row, by_name[row["rule"]]) for row in audit["purges"]],
        "purged": _purged(tables),
        "days": _days(tables),
        "appeals": audit["appeals"],
        "findings": audit["findings"],
        "sensitivity": audit["sensitivity"],
        "charts": audit["charts"],
        "margin": asdict(margin(totals, ids, counting)),
        "not_seen": cited(unseen(season, audit["findings"], log)),
        "mapping": [
            {"title": source.title, "mapping": did[source.id]} for source in season.sources if did.get(source.id)
        ],
        "not_checked": cited(not_checked(season)),
    }


def day_rows(found: dict[str, Any]) -> list[dict[str, Any]]:
    """Give the days of the figures as flat rows, one for each nominee, channel and day, every rule a column."""
    rules = [row["rule"] for row in found["purges"] if not row["late"] and row["does"] == "set aside"]
    return [
        {
            **{key: row[key] for key in ("nominee", "channel", "day", "cast")},
            **{f"{column}_before": votes for column, votes in row["before"].items() if column != "set_aside"},
            **{f"purged by {rule}": row["purged"].get(rule, 0) for rule in rules},
            **{f"{column}_after": votes for column, votes in row["after"].items() if column != "set_aside"},
        }
        for row in found["days"]
    ]


def _purge(row: dict[str, Any], rule: Any) -> dict[str, Any]:
    said = {"title": rule.title, "because": rule.because, "told": rule.told, "channels": list(rule.channels)}
    return {**row, **said, "query": f"audit/{rule.name}.sql"}


def _purged(tables: Evidence) -> list[dict[str, Any]]:
    """Give ballots and votes of the rulings by nominee, channel, rule and outcome."""
    purged = tables.read("purged")
    sums = purged.group_by("nominee", "channel", "rule", "outcome").agg(ballots=_.ballots.sum(), votes=_.votes.sum())
    return tables.to_rows(sums.order_by("nominee", "channel", "rule", "outcome"))


def _days(tables: Evidence) -> list[dict[str, Any]]:
    """Give one dict per nominee, channel and day: votes cast, `before` and `after` by column, `purged` by rule."""
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for row in tables.to_rows(tables.read("days").order_by("nominee", "channel", "number", "way")):
        key = {name: row[name] for name in ("nominee", "channel", "day")}
        day = found.setdefault(_place(row), {**key, "cast": row["votes_cast"], BEFORE: {}, AFTER: {}, "purged": {}})
        day[row["way"]] = {column: row[f"votes_{column}"] for column in _COLUMNS}
    purged = tables.read("purged")
    for row in tables.to_rows(purged.filter(purged.outcome == "set aside").order_by("number", "rule")):
        found[_place(row)]["purged"][row["rule"]] = row["votes"]
    return list(found.values())


def _place(row: dict[str, Any]) -> tuple[str, str, int]:
    return row["nominee"], row["channel"], row["number"]
