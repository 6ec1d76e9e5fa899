"""The whole line: collect → measure → chart → nominate → tally → certify → honour → publish.

Each step reads tables, asks the room of its name, and writes tables; a season
may stop after any of them. `run` walks them in order. Live voting and the audit
join the line between nominate and tally.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from plaudit.base.weeks import Week, to_instant, weeks_between
from plaudit.certify.certificate import Certificate, refuse_changed_rules, write_certificate
from plaudit.certify.keys import season_signer, voter_key
from plaudit.certify.statement import statement
from plaudit.chart.chart import chart as chart_entries
from plaudit.chart.chart import parts_of, undecided
from plaudit.chart.points import too_large
from plaudit.chart.refusals import refuse_huge, refuse_ties
from plaudit.collect.collect import Collected
from plaudit.collect.collect import collect as collect_sources
from plaudit.honour.honours import Honour, earlier_certificates, honours_of, read_honours
from plaudit.measure.coverage import days_with_readings, weeks_seen
from plaudit.measure.gains import gains as weekly_gains
from plaudit.measure.gains import named_weeks
from plaudit.measure.measure import measure as weekly_measures
from plaudit.nominate.nominate import named_nominees
from plaudit.nominate.nominate import nominate as nominees_by_rule
from plaudit.publish.publish import publish as published_files
from plaudit.publish.publish import write_files
from plaudit.tally.result import result as result_by_rule
from plaudit.tally.tally import VotingWindow
from plaudit.tally.tally import tally as tally_ballots

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.rulebook.season import ChartUse, Season
    from plaudit.store.evidence import Evidence

__all__ = ["certify", "chart", "collect", "honour", "measure", "nominate", "publish", "run", "tally"]


@dataclass(frozen=True)
class Run:
    """What a run made."""

    collected: Collected
    certificate: Certificate


def quiet(what: str, rows: int) -> None:
    """Say nothing."""


def run(season: Season, tables: Evidence, *, strict: bool = False, said: Callable[[str, int], None] = quiet) -> Run:
    """Walk the whole line once: from sources to published files.

    Raises
    ------
    PlauditError : whatever a step refuses; what earlier steps made stays.
    """
    refuse_changed_rules(season.published, {name: cited.sha256 for name, cited in season.rules.items()})
    collected = collect(season, tables, strict=strict, said=said)
    recompute(season, tables, said=said)
    certificate = certify(season, tables)
    honours = honour(season, tables, certificate.statement)
    publish(season, tables, certificate.statement, honours, season.published)
    return Run(collected, certificate)


def recompute(season: Season, tables: Evidence, *, said: Callable[[str, int], None] = quiet) -> None:
    """Make every table that follows from what was collected."""
    for step in (measure, chart, nominate, tally):
        said(step.__name__, 0)
        step(season, tables)


def collect(
    season: Season, tables: Evidence, *, strict: bool = False, said: Callable[[str, int], None] = quiet
) -> Collected:
    """Sources → posts, readings, ballots, source_totals, set_aside."""
    return collect_sources(season, tables, voter_key(season.folder), strict=strict, seen=said)


def measure(season: Season, tables: Evidence) -> None:
    """Posts and readings → weeks, gains, measures."""
    if not season.charts:
        tables.discard("weeks", "gains", "measures")
        return
    readings, posts = tables.read("readings"), tables.read("posts")
    seen_rows: list[dict[str, Any]] = []
    gained, measures = [], []
    for use in season.charts:
        rule, weeks = season.chart_rule(use.rule), chart_weeks(season, use)
        days_read = [row["day"] for row in tables.to_rows(days_with_readings(readings, weeks))]
        sources = [source for source in season.sources if source.platform]
        seen_rows += [seen.as_row(rule.name) for seen in weeks_seen(rule, weeks, sources, days_read)]
        gains = weekly_gains(readings, posts, weeks, rule)
        gained.append(named_weeks(gains, weeks, rule))
        measures.append(weekly_measures(gains, posts, weeks, rule, sources))
    tables.write_rows("weeks", seen_rows)
    tables.write_all("gains", gained)
    tables.write_all("measures", measures)


def chart(season: Season, tables: Evidence) -> None:
    """Measures → parts, entries."""
    if not season.charts:
        tables.discard("parts", "entries")
        return
    measures = tables.read("measures")
    parts, entries = [], []
    for use in season.charts:
        rule, verdicts = season.chart_rule(use.rule), chart_verdicts(tables, use.rule)
        refuse_huge(tables.to_rows(too_large(measures.filter(measures.chart == rule.name), rule)))
        parts.append(parts_of(measures, verdicts, rule, season.artists.artists))
        entries.append(chart_entries(measures, verdicts, rule, season.artists.artists))
        if rule.ties.then == "raise":
            refuse_ties(tables.to_rows(undecided(entries[-1])))
    tables.write_all("parts", parts)
    tables.write_all("entries", entries)


def nominate(season: Season, tables: Evidence) -> None:
    """Entries of the eligibility period, and names → nominees."""
    if season.nomination is None:
        tables.discard("nominees")
        return
    wanted, rule = season.nomination, season.nomination_rule()
    entries: list[dict[str, Any]] = []
    if wanted.chart:
        charted = tables.read("entries")
        first, last = str(wanted.first_on or ""), str(wanted.last_on or "9999")
        charted = charted.filter(charted.chart == wanted.chart, charted.week >= first, charted.week <= last)
        entries = tables.to_rows(charted)
    names = {artist.id: artist.name for artist in season.artists.artists}
    named = named_nominees(season.folder, wanted)
    names |= {item["nominee"]: item["name"] for item in named if item["name"]}
    nominees = nominees_by_rule(entries, named, rule)
    tables.write_rows(
        "nominees", [{**nominee, "name": names.get(nominee["nominee"], nominee["nominee"])} for nominee in nominees]
    )


def tally(season: Season, tables: Evidence) -> None:
    """Ballots, rulings and outside totals → totals, voids, result."""
    if season.vote is None:
        tables.discard("totals", "voids", "result")
        return
    rule = season.counting_rule()
    nominees = [row["nominee"] for row in tables.to_rows(tables.read("nominees"))]
    counted = tally_ballots(
        tables.read_or_empty("ballots"),
        tables.read_or_empty("source_totals"),
        tables.read_or_empty("rulings"),
        nominees,
        rule,
        voting_windows(season),
        kept=tables.kept,
    )
    totals = tables.write_rows("totals", counted.totals)
    tables.write_rows("voids", counted.voids)
    tables.write_rows("result", result_by_rule(totals.to_pylist(), nominees, rule))


def certify(season: Season, tables: Evidence) -> Certificate:
    """All of it → a signed statement."""
    stated = statement(season, tables)
    held = read_honours(season.folder / "honours.csv", season.artists)
    honours_of(held, [stated])  # refuses to sign what contradicts the record
    return write_certificate(stated, season_signer(season.folder, season.origin), season.published)


def honour(season: Season, tables: Evidence, stated: dict[str, Any]) -> list[Honour]:
    """Past editions and certificates → honours."""
    held = read_honours(season.folder / "honours.csv", season.artists)
    honours = honours_of(held, [stated, *earlier_certificates(season.folder / "certificates")])
    tables.write_rows("honours", [vars(honour) for honour in honours])
    return honours


def publish(season: Season, tables: Evidence, stated: dict[str, Any], honours: list[Honour], folder: Path) -> None:
    """Everything above → what the public reads."""
    write_files(folder, published_files(season, tables, stated, honours))


def chart_weeks(season: Season, use: ChartUse) -> list[Week]:
    """Give the weeks of one of the season's charts."""
    week = season.chart_rule(use.rule).week
    return weeks_between(use.first_on, use.last_on, week.starts_on, week.zone)


def chart_verdicts(tables: Evidence, rule_name: str) -> list[tuple[str, str]]:
    """Give each week of a chart and whether it is final, provisional or uncharted."""
    weeks = tables.read("weeks")
    rows = tables.to_rows(weeks.filter(weeks.chart == rule_name).order_by("week"))
    return [(row["week"], row["verdict"]) for row in rows]


def voting_windows(season: Season) -> list[VotingWindow]:
    """Give the season's voting windows, in instants."""
    assert season.vote is not None
    return [
        VotingWindow(window.id, to_instant(window.opens_at), to_instant(window.closes_at), window.channels)
        for window in season.vote.window
    ]
