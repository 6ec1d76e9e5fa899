"""The edition: its nominees, the rules and windows of its vote, the result and what the result withstands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.base.numbers import half_even
from plaudit.base.weeks import to_instant
from plaudit.certify.certificate import VERIFIER_KEY
from plaudit.certify.scenarios import scenario, winners
from plaudit.certify.seal import COMMITMENT, is_sealed
from plaudit.publish.robustness import robustness
from plaudit.site.geometry import bars
from plaudit.site.kinds import MenuItem, Page, PageKind
from plaudit.site.local_times import local_hour, local_instant
from plaudit.site.pages.over_time import PICTURE
from plaudit.site.pages.rules import rule_facts, rule_said
from plaudit.words.message import with_names
from plaudit.words.names import known
from plaudit.words.texts import N_, clipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.site.site_data import Row, SiteData
    from plaudit.words.words import Words

__all__ = ["COLUMNS", "EDITION", "nominee_names"]

COLUMNS: Final = ("cast", "counted", "over_cap", "outside_window", "void", "set_aside")
"""Where a vote went; all but `cast` add up to it."""
_ROWS_MOST: Final = 100


def nominee_names(site_data: SiteData) -> dict[str, dict[str, str]]:
    """Give every nominee's names by language."""
    return {row["nominee"]: site_data.names(row["nominee"]) for row in site_data.statement.get("nominees", [])}


def _pages(site_data: SiteData) -> Iterator[Page]:
    season = site_data.season
    if season.nomination is None:
        return
    result = site_data.statement.get("result")
    yield Page(
        "edition.html",
        {
            "names": nominee_names(site_data),
            "artists": sorted(set(nominee_names(site_data)) & set(site_data.artists)),
            "nomination": _nomination(site_data),
            "nominees": sorted(
                site_data.statement.get("nominees", []), key=lambda row: (-row["points"], row["nominee"])
            ),
            "vote": _vote(site_data),
            "result": _result(site_data, result) if result else None,
            "sealed": site_data.commitment if site_data.is_still_sealed else None,
            "over_time": _over_time(site_data),
            "was_read_once": site_data.was_read_once,
            "audit": _audit(site_data),
            "files": _files(site_data),
            "key": _key(site_data),
        },
    )


def _nomination(site_data: SiteData) -> dict[str, Any]:
    wanted = site_data.season.nomination
    assert wanted is not None
    charts = {chart.name: chart.rule.title for chart in site_data.charts}
    return {
        **rule_facts(site_data.season.rules[wanted.rule]),
        "chart": wanted.chart,
        "chart_title": charts.get(wanted.chart, ""),
        "first_on": wanted.first_on.isoformat() if wanted.first_on else "",
        "last_on": wanted.last_on.isoformat() if wanted.last_on else "",
    }


def _vote(site_data: SiteData) -> dict[str, Any] | None:
    season, stated = site_data.season, site_data.statement.get("vote", {})
    if season.vote is None:
        return None
    rule = season.counting_rule()
    return {
        **rule_facts(season.rules[rule.name]),
        "zone": rule.day.zone,
        "windows": _windows(site_data),
        "is_live": season.live is not None,
        "is_sealed": is_sealed(season),
        "standings": rule.intake.standings,
        "log": stated.get("log"),
    }


def _windows(site_data: SiteData) -> list[Row]:
    """Give each window with its instants and the names of its channels, or of none where it is for all."""
    assert site_data.season.vote is not None
    named = {channel.id: channel.name for channel in site_data.season.counting_rule().channel}
    return [
        {
            "id": window.id,
            "opens_at": to_instant(window.opens_at),
            "closes_at": to_instant(window.closes_at),
            "channels": [named[channel] for channel in window.channels],
        }
        for window in site_data.season.vote.window
    ]


