"""Sources are declared: what a file holds, in which columns, and what it covers."""

from __future__ import annotations

import re
from datetime import date, time
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct, field

from plaudit.rulebook.file_forms import check_form
from plaudit.rulebook.time_forms import NUMBERED, wrong_form
from plaudit.rulebook.zones import checked_zone

if TYPE_CHECKING:
    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = ["COLUMNS", "FIGURES", "TIMES", "Gap", "Lookup", "Source", "SourceCoverage", "check_source", "file_columns"]

Text = Annotated[str, Meta(min_length=1)]
Kind = Literal["counters", "posts", "readings", "ballots", "totals", "voters"]

COLUMNS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "counters": (
        frozenset({"post", "account", "published_at", "observed_at"}),
        frozenset({"title", "media", "is_repost", "artists"}),
    ),
    "posts": (
        frozenset({"post", "account", "published_at"}),
        frozenset({"title", "media", "is_repost", "observed_at", "artists"}),
    ),
    "readings": (
        frozenset({"account", "metric", "value", "observed_at"}),
        frozenset({"post"}),
    ),
    "ballots": (
        frozenset({"channel", "nominee", "voter", "cast_at"}),
        frozenset({"votes", "gesture", "tags", "is_deleted", "is_private", "account_created_at", "post", "ballot"}),
    ),
    "totals": (
        frozenset({"channel", "nominee", "votes"}),
        frozenset({"observed_at"}),
    ),
    "voters": (
        frozenset({"voter"}),
        frozenset({"state", "linked", "network"}),
    ),
}
"""Per kind of source: the columns it must map, and those it may."""

TIMES: Final = frozenset({"published_at", "observed_at", "cast_at", "account_created_at"})
"""The columns that hold a time."""

FIGURES: Final = re.compile(r"([1-9]\d?) figures?|([1-9]\d{0,14})")
"""How coarsely a counter is told: so many figures, or multiples of a number."""


class Gap(Struct, frozen=True, forbid_unknown_fields=True):
    """Days that the source did not see, both ends included; for one account, or for all."""

    first_on: date = field(name="from")
    last_on: date = field(name="to")
    because: Text
    account: str = ""


class SourceCoverage(Struct, frozen=True, forbid_unknown_fields=True):
    """What a source saw: first and last day, known gaps, sampling, real or made up."""

    first_on: date = field(name="from")
    last_on: date = field(name="to")
    sampling: Text
    synthetic: bool
    gaps: tuple[Gap, ...] = ()


class Lookup(Struct, frozen=True, forbid_unknown_fields=True):
    """A CSV file of the season that translates a column: `key` column to `value` column."""

    file: Text
    key: Text
    value: Text


class Source(Struct, frozen=True, forbid_unknown_fields=True):
    """One `[[source]]` of a season.

    columns : our column to the file's; several are joined by a space.
    metrics : metric to the file's column that holds it.
    constants : our column to one text for all rows.
    formats : time column to its strptime form, or to 'unix s', 'unix ms', 'unix us' or
        'excel', where it is not ISO 8601.
    unless : metric to a yes-or-no column; where it says yes the metric was not reported.
    where : file's column to the one text a row must have there to be ours.
    grain : time column to what its instants are known to: `day`, `minute` or `second`;
        what is finer is dropped, so that two ballots of one voter in it are at one instant.
        Metric to how coarsely it is told: `3 figures`, or a number all values are multiples of.
    same_rows : what rows of ballots without an id are that say the same: `one`
        ballot told again, or `each` a ballot; where there are such rows, there is no default.
    replace, lookup : per column of ours, from the file's text to ours.
    stores : whether a row is a `readings` of its day, or rows are `changes` alone, and the last value holds.
    date_at : the local time a bare date stands for.
    delimiter, encoding : of a text file; a comma and UTF-8 where nothing is said.
    decimal, thousands : the marks in numbers; a point and none where nothing is said.
    sheet : of a workbook, where it has several.
    separators : column of ours that may hold several texts to what stands between them.
    """

    id: Text
    kind: Kind
    title: Text
    files: Text
    coverage: SourceCoverage
    columns: dict[str, str | tuple[str, ...]]
    platform: str = ""
    publisher: str = ""
    url: str = ""
    licence: str = ""
    format: Literal["csv", "json", "jsonl", "parquet", "xlsx", ""] = ""
    delimiter: str = ""
    encoding: str = ""
    decimal: Literal[".", ",", ""] = ""
    thousands: Literal[",", ".", " ", "'", "_", ""] = ""
    sheet: str = ""
    zone: str = "UTC"
    date_at: time = time(12)
    metrics: dict[str, str] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)
    formats: dict[str, str] = field(default_factory=dict)
    unless: dict[str, str] = field(default_factory=dict)
    where: dict[str, str] = field(default_factory=dict)
    grain: dict[str, str] = field(default_factory=dict)
    same_rows: Literal["one", "each", ""] = ""
    replace: dict[str, dict[str, str]] = field(default_factory=dict)
    lookup: dict[str, Lookup] = field(default_factory=dict)
    separators: dict[str, Text] = field(default_factory=dict)
    stores: Literal["readings", "changes"] = "readings"


