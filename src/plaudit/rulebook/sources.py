"""Sources are declared: what a file holds, in which columns, and what it covers."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Final, Literal

from msgspec import Struct, field

from plaudit.rulebook.live_source import FRAMES, Fetch
from plaudit.rulebook.terms import Terms
from plaudit.rulebook.values import Text

__all__ = ["COLUMNS", "FIGURES", "TIMES", "Gap", "Lookup", "Source", "SourceCoverage", "file_columns"]

Kind = Literal["counters", "posts", "readings", "ballots", "totals", "voters", "live"]

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
    "live": (frozenset(), frozenset()),
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
    same_rows : what it means if rows of ballots without an id say the same: `one`
        ballot told again, or `each` a ballot; where there are such rows, there is no default.
    replace, lookup : per column of ours, from the file's text to ours.
    fetch : of a live source, which has no files: what its platform is asked, or which stream is followed.
    terms : what its licence or agreement allows; all of it where nothing is said.
    stores : whether a row is a `readings` of its day, or rows are `changes` alone, and the last value holds; of
        `rises` alone, a fall is not seen.
    date_at : the local time a bare date stands for.
    delimiter, encoding : of a text file; a comma and UTF-8 where nothing is said.
    decimal, thousands : the marks in numbers; a point and none where nothing is said.
    sheet : of a workbook, where it has several.
    separators : column of ours that may hold several texts to what stands between them.
    """

    id: Text
    kind: Kind
    title: Text
    coverage: SourceCoverage
    files: str = ""
    columns: dict[str, str | tuple[str, ...]] = field(default_factory=dict)
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
    stores: Literal["readings", "changes", "rises"] = "readings"
    fetch: Fetch | None = None
    terms: Terms | None = None

    @property
    def is_live(self) -> bool:
        """Whether its rows are answers of a platform that the season asks itself."""
        return self.fetch is not None

    @property
    def is_followed(self) -> bool:
        """Whether its rows are posts of a live stream, each with its author's signature."""
        return self.fetch is not None and FRAMES in self.fetch.what

    @property
    def holds(self) -> bool:
        """Whether the last value holds on days without a row."""
        return self.stores != "readings"

    @property
    def is_withheld(self) -> bool:
        """Whether its terms forbid that its rows are published; what is made of them may be."""
        return self.terms is not None and not self.terms.redistribute

    @property
    def holds_votes(self) -> bool:
        """Whether its rows are votes, or tell of voters; those of the others are posts and readings."""
        return self.kind in {"ballots", "totals", "voters"}

    @property
    def changes_rows(self) -> bool:
        """Whether it passes rows over, puts other texts in the place of the file's, or leaves metrics out."""
        return bool(self.where or self.replace or self.lookup or self.unless)


def file_columns(source: Source) -> list[str]:
    """Give the file's columns that a source reads, each once, by name."""
    mapped = [name for value in source.columns.values() for name in ((value,) if isinstance(value, str) else value)]
    return sorted({*mapped, *source.metrics.values(), *source.unless.values(), *source.where})