def _result(site_data: SiteData, result: Row) -> dict[str, Any]:
    """Give positions, the columns of each nominee, and the columns of each channel."""
    by_nominee: dict[str, dict[str, int]] = {}
    by_channel: dict[str, list[Row]] = {}
    for row in result["totals"]:
        sums = by_nominee.setdefault(row["nominee"], dict.fromkeys(COLUMNS, 0))
        for column in COLUMNS:
            sums[column] += row[f"votes_{column}"]
        if row["votes_cast"]:
            cells = [row[f"votes_{column}"] for column in COLUMNS]
            by_channel.setdefault(row["channel"], []).append({"nominee": row["nominee"], "votes": cells})
    order = {row["nominee"]: place for place, row in enumerate(result["positions"])}
    shown = result["positions"][:_ROWS_MOST]
    rule = site_data.season.counting_rule()
    return {
        "unit": result["unit"],
        "winners": result["winners"],
        "count": len(result["positions"]),
        "cast": sum(sums["cast"] for sums in by_nominee.values()),
        "counted": sum(sums["counted"] for sums in by_nominee.values()),
        "positions": [
            {"exact": "", **row, "votes": [by_nominee.get(row["nominee"], {}).get(column, 0) for column in COLUMNS]}
            for row in shown
        ],
        "value": sum(row["value"] for row in result["positions"]),
        "rest_value": sum(row["value"] for row in result["positions"][_ROWS_MOST:]),
        "rest": _sums(by_nominee[one] for one in by_nominee if order.get(one, 0) >= _ROWS_MOST),
        "others": _sums(by_nominee[one] for one in by_nominee if one not in order),
        "other_names": sum(one not in order for one in by_nominee),
        "sums": _sums(by_nominee.values()),
        "channels": [
            {
                "id": channel.id,
                "name": channel.name,
                "is_counted_elsewhere": channel.counts == "totals",
                **_channel(by_channel.get(channel.id, []), order),
            }
            for channel in rule.channel
        ],
        "voids": _voids(result),
    }


