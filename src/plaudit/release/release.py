"""The act of releasing: the next weeks that are due, each computed as of its instant, signed, and put into the log."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.change import Change
from plaudit.base.digests import bytes_sha256
from plaudit.base.errors import OutOfTurn, RuleFrozen, UnknownName
from plaudit.base.progress import quiet
from plaudit.base.version import software
from plaudit.base.weeks import instant_text
from plaudit.certify.statement import table_digests
from plaudit.publish.publish import released_week_file
from plaudit.release.compute import compute
from plaudit.release.cut import cut
from plaudit.release.gather import FILES, gather, spans_bytes
from plaudit.release.log import LOG, logged_in_order, release_signer, write_log
from plaudit.release.note import NOTE, sign_release
from plaudit.release.shape import RELEASE_TYPE
from plaudit.release.shelf import INPUTS, MADE, RELEASES, STANDINGS, Released, Shelf, standings_bytes
from plaudit.release.tables import release_row
from plaudit.release.terms import Terms, read_terms
from plaudit.store.evidence import Evidence
from plaudit.vote.keys import make_keys

if TYPE_CHECKING:
    from collections.abc import Callable

    from plaudit.base.weeks import Week
    from plaudit.release.cut import Cut
    from plaudit.rulebook.season import Season

__all__ = [
    "as_of",
    "due",
    "earlier",
    "follow_log",
    "make",
    "refuse_not_releasing",
    "release",
    "shelf_of",
    "sign",
    "terms_of",
    "waits_until",
]

_HOUR: Final = 3_600_000_000


def release(
    season: Season, chart: str, now: int, *, week: str = "", on_progress: Callable[[str, int], None] = quiet
) -> list[Released]:
    """Release the weeks of a chart that are due, or one of them; what was released stays as it is.

    Parameters
    ----------
    now : the instant at which this is done
    week : the first day of the only week to release; it must be the next

    Returns
    -------
    The releases that were made, in order; none where nothing is due.

    Raises
    ------
    OutOfTurn : the season releases nothing, the week is not due yet, or an earlier one comes first.
    RuleFrozen : the rule is not the one that earlier weeks were released under.
    UnknownName : no such chart or week.
    """
    refuse_not_releasing(season)
    terms = terms_of(season, chart)
    made = []
    follow_log(season)
    for one in _wanted(season, terms, week, now):
        on_progress(f"release {chart} {one.id}", 0)
        made.append(_release(season, terms, one, now))
        follow_log(season)
    return made


def shelf_of(season: Season) -> Shelf:
    """Give the season's releases."""
    return Shelf(season.folder / RELEASES)


def terms_of(season: Season, chart: str) -> Terms:
    """Give the terms of a chart, unless its rule is not the one that is released under.

    Raises
    ------
    RuleFrozen : names the rule and both digests.
    """
    terms, shelf = read_terms(season.folder, chart), shelf_of(season)
    if weeks := shelf.weeks(chart):
        cited = shelf.latest(chart, weeks[-1]).stated["chart"]["sha256"]
        if cited != terms.rule_sha256:
            raise RuleFrozen(
                f"rule {chart} is cited by the release of {weeks[-1]} with SHA-256 {cited}, now it is "
                f"{terms.rule_sha256}",
                "restore the file and put the change into the next version, with a because",
                rule=chart,
            )
    return terms


def as_of(week: Week, terms: Terms) -> int:
    """Give the instant as of which a week is released: its end, and the season's grace."""
    assert terms.releasing is not None
    return week.ends_at + terms.releasing.grace_hours * _HOUR


def due(season: Season, terms: Terms, now: int) -> list[Week]:
    """Give the weeks that may be released now and are not, in order."""
    held = {*shelf_of(season).weeks(terms.rule.name)}
    return [week for week in terms.weeks if week.id not in held and as_of(week, terms) <= now]


def waits_until(season: Season, terms: Terms) -> int | None:
    """Give when the next week becomes due, or nothing where all are released."""
    held = {*shelf_of(season).weeks(terms.rule.name)}
    return next((as_of(week, terms) for week in terms.weeks if week.id not in held), None)


def follow_log(season: Season) -> None:
    """Bring the release log up to the notes that are there; whoever was stopped before left it behind."""
    with Change(season.folder, "plaudit release"):
        releases = logged_in_order(shelf_of(season))
        if releases:
            write_log(season.folder / RELEASES / LOG, releases, release_signer(season)[1])


def refuse_not_releasing(season: Season) -> None:
    """Refuse a season that computes all its weeks at once.

    Raises
    ------
    OutOfTurn : says what to add.
    """
    if season.release is None:
        raise OutOfTurn(
            "this season computes all its weeks at once and releases none", "add [release] to season.toml first"
        )


