"""What a declared source cannot be: columns that do not fit its kind, marks, grains and days that make no sense."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.base.file_names import in_nfc, no_path
from plaudit.base.spelling import meant
from plaudit.rulebook.file_forms import check_form
from plaudit.rulebook.live_source_checks import check_live_source
from plaudit.rulebook.sources import COLUMNS, FIGURES, TIMES
from plaudit.rulebook.time_forms import NUMBERED, wrong_form
from plaudit.rulebook.zones import checked_zone

if TYPE_CHECKING:
    from plaudit.rulebook.sources import Gap, Source, SourceCoverage
    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = ["check_source"]


def check_source(source: Source, file: TomlFile, place: Place) -> None:
    """Refuse a source whose columns do not fit its kind.

    Raises
    ------
    RuleInvalid : a column the kind does not know or lacks, a zone that is none.
    """
    check_live_source(source, file, place)
    needed, optional = COLUMNS[source.kind]
    mapped = set(source.columns) | set(source.constants) | (set(needed) if source.is_followed else set())
    for block, given in (("columns", source.columns), ("constants", source.constants)):
        for column in given:
            if column not in needed | optional:
                legal = sorted(needed | optional)
                raise file.invalid(
                    (*place, block, column),
                    f"a {source.kind} source has no column {column!r}",
                    meant(column, legal, f"use one of: {', '.join(legal)}"),
                )
    if not source.is_live and (not source.files.startswith("data/") or ".." in source.files):
        raise file.invalid(
            (*place, "files"), f"{source.files!r} is not under data/", "certificates cite data/; put it there"
        )
    if missing := sorted(needed - mapped):
        raise file.invalid(
            place, f"a {source.kind} source needs {', '.join(missing)}", "map each under [source.columns]"
        )
    if source.kind == "voters" and not optional & mapped:
        raise file.invalid(
            place, "a voters source states nothing of its voters", f"map one of: {', '.join(sorted(optional))}"
        )
    _check_lookups(source, file, place)
    for column in source.separators:
        if column != "artists" or column not in mapped:
            raise file.invalid(
                (*place, "separators", column), f"{column!r} holds no several texts", "map artists, or remove it"
            )
    if not isinstance(source.columns.get("artists", ""), str):
        raise file.invalid((*place, "columns", "artists"), "several columns", "map one; [source.separators] cuts it")
    _check_metrics(source, file, place)
    _check_ballots(source, file, place)
    _check_grain(source, file, place)
    checked_zone(source.zone, file, (*place, "zone"))
    check_form(source, file, place)
    _check_translated(source, file, place)
    _check_days(source.coverage, file, place)


def _check_lookups(source: Source, file: TomlFile, place: Place) -> None:
    for column, lookup in source.lookup.items():
        if wrong := no_path(in_nfc(lookup.file)):
            what = f"{lookup.file[:80]!r} is no file of the season: {wrong}"
            raise file.invalid((*place, "lookup", column, "file"), what, "put it into the season's folder")


def _check_metrics(source: Source, file: TomlFile, place: Place) -> None:
    if source.kind == "counters" and not source.metrics:
        raise file.invalid(place, "a counters source needs metrics", 'add [source.metrics], as in: views = "views"')
    if source.kind in {"readings", "ballots", "totals", "voters"} and source.metrics:
        raise file.invalid((*place, "metrics"), f"a {source.kind} source has no metrics", "remove [source.metrics]")
    if source.kind in {"counters", "posts", "readings", "live"} and not source.platform:
        raise file.invalid(place, f"a {source.kind} source needs a platform", 'add, as in: platform = "youtube"')
    for metric in source.unless:
        if metric not in source.metrics:
            raise file.invalid((*place, "unless", metric), f"no metric {metric!r}", "name one of [source.metrics]")


def _check_ballots(source: Source, file: TomlFile, place: Place) -> None:
    if source.same_rows and source.kind != "ballots":
        raise file.invalid((*place, "same_rows"), f"a {source.kind} source has no ballots", "remove same_rows")
    if "ballot" in source.constants:
        raise file.invalid((*place, "constants", "ballot"), "a ballot's id is its own", "map it under [source.columns]")
    for column, grain in source.grain.items():
        if column not in TIMES:
            continue
        if source.kind != "ballots" or column != "cast_at":
            raise file.invalid(
                (*place, "grain", column), f"a {source.kind} source has no grain of {column!r}", "remove it"
            )
        if grain not in {"day", "minute", "second"}:
            raise file.invalid((*place, "grain", column), f"no grain {grain!r}", "use day, minute or second")


def _check_translated(source: Source, file: TomlFile, place: Place) -> None:
    """Refuse a translation of a column that the source does not map, or maps twice: it would do nothing."""
    for column in sorted(set(source.columns) & set(source.constants)):
        raise file.invalid(
            (*place, "constants", column), f"{column} is mapped under [source.columns] too", "remove one of the two"
        )
    mapped = {*source.columns, *source.constants}
    for block, legal in (
        ("formats", mapped & TIMES),
        ("replace", mapped | set(source.metrics)),
        ("lookup", mapped - TIMES),
    ):
        for column in getattr(source, block):
            if column not in legal:
                raise file.invalid(
                    (*place, block, column),
                    f"the source maps no column {column!r} that this could be of",
                    meant(column, legal, f"use one of: {', '.join(sorted(legal)) or 'none; remove it'}"),
                )
    for column, form in source.formats.items():
        if wrong := wrong_form(form):
            raise file.invalid(
                (*place, "formats", column),
                f"{form!r} is not a form of time: {wrong}",
                f"use strptime's codes, as in %d/%m/%Y %H:%M, or one of: {', '.join(sorted(NUMBERED))}",
            )


def _check_grain(source: Source, file: TomlFile, place: Place) -> None:
    """Refuse a grain that is none; grains of the file's times are words and checked elsewhere."""
    for name, grain in source.grain.items():
        if name in TIMES:
            continue
        if source.kind not in {"counters", "posts", "readings", "live"}:
            raise file.invalid((*place, "grain", name), f"a {source.kind} source has no metric", "remove it")
        if source.metrics and name not in source.metrics:
            raise file.invalid((*place, "grain", name), f"no metric {name!r}", "name one of [source.metrics]")
        if not FIGURES.fullmatch(grain):
            raise file.invalid(
                (*place, "grain", name), f"{grain!r} is not a grain", 'write "3 figures", or a whole number as in "100"'
            )
    if source.holds and source.kind not in {"counters", "readings"}:
        raise file.invalid((*place, "stores"), f"a {source.kind} source stores no {source.stores}", "remove it")


def _check_days(coverage: SourceCoverage, file: TomlFile, place: Place) -> None:
    spans: list[tuple[SourceCoverage | Gap, Place]] = [(coverage, ())]
    spans += [(gap, ("gaps", position)) for position, gap in enumerate(coverage.gaps)]
    for days, where in spans:
        if days.last_on < days.first_on:
            raise file.invalid(
                (*place, "coverage", *where, "to"),
                f"{days.last_on} lies before {days.first_on}",
                "give the days in order",
            )