def file_columns(source: Source) -> list[str]:
    """Give the file's columns that a source reads, each once, by name."""
    mapped = [name for value in source.columns.values() for name in ((value,) if isinstance(value, str) else value)]
    return sorted({*mapped, *source.metrics.values(), *source.unless.values(), *source.where})


def check_source(source: Source, file: TomlFile, place: Place) -> None:
    """Refuse a source whose columns do not fit its kind.

    Raises
    ------
    RuleInvalid : a column the kind does not know or lacks, a zone that is none.
    """
    needed, optional = COLUMNS[source.kind]
    mapped = set(source.columns) | set(source.constants)
    for block, given in (("columns", source.columns), ("constants", source.constants)):
        for column in given:
            if column not in needed | optional:
                legal = ", ".join(sorted(needed | optional))
                raise file.invalid(
                    (*place, block, column), f"a {source.kind} source has no column {column!r}", f"use one of: {legal}"
                )
    if not source.files.startswith("data/") or ".." in source.files:
        raise file.invalid(
            (*place, "files"), f"{source.files!r} does not lie under data/", "certificates cite data/; put it there"
        )
    if missing := sorted(needed - mapped):
        raise file.invalid(
            place, f"a {source.kind} source needs {', '.join(missing)}", "map each under [source.columns]"
        )
    if source.kind == "voters" and not optional & mapped:
        raise file.invalid(
            place, "a voters source states nothing of its voters", f"map one of: {', '.join(sorted(optional))}"
        )
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


def _check_metrics(source: Source, file: TomlFile, place: Place) -> None:
    if source.kind == "counters" and not source.metrics:
        raise file.invalid(place, "a counters source needs metrics", 'add [source.metrics], as in: views = "views"')
    if source.kind in {"readings", "ballots", "totals", "voters"} and source.metrics:
        raise file.invalid((*place, "metrics"), f"a {source.kind} source has no metrics", "remove [source.metrics]")
    if source.kind in {"counters", "posts", "readings"} and not source.platform:
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
                    f"use one of: {', '.join(sorted(legal)) or 'none; remove it'}",
                )
    for column, form in source.formats.items():
        if wrong := wrong_form(form):
            raise file.invalid(
                (*place, "formats", column),
                f"{form!r} is no form of time: {wrong}",
                f"use strptime's codes, as in %d/%m/%Y %H:%M, or one of: {', '.join(sorted(NUMBERED))}",
            )


def _check_grain(source: Source, file: TomlFile, place: Place) -> None:
    """Refuse a grain that is none; grains of the file's times are words and checked elsewhere."""
    for name, grain in source.grain.items():
        if name in TIMES:
            continue
        if source.kind not in {"counters", "posts", "readings"}:
            raise file.invalid((*place, "grain", name), f"a {source.kind} source has no metric", "remove it")
        if source.metrics and name not in source.metrics:
            raise file.invalid((*place, "grain", name), f"no metric {name!r}", "name one of [source.metrics]")
        if not FIGURES.fullmatch(grain):
            raise file.invalid(
                (*place, "grain", name), f"{grain!r} is no grain", 'write "3 figures", or a whole number as in "100"'
            )
    if source.stores == "changes" and source.kind not in {"counters", "readings"}:
        raise file.invalid((*place, "stores"), f"a {source.kind} source stores no changes", "remove it")


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