def make(
    season: Season,
    terms: Terms,
    week: Week,
    of: Cut,
    before: Released | None,
    stated: dict[str, Any],
) -> Released:
    """Compute a week, and write what the release holds within the season's change, but for its note.

    Parameters
    ----------
    stated : what only the caller knows: index, number, as_of, released_at, and why it is a correction
    """
    place = f"{RELEASES}/{terms.rule.name}/{week.id}/{stated['number']}"
    tables = Evidence(season.files.apart / place)
    for name, rows in of.tables.items():
        tables.write(name, rows)
    charts = before.stated["charts"] if before else 0
    computed = compute(tables, week, terms, before.standings if before else terms.seeds, charts)
    standings = standings_bytes(computed.standings)
    statement = {
        **stated,
        "type": RELEASE_TYPE,
        "season": {name: getattr(season, name) for name in ("award", "edition", "origin", "title")},
        "software": software(),
        "chart": {"rule": terms.rule.name, "sha256": terms.rule_sha256, "shipped": terms.is_shipped},
        "week": week.id,
        "zone": week.zone,
        "starts_at": instant_text(week.starts_at),
        "ends_at": instant_text(week.ends_at),
        "charts": computed.charts,
        "seen": {
            "verdict": computed.seen.verdict,
            "missing": [day.isoformat() for day in computed.seen.missing],
            "unfed": list(computed.seen.unfed),
        },
        "inputs": terms.digests,
        "evidence": table_digests(tables, of.tables),
        "made": table_digests(tables, MADE),
        "standings": bytes_sha256(standings),
    }
    if before:
        statement["before"] = before.cited
    season.files.write(f"{place}/{STANDINGS}", standings)
    for data in terms.inputs.values():
        season.files.write(f"{RELEASES}/{INPUTS}/{bytes_sha256(data)}", data)
    return Released(season.files.apart / place, statement)


def sign(season: Season, made: Released) -> None:
    """Write the note of a release that was made, and publish the week's file."""
    place = made.folder.relative_to(season.files.apart).as_posix()
    season.files.write(f"{place}/{NOTE}", sign_release(made.stated, release_signer(season)[0]))
    shelf = shelf_of(season)
    releases = [shelf.release(made.chart, made.week, number) for number in shelf.numbers(made.chart, made.week)]
    charts = tuple(use for use in season.charts if use.rule == made.chart)
    rows = [release_row(one) for one in (*releases, made)]
    data = released_week_file(replace(season, charts=charts), Evidence(made.folder), rows)
    season.files.write(f"published/charts/{made.chart}/{made.week}.json", data)


def earlier(shelf: Shelf, chart: str, week: str) -> list[Released]:
    """Give the latest releases of the weeks before one, the last first, each read when it is asked for."""
    return [shelf.latest(chart, one) for one in reversed(shelf.weeks(chart)) if one < week]


def _wanted(season: Season, terms: Terms, week: str, now: int) -> list[Week]:
    weeks, chart = due(season, terms, now), terms.rule.name
    if not week:
        return weeks
    if week in shelf_of(season).weeks(chart):
        return []
    one = next((one for one in terms.weeks if one.id == week), None)
    if one is None:
        raise UnknownName(
            f"no week {week!r} in {chart}", f"weeks begin on {terms.weeks[0].id} and every 7 days after it"
        )
    if as_of(one, terms) > now:
        raise OutOfTurn(
            f"week {week} is released at {instant_text(as_of(one, terms))}, and it is {instant_text(now)}",
            "wait until then",
            week=week,
        )
    if weeks[0] != one:
        raise OutOfTurn(f"week {weeks[0].id} comes before {week}", "release the weeks in order", week=week)
    return [one]


def _release(season: Season, terms: Terms, week: Week, now: int) -> Released:
    shelf, until = shelf_of(season), as_of(week, terms)
    make_keys(season.folder)
    with season.changing("plaudit release") as working:
        before = earlier(shelf, terms.rule.name, week.id)
        window = (week.starts_at, week.ends_at, until) if before else None
        gathered = gather(working, shelf, window)
        of = cut(gathered.tables, week, until, terms, before)
        stated = {
            "index": len(shelf.all()),
            "number": 1,
            "as_of": instant_text(until),
            "released_at": instant_text(now),
            **({"archive": gathered.archive} if gathered.archive else {}),
        }
        made = make(working, terms, week, of, before[0] if before else None, stated)
        sign(working, made)
        working.files.write(f"{RELEASES}/{FILES}", spans_bytes(gathered.spans))
    return Released(shelf.folder / terms.rule.name / week.id / "1", made.stated)
