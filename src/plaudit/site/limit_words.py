"""What a result cannot show, in one reader's language: of its sources, its rule, its checks and its purge.

The certificate says the same in English under `limits`, and the notice under "What
could not be seen"; here it is said from the season's own values, not from those texts.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from plaudit.base.weeks import to_instant
from plaudit.site.finding_words import finding_text, subject_name
from plaudit.site.robustness_words import named, scenario_name
from plaudit.vote.log import last_close
from plaudit.words import names
from plaudit.words.texts import bdi, code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from markupsafe import Markup

    from plaudit.rulebook.sources import Source
    from plaudit.site.site_data import Row, SiteData
    from plaudit.words.words import Words

__all__ = ["limit_facts", "limit_sentence", "unseen_facts"]

Facts = dict[str, Any]


def limit_facts(site_data: SiteData) -> list[Facts]:
    """Give one dict for each of the certificate's limits, in its order: what `kind` it is, and its values."""
    season, stated = site_data.season, site_data.statement
    found: list[Facts] = []
    if season.live and season.live.guests:
        found.append({"kind": "guests"})
    found += _early(site_data)
    for source in season.sources:
        if source.coverage.synthetic:
            found.append({"kind": "synthetic", **_of_source(source)})
        if source.kind == "totals":
            found.append({"kind": "totals", **_of_source(source)})
    if season.vote:
        rule = season.counting_rule()
        found += [
            {"kind": "choice", "rule": rule.name, "key": key, "said": said}
            for key, said in sorted(rule.not_found.items())
        ]
    return found + _of_audit(stated["audit"], site_data) if "audit" in stated else found


def unseen_facts(site_data: SiteData, findings: Iterable[Row]) -> list[Facts]:
    """Give one dict for each thing that no purge rule and no check could look at."""
    found: list[Facts] = []
    for source in site_data.season.sources:
        if source.kind == "totals":
            found.append({"kind": "totals", **_of_source(source)})
        for gap in source.coverage.gaps:
            days = {"from": gap.first_on.isoformat(), "to": gap.last_on.isoformat()}
            gone = {"account": gap.account or "", "said": gap.because, **days}
            found.append({"kind": "gap", **_of_source(source), **gone})
    return found + [{**row, "kind": "unchecked"} for row in findings if row["verdict"] == "not checked"]


def limit_sentence(facts: Facts, words: Words) -> Markup:
    """Say one of them."""
    return _SAID[facts["kind"]](facts, words)


def _of_source(source: Source) -> Facts:
    return {"source": source.id, "title": source.title}


def _early(site_data: SiteData) -> list[Facts]:
    log = site_data.statement.get("vote", {}).get("log")
    if log is None:
        return []
    last = last_close(site_data.season)
    closed_at = to_instant(datetime.fromisoformat(log["closed_at"]))
    if closed_at >= last:
        return []
    return [{"kind": "early", "at": closed_at, "end": last, "said": log["because"]}]


def _of_audit(audit: Row, site_data: SiteData) -> list[Facts]:
    failed = [{**row, "kind": "failed"} for row in audit["findings"] if row["verdict"] == "fails"]
    rows = {row["scenario"]: row for row in audit["sensitivity"]["rows"]}
    nominees = {row["nominee"]: site_data.names(row["nominee"]) for row in site_data.statement["nominees"]}
    return failed + [
        {"kind": "moved", "row": rows[scenario], "names": nominees} for scenario in audit["sensitivity"]["changes"]
    ]


def _source(facts: Facts, words: Words) -> Markup:
    return words.own(facts["title"]) if facts["title"] else code(facts["source"])


def _gap(facts: Facts, words: Words) -> Markup:
    values = {
        "source": _source(facts, words),
        "from": words.day(facts["from"]),
        "to": words.day(facts["to"]),
        "why": words.own(facts["said"]),
    }
    if facts["account"]:
        account = bdi(facts["account"])
        return words.text(
            "%(source)s saw nothing of %(account)s from %(from)s to %(to)s: %(why)s", account=account, **values
        )
    return words.text("%(source)s saw nothing from %(from)s to %(to)s: %(why)s", **values)


def _moved(facts: Facts, words: Words) -> Markup:
    row: Mapping[str, Any] = facts["row"]
    winners = named(row["winners"], facts["names"], words) or words.text("nobody")
    return words.text(
        "The result would have been another (%(scenario)s): %(winners)s.",
        scenario=scenario_name(row, words),
        winners=winners,
    )


def _checked(facts: Facts, words: Words) -> dict[str, Markup | str]:
    return {
        "check": names.known(words, "check", facts["check"]),
        "subject": subject_name(words, facts["check"], facts["subject"]),
        "found": finding_text(words, facts["check"], facts["found"]),
        "expected": finding_text(words, facts["check"], facts["expected"]),
    }


_SAID: dict[str, Callable[[Facts, Words], Markup]] = {
    "guests": lambda _facts, words: words.text("Anyone could vote, any number of times: a demonstration."),
    "early": lambda facts, words: words.text(
        "The vote was closed early, at %(at)s; its last window ended at %(end)s: %(why)s",
        at=words.instant(facts["at"]),
        end=words.instant(facts["end"]),
        why=words.own(facts["said"]),
    ),
    "synthetic": lambda facts, words: words.text(
        "%(source)s is made up: nobody cast or posted any of it.", source=_source(facts, words)
    ),
    "totals": lambda facts, words: words.text(
        "%(source)s holds totals that somebody else counted: no ballot and no cap can be checked, "
        "and no purge rule can look into them.",
        source=_source(facts, words),
    ),
    "choice": lambda facts, words: words.text(
        "No source of the rule %(rule)s says (%(key)s): %(choice)s",
        rule=code(facts["rule"]),
        key=code(facts["key"]),
        choice=words.own(facts["said"]),
    ),
    "gap": _gap,
    "unchecked": lambda facts, words: words.text(
        "Not checked: %(check)s (%(subject)s). Why: %(found)s.", **_checked(facts, words)
    ),
    "failed": lambda facts, words: words.text(
        "A check that fails: %(check)s (%(subject)s). Found: %(found)s. Expected: %(expected)s.",
        **_checked(facts, words),
    ),
    "moved": _moved,
}
