"""The shape of a release's statement: every object, closed, with what each value may be.

docs/spec/release.schema.json is made from here.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from plaudit.certify.forms import (
    Base64Hash,
    Citation,
    Count,
    Day,
    FileName,
    Hex,
    Id,
    Instant,
    Key,
    Origin,
    Place,
    Said,
    Text,
)
from plaudit.certify.shape import Season, Software, as_schema

__all__ = ["RELEASE_TYPE", "Release", "misshapen_release", "release_schema"]

RELEASE_TYPE: Final = "https://plaudit.dev/release/v1"


class Chart(Struct, frozen=True, forbid_unknown_fields=True):
    """The chart's rule, and whether it came with Plaudit."""

    rule: Citation
    sha256: Hex
    shipped: bool


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """What of the week was seen: the verdict, days that lack, and measures that nothing fed."""

    verdict: Literal["final", "provisional", "uncharted"]
    missing: list[Day]
    unfed: list[Id]


class Table(Struct, frozen=True, forbid_unknown_fields=True):
    """A table: how many rows, and their digest."""

    rows: Count
    sha256: Hex


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """The posts, credits and readings that the week was computed from; with live sources, what they were asked."""

    posts: Table
    credits: Table
    readings: Table
    coverage: Table | UnsetType = UNSET


class Archive(Struct, frozen=True, forbid_unknown_fields=True):
    """The archive of live sources when the week was released: how many records it had, and their root."""

    origin: Origin
    size: Count
    root: Base64Hash
    key: Key


class Made(Struct, frozen=True, forbid_unknown_fields=True):
    """What the week came to."""

    weeks: Table
    gains: Table
    measures: Table
    parts: Table
    entries: Table


class Other(Struct, frozen=True, forbid_unknown_fields=True):
    """Another release of the chart, and the SHA-256 of its note."""

    week: Day
    number: Place
    sha256: Hex


class Move(Struct, frozen=True, forbid_unknown_fields=True, rename={"before": "from", "now": "to"}):
    """An artist whose entry a correction changed: the position before and now, 0 off the chart."""

    artist: Id
    before: Count
    now: Count


class Correction(Struct, frozen=True, forbid_unknown_fields=True):
    """Why the week is released again.

    week : the week that was corrected: this one, or an earlier one on which it stands
    replaces : the release of this week until now
    """

    because: Text
    week: Day
    replaces: Other
    moved: list[Move]


class Release(Struct, frozen=True, forbid_unknown_fields=True):
    """One week of one chart, as it was released.

    index : the place of its entry in the season's release log
    number : 1, and one more with each correction
    charts : how many charts there were, this one included
    before : the release that its history and its counters stand on; the first week has none
    standings : the SHA-256 of standings.json
    """

    type: Literal["https://plaudit.dev/release/v1"]
    index: Count
    season: Season
    software: Software
    chart: Chart
    week: Day
    zone: Said
    starts_at: Instant
    ends_at: Instant
    number: Place
    as_of: Instant
    released_at: Instant
    charts: Count
    seen: Seen
    inputs: dict[FileName, Hex]
    evidence: Evidence
    made: Made
    standings: Hex
    archive: Archive | UnsetType = UNSET
    before: Other | UnsetType = UNSET
    correction: Correction | UnsetType = UNSET


def misshapen_release(statement: object) -> str:
    """Say where a statement is not of a release's shape, or nothing.

    Examples
    --------
    >>> misshapen_release({"type": "https://plaudit.dev/release/v1"})
    'Object missing required field `index`'
    """
    try:
        read = msgspec.convert(statement, Release, strict=True)
    except (msgspec.ValidationError, RecursionError) as error:
        return str(error)
    if (read.number > 1) is (read.correction is UNSET):
        return "the first release of a week corrects nothing, and a later one says why it is there"
    return ""


def release_schema() -> dict[str, Any]:
    """Give the JSON Schema of a release's statement."""
    return as_schema(msgspec.json.schema(Release), "release")
