"""What a season asks for and its tables do not hold: then nothing is signed.

source ballots: all 99 rows were set aside, 98 of them for "no votes" (data/ballots.csv, row 2: 0)
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from ibis import _

from plaudit.base.errors import NothingMade

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source
    from plaudit.store.evidence import Evidence

__all__ = ["refuse_empty_sources", "refuse_uncounted", "refuse_unmade"]

_TABLES: Final = {
    "ballots": ("ballots",),
    "totals": ("source_totals",),
    "voters": ("voter_facts",),
    "counters": ("readings", "posts"),
    "readings": ("readings",),
    "posts": ("posts",),
    "live": ("readings", "posts"),
}
"""Where the rows of each kind of source are."""
_STAYS: Final = "nothing was signed or published, and what was there stays"
_MEND: Final = f"correct the source, and look at it with: plaudit doctor SEASON; {_STAYS}"


def refuse_unmade(season: Season, tables: Evidence) -> None:
    """Refuse a season in which a step that it asks for came out empty.

    Raises
    ------
    NothingMade : a source gave no row, or there is no charted week, no entry, no nominee or no counted vote.
    """
    refuse_empty_sources(season, tables)
    for use in season.charts:
        _refuse_uncharted(season, tables, use.rule)
    if season.nomination and not _rows(tables, "nominees"):
        raise _nothing(season, tables, f"{season.nomination.rule} finds no nominee")
    if season.vote:
        refuse_uncounted(season, tables, tables.to_rows(tables.read("totals")), tables.to_rows(tables.read("voids")))


def refuse_empty_sources(season: Season, tables: Evidence) -> None:
    """Refuse sources that gave nothing: no rows, or none that could be used.

    Raises
    ------
    NothingMade : names each source, how many rows were set aside, and the commonest reason with an example.
    """
    if empty := list(_empty(season, tables)):
        raise NothingMade("; ".join(empty), _MEND, sources=len(empty))


def refuse_uncounted(
    season: Season, tables: Evidence, totals: Iterable[dict[str, Any]], voids: Iterable[dict[str, Any]]
) -> None:
    """Refuse a vote in which no vote counted: who is first at 0 has won nothing.

    Parameters
    ----------
    totals, voids : rows of the tables of those names

    Raises
    ------
    NothingMade : says where the votes went.
    """
    sums: dict[str, int] = {}
    for row in totals:
        for name, votes in row.items():
            if name.startswith("votes_"):
                sums[name.removeprefix("votes_")] = sums.get(name.removeprefix("votes_"), 0) + votes
    if sums.get("counted"):
        return
    why: Counter[str] = Counter()
    for row in voids:
        why[row["reason"]] += row["votes"]
    reasons = ", ".join(f"{reason} {votes:,}" for reason, votes in sorted(why.items()))
    told = {"void": f"void ({reasons})"}
    went = [
        f"{votes:,} {told.get(name, name.replace('_', ' '))}"
        for name, votes in sums.items()
        if votes and name not in {"cast", "weighted"}
    ]
    cast = f"of {sums['cast']:,} cast {', '.join(went)}" if sums.get("cast") else "none was cast"
    rule = season.vote.rule if season.vote else ""
    raise _nothing(season, tables, f"no vote is counted under {rule}: {cast}")


def _refuse_uncharted(season: Season, tables: Evidence, rule: str) -> None:
    weeks, entries = tables.read("weeks"), tables.read("entries")
    verdicts = [row["verdict"] for row in tables.to_rows(weeks.filter(weeks.chart == rule).order_by("week"))]
    if not set(verdicts) - {"uncharted"}:
        raise _nothing(season, tables, f"{rule} has no charted week: too few days were seen in all {len(verdicts)}")
    if not tables.to_arrow(entries.filter(entries.chart == rule).limit(1)).num_rows:
        raise _nothing(season, tables, f"{rule} has no entry in any week: nobody gained anything")


def _nothing(season: Season, tables: Evidence, what: str) -> NothingMade:
    """Give the error, with what was set aside, which is the likeliest reason."""
    aside = [_aside(tables, source) for source in season.sources]
    told = "; ".join(text for text in aside if text)
    return NothingMade(f"{what}; {told}" if told else what, f"plaudit doctor SEASON looks at the sources; {_STAYS}")


def _empty(season: Season, tables: Evidence) -> Iterator[str]:
    """Say of each source that gave nothing why."""
    given = {name: _sources_in(tables, name) for names in _TABLES.values() for name in names}
    for source in season.sources:
        if source.kind == "ballots" and season.live:
            continue  # these go through the vote's door
        if any(source.id in given[name] for name in _TABLES[source.kind]):
            has_reading = not source.metrics or source.id in given["readings"]
            if not has_reading and not _is_repeated(season, source, given) and (aside := _aside(tables, source)):
                yield f"no number of it could be used: {aside}"
            continue
        if aside := _aside(tables, source):
            yield aside
        elif not _is_repeated(season, source, given):
            yield f"source {source.id} gave no row: {source.files} holds none that it asks for"


def _is_repeated(season: Season, source: Source, given: dict[str, set[str]]) -> bool:
    """Say whether another source may have told the same posts before this one; of voters, that is the rule."""
    if source.kind == "voters":
        return True  # that an account is open is what everybody is taken for, and is not kept
    others = {
        other.id
        for other in season.sources
        if other.id != source.id
        and other.platform == source.platform
        and other.kind in {"counters", "readings", "posts", "live"}
    }
    return bool(source.platform) and any(others & given[name] for name in _TABLES[source.kind])


def _aside(tables: Evidence, source: Source) -> str:
    """Say how many rows of a source were set aside, and the commonest reason with its first row."""
    rows = tables.read("set_aside")
    of_source = rows.filter(rows.source == source.id)
    reasons = tables.to_rows(
        of_source.group_by("reason").agg(rows=_.count()).order_by(_.rows.desc(), _.reason).limit(1)
    )
    if not reasons:
        return ""
    total = int(tables.to_arrow(of_source.aggregate(rows=_.count()))["rows"][0].as_py())
    reason, most = reasons[0]["reason"], reasons[0]["rows"]
    first = tables.to_rows(of_source.filter(_.reason == reason).order_by("file", "row").limit(1))[0]
    share = "all of them" if most == total else f"{most:,} of them"
    detail = f": {first['detail']}" if first["detail"] else ""
    many = f"{total:,} rows were" if total != 1 else "1 row was"
    return f"source {source.id}: {many} set aside, {share} for {reason!r} ({first['file']}, row {first['row']}{detail})"


def _sources_in(tables: Evidence, name: str) -> set[str]:
    if not tables.has(name):
        return set()
    return {row["source"] for row in tables.to_rows(tables.read(name).select("source").distinct())}


def _rows(tables: Evidence, name: str) -> int:
    return int(tables.to_arrow(tables.read(name).limit(1)).num_rows)