def _channel(found: list[Row], order: dict[str, int]) -> Row:
    """Give a channel's rows, the nominees by the result, and what those who are not shown sum up to."""
    named = sorted((row for row in found if row["nominee"] in order), key=lambda row: order[row["nominee"]])
    shown, rest = named[: _ROWS_MOST // 2], named[_ROWS_MOST // 2 :]
    return {
        "rows": shown,
        "count": len(named),
        "rest": _added(row["votes"] for row in rest),
        "others": _added(row["votes"] for row in found if row["nominee"] not in order),
        "sums": _added(row["votes"] for row in found),
    }


def _sums(rows: Iterable[dict[str, int]]) -> list[int]:
    return _added([row[column] for column in COLUMNS] for row in rows)


def _added(rows: Iterable[list[int]]) -> list[int]:
    """Add rows of the columns up; none give none, so that a row of noughts is not shown."""
    found = list(rows)
    return [sum(column) for column in zip(*found, strict=True)]


def _voids(result: Row) -> list[tuple[str, int]]:
    reasons: dict[str, int] = {}
    for row in result["voids"]:
        reasons[row["reason"]] = reasons.get(row["reason"], 0) + row["votes"]
    return sorted(reasons.items())


def _over_time(site_data: SiteData) -> dict[str, Any] | None:
    found = site_data.over_time
    if found is None:
        return None
    return {
        "picture": PICTURE,
        "zone": found.zone,
        "hourly": found.is_hourly,
        "running": found.is_running,
        "nominees": found.nominees,
        "others": found.has_others,
        "rows": found.rows,
    }


def _audit(site_data: SiteData) -> dict[str, Any] | None:
    """Give what the page says of the audit: in short what each rule did, findings, and the result's sensitivity."""
    audit = site_data.statement.get("audit")
    if audit is None:
        return None
    return {
        "purges": [{**row, "title": site_data.season.rules[row["rule"]].rule.title} for row in audit["purges"]],
        "appeals": len(audit["appeals"]),
        "findings": audit["findings"],
        "robustness": {
            "rows": audit["sensitivity"]["rows"],
            "margin": site_data.audit_figures.margin,
            "charts": audit["charts"],
        },
    }


def _files(site_data: SiteData) -> list[str]:
    """Give the published files that belong to the edition, by path below `published/`."""
    if site_data.is_still_sealed:
        return ["nominees.csv", COMMITMENT, VERIFIER_KEY]
    found = ["nominees.csv", "certificate.note", "certificate.md", VERIFIER_KEY]
    if "result" in site_data.statement:
        found += ["totals.csv", "voids.csv", "result.json"]
    if "audit" in site_data.statement:
        found += ["audit/notice.md", "audit/notice.json", "audit/findings.csv", "audit/sensitivity.csv"]
        found += ["audit/cases.csv", "audit/days.csv"]
    return found


def _key(site_data: SiteData) -> str:
    path = site_data.season.published_file(VERIFIER_KEY)
    return path.read_text("utf-8").strip() if path.is_file() else ""


def _view(facts: dict[str, Any], words: Words) -> dict[str, object]:
    vote, audit, over_time = facts["vote"], facts["audit"], facts["over_time"]
    made: dict[str, object] = {
        "winners": [
            clipped(words.name(facts["names"][winner]), 80) for winner in (facts["result"] or {}).get("winners", ())
        ],
        "heads": [words.html(known("column", column)) for column in COLUMNS],
        "positions": _with_bars(facts["result"], words) if facts["result"] else [],
        "lead": _lead(facts, words),
        "nomination_sections": rule_said(facts["nomination"]["rule"], words),
        "windows": [],
        "vote_sections": [],
        "robustness": [],
        "scenarios": [],
        "findings": {},
        "times": [],
    }
    if vote:
        made["vote_sections"] = rule_said(vote["rule"], words)
        made["windows"] = [
            {
                **window,
                "opens": local_instant(window["opens_at"], vote["zone"], words),
                "closes": local_instant(window["closes_at"], vote["zone"], words),
            }
            for window in vote["windows"]
        ]
    if audit:
        said = robustness(**audit["robustness"])
        made["robustness"] = [words.html(with_names(one, facts["names"])) for one in said]
        made["scenarios"] = [
            {
                **row,
                "name": words.html(scenario(row)),
                "first": words.html(with_names(winners(row["winners"]), facts["names"])),
                "next": words.html(with_names(winners(row["second"]), facts["names"])),
            }
            for row in audit["robustness"]["rows"]
        ]
        made["findings"] = _by_verdict(audit["findings"])
    if over_time:
        made["times"] = [(local_hour(label, words), votes) for label, votes in over_time["rows"]]
    return made


def _with_bars(result: Row, words: Words) -> list[Row]:
    """Give each position its share, and the width of its bar; the first one's is the whole."""
    positions, whole = result["positions"], max(result["value"], 1)
    most = max((row["value"] for row in positions), default=0)
    return [
        {
            **row,
            "share": words.tenths_of_percent(1_000 * half_even(1_000 * row["value"], whole)),
            "width": bars([row["value"]], most)[0][1],
        }
        for row in positions
    ]


def _lead(facts: dict[str, Any], words: Words) -> dict[str, str] | None:
    """Give by how much one winner leads, and whom; nothing of a shared first place."""
    result = facts["result"]
    if not result or len(result["winners"]) != 1 or len(result["positions"]) < 2:
        return None
    first, second = result["positions"][:2]
    margin = first["value"] - second["value"]
    value = words.percent(margin) if result["unit"] == "ppm" else words.number(margin)
    return {"value": value, "second": clipped(words.name(facts["names"][second["nominee"]]), 80)}


def _by_verdict(findings: Iterable[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {verdict: [] for verdict in ("fails", "alarm", "passes", "not checked")}
    for row in findings:
        found[row["verdict"]].append(row)
    return found


def _menu(site_data: SiteData) -> Iterable[MenuItem]:
    return [MenuItem("edition.html", N_("Edition"))] if site_data.season.nomination else []


EDITION: Final = PageKind("edition", "edition.html", _pages, _view, menu=_menu)
