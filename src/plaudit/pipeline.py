"""The whole line: collect → measure → chart → nominate → vote → audit → tally → certify → honour → publish.

Each step reads tables, asks the room of its name, and writes tables; a season
may stop after any of them. `run` walks them in order, apart from what is there:
tables, log, certificate and pages take their places together, or not at all. The
vote is a log: made of the ballots that files held, or taken live and read back
into ballots.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from secrets import token_bytes
from typing import TYPE_CHECKING, Any

from plaudit.audit.appeals import read_appeals
from plaudit.audit.audit import audit as audit_ballots
from plaudit.audit.checks.counted import Counted
from plaudit.audit.checks.findings import findings
from plaudit.base.change import Change
from plaudit.base.extras import require
from plaudit.certify.certificate import (
    CERTIFICATE,
    Certificate,
    read_certificate,
    refuse_changed_rules,
    write_certificate,
)
from plaudit.certify.keys import season_signer
from plaudit.certify.seal import COMMITMENT, is_sealed, read_commitment, unsealed
from plaudit.certify.seal import seal as seal_result
from plaudit.certify.sealed import SealedEvidence, is_still_sealed
from plaudit.certify.statement import sealed_statement, statement
from plaudit.certify.unmade import refuse_empty_sources, refuse_uncounted, refuse_unmade
from plaudit.chart.chart import chart as chart_entries
from plaudit.chart.chart import parts_of, undecided
from plaudit.chart.points import too_large
from plaudit.chart.refusals import refuse_huge, refuse_ties
from plaudit.chart.sensitivity import chart_sensitivity
from plaudit.collect.collect import Collected
from plaudit.collect.collect import collect as collect_sources
from plaudit.collect.near_misses import declared_ids, in_tables
from plaudit.honour.honours import Honour, earlier_certificates, honours_of, read_honours
from plaudit.measure.credits import credited
from plaudit.measure.measured import measured
from plaudit.nominate.nominate import in_period, named_nominees
from plaudit.nominate.nominate import nominate as nominees_by_rule
from plaudit.publish.publish import SITE, write_files
from plaudit.publish.publish import publish as published_files
from plaudit.store.tables import made_by
from plaudit.tally.days import days
from plaudit.tally.result import result as result_by_rule
from plaudit.tally.scenarios import Purge
from plaudit.tally.sensitivity import sensitivity
from plaudit.tally.tally import tally as tally_ballots
from plaudit.vote.ballots import write_ballots
from plaudit.vote.keys import log_signer, make_keys, voter_key
from plaudit.vote.leaves import Leaves
from plaudit.vote.log import CHECKPOINT, cited_log, discard_log, has_log, last_close, logged_ballots, write_log
from plaudit.vote.statements import opening

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.site.site import Built
    from plaudit.store.evidence import Evidence

__all__ = [
    "audit",
    "certify",
    "changed",
    "chart",
    "check",
    "collect",
    "honour",
    "measure",
    "nominate",
    "publish",
    "reveal",
    "run",
    "seal",
    "site",
    "tally",
    "vote",
]


_TO_TABLES = ("collect", "measure", "chart", "nominate", "vote", "audit", "tally", "check")
_TOLD = ("certify", "honour", "publish")


@dataclass(frozen=True)
class Run:
    """What a run made: a certificate, or the commitment to a result that is still sealed."""

    collected: Collected
    certificate: Certificate | None
    commitment: Path | None = None
    near_misses: tuple[str, ...] = ()


def quiet(what: str, rows: int) -> None:
    """Say nothing."""


def silent(words: str) -> None:
    """Say nothing."""


@contextmanager
def changed(season: Season, tables: Evidence, does: str) -> Iterator[tuple[Season, Evidence]]:
    """Give season and tables to work on: what is made takes its place at the end, all of it or nothing.

    Within a change that is under way, this is a part of that one.

    Parameters
    ----------
    does : what a second process, which has to wait, is told

    Raises
    ------
    OutOfTurn : another process changes the season.
    FileRefused : the folder cannot be written.
    """
    if season.change is not None:
        yield season, tables
        return
    with Change(season.folder, does) as change:
        yield replace(season, change=change), tables.within(change)


def run(
    season: Season,
    tables: Evidence,
    *,
    strict: bool = False,
    pages: bool = False,
    on_progress: Callable[[str, int], None] = quiet,
    on_warning: Callable[[str], None] = silent,
) -> Run:
    """Walk the whole line once: from sources to published files, and with `pages` to these.

    Parameters
    ----------
    on_warning : is told each id that a source writes nearly as the season declares it, before anything is counted

    Raises
    ------
    NothingMade : a step that the season asks for came out empty.
    PlauditError : whatever a step refuses; all that earlier runs made stays, byte for byte.
    """
    refuse_changed_rules(season.published, {name: cited.sha256 for name, cited in season.rules.items()})
    with changed(season, tables, "plaudit run") as working:
        return _run(*working, strict=strict, pages=pages, on_progress=on_progress, on_warning=on_warning)


def _run(
    season: Season,
    tables: Evidence,
    *,
    strict: bool,
    pages: bool,
    on_progress: Callable[[str, int], None],
    on_warning: Callable[[str], None],
) -> Run:
    is_kept = is_still_sealed(season)
    step = _Steps((*_TO_TABLES, *(("seal",) if is_kept else _TOLD), *(("site",) if pages else ())), on_progress)
    step("collect", 0)
    collected = collect(season, tables, strict=strict, on_progress=on_progress)
    misses = near_misses(season, tables)
    for miss in misses:
        on_warning(miss)
    refuse_empty_sources(season, tables)
    walk(season, tables, (measure, chart, nominate, vote, audit, tally, check), step)
    if is_kept:
        step("seal", 0)
        made = Run(collected, None, seal(season, tables), misses)
    else:
        made = Run(collected, tell(season, tables, step), near_misses=misses)
    if pages:
        step("site", 0)
        site(season, tables, on_progress=on_progress)
    return made


def reveal(
    season: Season, tables: Evidence, *, pages: bool = False, on_progress: Callable[[str, int], None] = quiet
) -> Certificate:
    """Count once more, and if the result is the sealed one, certify and publish it.

    Raises
    ------
    OutOfTurn : nothing was sealed.
    ProofInvalid : the result is not the sealed one.
    NothingMade : a step that the season asks for came out empty.
    """
    with changed(season, tables, "plaudit reveal") as working:
        return _reveal(*working, pages=pages, on_progress=on_progress)


def _reveal(season: Season, tables: Evidence, *, pages: bool, on_progress: Callable[[str, int], None]) -> Certificate:
    step = _Steps((*_TO_TABLES[1:], *_TOLD, *(("site",) if pages else ())), on_progress)
    walk(season, tables, (measure, chart, nominate, vote, audit, tally, check), step)
    certificate = tell(season, tables, step)
    if pages:
        step("site", 0)
        site(season, tables, on_progress=on_progress)
    return certificate


def tell(season: Season, tables: Evidence, step: Callable[[str, int], None] = quiet) -> Certificate:
    """Certify, honour and publish what was counted."""
    step("certify", 0)
    certificate = certify(season, tables)
    step("honour", 0)
    honours = honour(season, tables, certificate.statement)
    step("publish", 0)
    publish(season, tables, certificate.statement, honours)
    return certificate


def recompute(season: Season, tables: Evidence, *, on_progress: Callable[[str, int], None] = quiet) -> None:
    """Make every table that follows from the evidence."""
    walk(season, tables, (measure, chart, nominate, audit, tally, check), on_progress)


def walk(
    season: Season,
    tables: Evidence,
    steps: Sequence[Callable[[Season, Evidence], None]],
    on_progress: Callable[[str, int], None],
) -> None:
    """Take some steps in order; each is named before it is taken."""
    for step in steps:
        on_progress(step.__name__, 0)
        step(season, tables)


class _Steps:
    """Says which of how many steps is taken."""

    def __init__(self, names: Sequence[str], on_progress: Callable[[str, int], None]) -> None:
        self._names, self._said = list(names), on_progress

    def __call__(self, name: str, rows: int) -> None:
        self._said(f"step {self._names.index(name) + 1} of {len(self._names)}: {name}", rows)


def collect(
    season: Season, tables: Evidence, *, strict: bool = False, on_progress: Callable[[str, int], None] = quiet
) -> Collected:
    """Sources → posts, readings, ballots, source_totals, set_aside."""
    make_keys(season.folder)
    return collect_sources(season, tables, voter_key(season.folder), strict=strict, on_progress=on_progress)


def near_misses(season: Season, tables: Evidence) -> tuple[str, ...]:
    """Give a line for each id that a source writes nearly as the season declares it."""
    named = [item["nominee"] for item in named_nominees(season.folder, season.nomination)] if season.nomination else []
    return tuple(in_tables(season, tables, declared_ids(season, named)))


def measure(season: Season, tables: Evidence) -> None:
    """Posts and readings → weeks, gains, measures."""
    if not season.charts:
        tables.discard(*made_by("measure"))
        return
    readings, posts = tables.read("readings"), credited(tables.read("posts"), tables.read("credits"))
    seen_rows: list[dict[str, Any]] = []
    gained, measures = [], []
    for use in season.charts:
        rule, weeks = season.chart_rule(use.rule), season.chart_weeks(use)
        made = measured(readings, posts, weeks, rule, season.sources, to_rows=tables.to_rows)
        seen_rows += [seen.as_row(rule.name) for seen in made.seen]
        gained.append(made.gains)
        measures.append(made.measures)
    tables.write_rows("weeks", seen_rows)
    tables.write_all("gains", gained)
    tables.write_all("measures", measures)


def chart(season: Season, tables: Evidence) -> None:
    """Measures → parts, entries."""
    if not season.charts:
        tables.discard(*made_by("chart"))
        return
    measures = tables.read("measures")
    parts, entries = [], []
    for use in season.charts:
        rule, verdicts = season.chart_rule(use.rule), chart_verdicts(tables, use.rule)
        refuse_huge(tables.to_rows(too_large(measures.filter(measures.chart == rule.name), rule)))
        parts.append(parts_of(measures, verdicts, rule, season.artists.artists))
        entries.append(chart_entries(measures, verdicts, rule, season.artists.artists, to_rows=tables.to_rows))
        if rule.ties.then == "raise":
            refuse_ties(tables.to_rows(undecided(entries[-1])))
    tables.write_all("parts", parts)
    tables.write_all("entries", entries)


def nominate(season: Season, tables: Evidence) -> None:
    """Entries of the eligibility period, and names → nominees."""
    if season.nomination is None:
        tables.discard(*made_by("nominate"))
        return
    wanted, rule = season.nomination, season.nomination_rule()
    entries = tables.to_rows(in_period(tables.read("entries"), wanted)) if wanted.chart else []
    names = {artist.id: artist.name for artist in season.artists.artists}
    named = named_nominees(season.folder, wanted)
    names |= {item["nominee"]: item["name"] for item in named if item["name"]}
    nominees = nominees_by_rule(entries, named, rule)
    tables.write_rows(
        "nominees", [{**nominee, "name": names.get(nominee["nominee"], nominee["nominee"])} for nominee in nominees]
    )


def vote(season: Season, tables: Evidence) -> None:
    """Nominees and ballots → the log; where the season takes its ballots itself, the log → ballots."""
    if not has_log(season):
        discard_log(season)
        return
    opened = opening(season, [row["nominee"] for row in tables.to_rows(tables.read("nominees"))])
    if season.live:
        write_ballots(season, tables, opened)
    else:
        make_keys(season.folder)
        leaves = Leaves(opened, last_close(season), tables.files("ballots"))
        write_log(season, leaves, log_signer(season.folder, season.origin))


def audit(season: Season, tables: Evidence) -> None:
    """Ballots, what sources state of voters, purge rules and appeals → suspects, trials, cases, rulings."""
    if season.vote is None:
        tables.discard(*made_by("audit"))
        return
    found = audit_ballots(
        tables.read_or_empty("ballots"),
        tables.read_or_empty("voter_facts"),
        season.purge_rules(),
        season.late_rules(),
        read_appeals(season),
        season.counting_rule(),
        season.windows(),
        materialize=tables.materialize,
    )
    for name in made_by("audit"):
        tables.write(name, getattr(found, name))


def tally(season: Season, tables: Evidence) -> None:
    """Ballots, rulings and outside totals → totals, voids, result, days, purged."""
    if season.vote is None:
        tables.discard(*made_by("tally"))
        return
    rule, windows = season.counting_rule(), season.windows()
    nominees = [row["nominee"] for row in tables.to_rows(tables.read("nominees"))]
    ballots, outside = tables.read_or_empty("ballots"), tables.read_or_empty("source_totals")
    rulings = tables.read("rulings") if season.audit.purges else tables.read_or_empty("rulings")
    counted = tally_ballots(ballots, outside, rulings, nominees, rule, windows, materialize=tables.materialize)
    refuse_uncounted(season, tables, counted.totals, counted.voids)
    totals = tables.write_rows("totals", counted.totals)
    tables.write_rows("voids", counted.voids)
    tables.write_rows("result", result_by_rule(totals.to_pylist(), nominees, rule))
    by_day = days(ballots, rulings, nominees, rule, windows, materialize=tables.materialize)
    tables.write_rows("days", by_day.days)
    tables.write_rows("purged", by_day.purged)


def check(season: Season, tables: Evidence) -> None:
    """Everything counted so far → findings, sensitivity, chart_sensitivity."""
    _move_weights(season, tables)
    if season.vote is None:
        tables.discard("findings", "sensitivity")
        return
    rule, windows = season.counting_rule(), season.windows()
    nominees = [row["nominee"] for row in tables.to_rows(tables.read("nominees"))]
    ballots, rulings = tables.read_or_empty("ballots"), tables.read("rulings")
    totals, voids, result = (tables.to_rows(tables.read(name)) for name in ("totals", "voids", "result"))
    counted = Counted(
        totals=totals,
        voids=voids,
        result=result,
        rule=rule,
        windows=windows,
        nominees=nominees,
        sources=season.sources,
        ballots=ballots,
        source_totals=tables.read_or_empty("source_totals"),
        rulings=rulings,
        materialize=tables.materialize,
        to_rows=tables.to_rows,
        logged=logged_ballots(season) if (season.log / CHECKPOINT).is_file() else None,
    )
    tables.write_rows("findings", findings(counted))
    purge = Purge(
        rulings=rulings,
        suspects=tables.read("suspects"),
        trials=tables.read("trials"),
        facts=tables.read_or_empty("voter_facts"),
        rules=season.purge_rules(),
        late=season.late_rules(),
    )
    moved = sensitivity(ballots, totals, purge, nominees, rule, windows, materialize=tables.materialize)
    tables.write_rows("sensitivity", moved)


def _move_weights(season: Season, tables: Evidence) -> None:
    """Chart once more with every weight moved → chart_sensitivity."""
    if not season.charts:
        tables.discard("chart_sensitivity")
        return
    measures, artists = tables.read("measures"), season.artists.artists
    moved = [
        row
        for use in season.charts
        for row in chart_sensitivity(
            measures,
            chart_verdicts(tables, use.rule),
            season.chart_rule(use.rule),
            artists,
            to_rows=tables.to_rows,
        )
    ]
    tables.write_rows("chart_sensitivity", moved)


def seal(season: Season, tables: Evidence) -> Path:
    """The result → a signed commitment to it; whatever told of it is no longer published, the rest is."""
    make_keys(season.folder)
    signer = season_signer(season.folder, season.origin)
    path = seal_result(season, stated_result(season, tables), signer, token_bytes(32))
    stated = public_statement(season, tables)
    publish(season, tables, stated, honour(season, tables, stated))
    return path


def certify(season: Season, tables: Evidence) -> Certificate:
    """All of it → a signed statement.

    Raises
    ------
    NothingMade : a step that the season asks for came out empty.
    """
    stated = stated_result(season, tables)
    if is_sealed(season):
        stated["vote"]["commitment"] = unsealed(season, stated)
    held = read_honours(season.folder / "honours.csv", season.artists)
    honours_of(held, [stated])  # refuses to sign what contradicts the record
    make_keys(season.folder)
    return write_certificate(stated, season_signer(season.folder, season.origin), season.files)


def stated_result(season: Season, tables: Evidence) -> dict[str, Any]:
    """Give the statement of what was counted, which is what is signed: nothing that was not made.

    Raises
    ------
    NothingMade : a step that the season asks for came out empty.
    """
    refuse_unmade(season, tables)
    return statement(season, tables, cited_log(season) if has_log(season) else None)


def public_statement(season: Season, tables: Evidence) -> dict[str, Any]:
    """Give what the public may know: what the certificate states, or all but the count while that is sealed.

    Raises
    ------
    OutOfTurn : nothing was certified or sealed yet.
    """
    if not is_still_sealed(season):
        return read_certificate(season.published_file(CERTIFICATE)).statement
    read_commitment(season)  # a result that nobody is bound to is not sealed
    return sealed_statement(season, tables, cited_log(season) if has_log(season) else None)


def public_tables(season: Season, tables: Evidence) -> Evidence:
    """Give the tables that what the public reads is made from: without the count while that is sealed."""
    return tables.seen_as(SealedEvidence) if is_still_sealed(season) else tables


def honour(season: Season, tables: Evidence, stated: dict[str, Any]) -> list[Honour]:
    """Past editions and certificates → honours."""
    held = read_honours(season.folder / "honours.csv", season.artists)
    honours = honours_of(held, [stated, *earlier_certificates(season.folder / "certificates")])
    tables.write_rows("honours", [vars(honour) for honour in honours])
    return honours


def publish(season: Season, tables: Evidence, stated: dict[str, Any], honours: list[Honour]) -> None:
    """Everything above → what the public reads."""
    files = published_files(season, public_tables(season, tables), stated, honours)
    if is_sealed(season):
        files[COMMITMENT] = read_commitment(season)
    write_files(season.files.below("published"), files)


def site(season: Season, tables: Evidence, *, on_progress: Callable[[str, int], None] = quiet) -> Built:
    """What was certified, or sealed, and published → pages for people to look at, those that changed.

    Raises
    ------
    OutOfTurn : nothing was certified or sealed yet.
    NotInstalled : what draws and renders pages is an extra.
    """
    require("site", "making the pages")
    from plaudit.site.site import build as build_site  # noqa: PLC0415 - an extra, which nothing else needs

    stated = public_statement(season, tables)
    honours = sorted(Honour(**row) for row in tables.to_rows(tables.read("honours")))
    return build_site(
        season, public_tables(season, tables), stated, honours, season.files.below(f"published/{SITE}"), on_progress
    )


def chart_verdicts(tables: Evidence, rule_name: str) -> list[tuple[str, str]]:
    """Give each week of a chart and whether it is final, provisional or uncharted."""
    weeks = tables.read("weeks")
    rows = tables.to_rows(weeks.filter(weeks.chart == rule_name).order_by("week"))
    return [(row["week"], row["verdict"]) for row in rows]
