"""The steps of the line: each reads tables, asks the room of its name, and writes tables.

A step that the season does not ask for removes what it made before. What runs before
what: `pipeline.STEPS`.
"""

from __future__ import annotations

from secrets import token_bytes
from typing import TYPE_CHECKING, Any

from plaudit.acts.agreed import agreed
from plaudit.audit.appeals import read_appeals
from plaudit.audit.audit import audit as audit_ballots
from plaudit.audit.checks.counted import count_of
from plaudit.audit.checks.findings import findings
from plaudit.base.extras import require
from plaudit.base.progress import quiet
from plaudit.certify.certificate import Certificate, write_certificate
from plaudit.certify.keys import season_signer
from plaudit.certify.public import public_statement, public_tables, stated_result
from plaudit.certify.seal import COMMITMENT, is_sealed, read_commitment, unsealed
from plaudit.certify.seal import seal as seal_result
from plaudit.certify.subjects import certificate_subject, note_subject
from plaudit.certify.unmade import refuse_uncounted
from plaudit.chart.chart import chart as chart_entries
from plaudit.chart.chart import parts_of, undecided
from plaudit.chart.points import too_large
from plaudit.chart.refusals import refuse_huge, refuse_ties
from plaudit.chart.sensitivity import chart_sensitivity
from plaudit.collect.collect import Collected
from plaudit.collect.collect import collect as collect_sources
from plaudit.honour.honours import Honour, earlier_certificates, honours_of, read_honours
from plaudit.measure.coverage import verdicts as weekly_verdicts
from plaudit.measure.credits import credited
from plaudit.measure.followed import followed
from plaudit.measure.measured import measured
from plaudit.nominate.nominate import in_period, named_nominees
from plaudit.nominate.nominate import nominate as nominees_by_rule
from plaudit.publish.publish import SITE, write_files
from plaudit.publish.publish import publish as published_files
from plaudit.release.tables import write_released, write_releases
from plaudit.store.tables import made_by
from plaudit.tally.days import days
from plaudit.tally.result import result as result_by_rule
from plaudit.tally.scenarios import purge_of
from plaudit.tally.sensitivity import sensitivity
from plaudit.tally.tally import tally as tally_ballots
from plaudit.vote.ballots import write_ballots
from plaudit.vote.keys import log_signer, make_keys, voter_key
from plaudit.vote.leaves import Leaves
from plaudit.vote.log import CHECKPOINT, discard_log, has_log, last_close, logged_ballots, write_log
from plaudit.vote.statements import opening

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.site.site import Built
    from plaudit.store.evidence import Evidence

__all__ = [
    "audit",
    "certify",
    "chart",
    "check",
    "collect",
    "honour",
    "measure",
    "nominate",
    "publish",
    "seal",
    "site",
    "tally",
    "vote",
]


def collect(
    season: Season, tables: Evidence, *, strict: bool = False, on_progress: Callable[[str, int], None] = quiet
) -> Collected:
    """Sources and archived answers → posts, readings, coverage, ballots, source_totals, set_aside."""
    make_keys(season.folder)
    return collect_sources(season, tables, voter_key(season.folder), strict=strict, on_progress=on_progress)


def measure(season: Season, tables: Evidence) -> None:
    """Posts, readings and seen coverage → weeks, gains, measures (or from releases), and what is told of growth."""
    _follow(season, tables)
    if not season.charts:
        tables.discard("weeks", "gains", "measures")
        return
    if season.release:
        write_released(season, tables, ("weeks", "gains", "measures"))
        return
    readings, posts = tables.read("readings"), credited(tables.read("posts"), tables.read("credits"))
    coverage = tables.read("coverage") if tables.has("coverage") else None
    seen_rows: list[dict[str, Any]] = []
    gained, measures, members = [], [], season.artists.members()
    for use in season.charts:
        rule, weeks = season.chart_rule(use.rule), season.chart_weeks(use)
        made = measured(
            readings, posts, weeks, rule, season.sources, members, to_rows=tables.to_rows, coverage=coverage
        )
        seen_rows += [seen.as_row(rule.name) for seen in made.seen]
        gained.append(made.gains)
        measures.append(made.measures)
    tables.write_rows("weeks", seen_rows)
    tables.write_all("gains", gained)
    tables.write_all("measures", measures)


def _follow(season: Season, tables: Evidence) -> None:
    """Tell of growth, where the season asks for it."""
    if season.growth is None:
        tables.discard("growth", "bursts", "milestones", "first_hours")
        return
    made = followed(
        tables.read("readings"),
        credited(tables.read("posts"), tables.read("credits")),
        (season.growth.first_on, season.growth.last_on),
        season.growth_rule(),
        season.sources,
        season.events,
        to_rows=tables.to_rows,
    )
    for name, rows in made.items():
        tables.write_rows(name, rows)


def chart(season: Season, tables: Evidence) -> None:
    """Measures → parts, entries; where weeks are released, from their releases."""
    if not season.charts:
        tables.discard(*made_by("chart"))
        return
    if season.release:
        write_released(season, tables, ("parts", "entries"))
        write_releases(season, tables)
        return
    tables.discard("releases", "superseded")
    measures = tables.read("measures")
    parts, entries = [], []
    for use in season.charts:
        rule, weeks = season.chart_rule(use.rule), _verdicts(tables, use.rule)
        refuse_huge(tables.to_rows(too_large(measures.filter(measures.chart == rule.name), rule)))
        parts.append(parts_of(measures, weeks, rule, season.artists.artists))
        entries.append(chart_entries(measures, weeks, rule, season.artists.artists, to_rows=tables.to_rows))
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
    counted = count_of(season, tables, logged_ballots(season) if (season.log / CHECKPOINT).is_file() else None)
    tables.write_rows("findings", findings(counted))
    rule, windows, purge = season.counting_rule(), season.windows(), purge_of(season, tables)
    moved = sensitivity(
        counted.ballots, counted.totals, purge, counted.nominees, rule, windows, materialize=tables.materialize
    )
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
            _verdicts(tables, use.rule),
            season.chart_rule(use.rule),
            artists,
            to_rows=tables.to_rows,
        )
    ]
    tables.write_rows("chart_sensitivity", moved)


def _verdicts(tables: Evidence, rule_name: str) -> list[tuple[str, str]]:
    return weekly_verdicts(tables.read("weeks"), rule_name, to_rows=tables.to_rows)


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
    OutOfTurn : the season's operators must sign this, and have not.
    """
    stated = stated_result(season, tables)
    if is_sealed(season):
        agreed(season, "reveal", note_subject(read_commitment(season)))
        stated["vote"]["commitment"] = unsealed(season, stated)
    else:
        agreed(season, "certify", certificate_subject(stated))
    held = read_honours(season.folder / "honours.csv", season.artists)
    honours_of(held, [stated])  # refuses to sign what contradicts the record
    make_keys(season.folder)
    return write_certificate(stated, season_signer(season.folder, season.origin), season.files)


def honour(season: Season, tables: Evidence, stated: dict[str, Any]) -> list[Honour]:
    """Past editions and certificates → honours."""
    held = read_honours(season.folder / "honours.csv", season.artists)
    honours = honours_of(held, [stated, *earlier_certificates(season.folder / "certificates", season.honours.keys)])
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
