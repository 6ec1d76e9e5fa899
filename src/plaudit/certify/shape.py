"""The shape of a certificate's statement: every object, closed, with what each value may be.

docs/spec/certificate.schema.json is made from here.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Struct, UnsetType

from plaudit.certify.forms import (
    END,
    Base64Hash,
    Citation,
    Code,
    Count,
    Day,
    FileName,
    Hex,
    Id,
    Instant,
    Key,
    Language,
    Number,
    Origin,
    Place,
    Said,
    Text,
    Version,
    Word,
)

__all__ = [
    "PROSE_TYPE",
    "STATEMENT_TYPE",
    "TOGETHER",
    "Appeal",
    "Certificate",
    "Chart",
    "Charted",
    "Cited",
    "Evidence",
    "Log",
    "Nominee",
    "Purge",
    "Result",
    "Rule",
    "Season",
    "Sensitivity",
    "Source",
    "Vote",
    "as_schema",
    "statement_schema",
]

STATEMENT_TYPE: Final = "https://plaudit.dev/certificate/v2"
PROSE_TYPE: Final = "https://plaudit.dev/certificate/v1"
"""The first version, which held findings and limits in English prose; it is read, and no longer written."""

Called = dict[Id, dict[Language, Text]]
"""Nominee → language → name."""


class Cited(Struct, frozen=True, forbid_unknown_fields=True):
    """A sentence by its code, and the values in it."""

    code: Code
    values: dict[Word, Number | Said | list[Said | Cited]]


class Season(Struct, frozen=True, forbid_unknown_fields=True):
    """Which edition of which award."""

    award: Id
    edition: Id
    origin: Origin
    title: Said


class Software(Struct, frozen=True, forbid_unknown_fields=True, rename={"ibis": "ibis-framework"}):
    """Versions of what computed it, and nothing else."""

    plaudit: Version
    duckdb: Version
    ibis: Version
    pyarrow: Version
    tzdata: Version


class Gap(Struct, frozen=True, forbid_unknown_fields=True, rename={"first_on": "from", "last_on": "to"}):
    """Days that a source did not see; of one account, or of all."""

    first_on: Day
    last_on: Day
    account: Said
    because: Text


class Mapped(Struct, frozen=True, forbid_unknown_fields=True):
    """What one key of a source's mapping did, and to how many rows of which nominee."""

    key: Literal["where", "replace", "lookup", "unless"]
    column: Id
    said: Said
    ours: Said
    nominee: Said
    rows: Count


class Source(Struct, frozen=True, forbid_unknown_fields=True, rename={"first_on": "from", "last_on": "to"}):
    """A declared source: what it is and covers, and whether it is made up."""

    id: Id
    kind: Literal["counters", "posts", "readings", "ballots", "totals", "voters", "live"]
    title: Text
    publisher: Said
    licence: Said
    first_on: Day
    last_on: Day
    sampling: Text
    synthetic: bool
    gaps: list[Gap]
    mapping: list[Mapped] | UnsetType = UNSET


class Digest(Struct, frozen=True, forbid_unknown_fields=True):
    """A table by its rows."""

    rows: Count
    sha256: Hex


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """What the result rests on."""

    kind: Literal["real", "synthetic", "synthetic ballots", "guest ballots", "partly synthetic"]
    sources: list[Source]
    tables: dict[Word, Digest]
    made: dict[Word, Digest] | UnsetType = UNSET


class FileRows(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of the rows of a file that one source read; a row may be set aside for several reasons."""

    read: Count
    used: Count
    passed_over: Count
    set_aside: dict[Text, Count]


class Input(Struct, frozen=True, forbid_unknown_fields=True):
    """A file that the season was made from, and by source what became of its rows."""

    sha256: Hex
    rows: dict[Id, FileRows] | UnsetType = UNSET


class Rule(Struct, frozen=True, forbid_unknown_fields=True):
    """A cited rule."""

    kind: Literal["chart", "counting", "growth", "nomination", "purge"]
    sha256: Hex
    shipped: bool


class Week(Struct, frozen=True, forbid_unknown_fields=True):
    """A week of a chart; `unfed` are the parts that no source fed."""

    week: Day
    verdict: Literal["final", "provisional", "uncharted"]
    missing: list[Day]
    no_1: list[Id]
    unfed: list[Text] | UnsetType = UNSET


class Chart(Struct, frozen=True, forbid_unknown_fields=True):
    """A chart of the season, week by week."""

    rule: Citation
    weeks: list[Week]


class Nominee(Struct, frozen=True, forbid_unknown_fields=True):
    """A nominee, and why it is one."""

    nominee: Id
    name: Said
    ground: Literal["named", "chart"]
    points: Number
    charts: Count
    source: Cited


class Window(Struct, frozen=True, forbid_unknown_fields=True, rename={"opens_at": "from", "closes_at": "to"}):
    """A voting window, half-open; without channels, of all of them."""

    id: Id
    opens_at: Instant
    closes_at: Instant
    channels: list[Id]


class Cosigned(Struct, frozen=True, forbid_unknown_fields=True):
    """A witness that signed a checkpoint, and when."""

    witness: Origin
    at: Instant


class Seen(Struct, frozen=True, forbid_unknown_fields=True):
    """A checkpoint as a signed note, with the cosignatures that count."""

    note: Text
    cosigned: list[Cosigned]


class Policy(Struct, frozen=True, forbid_unknown_fields=True):
    """The witnesses that the opening names, and how many of them must sign."""

    keys: list[Key]
    least: Count


class Witnesses(Struct, frozen=True, forbid_unknown_fields=True):
    """What witnesses signed of the log: its opening alone, and its last checkpoint."""

    policy: Policy
    closed: Seen
    opened: Seen | UnsetType = UNSET


class Log(Struct, frozen=True, forbid_unknown_fields=True):
    """The log that holds the ballots, by its last checkpoint."""

    origin: Origin
    size: Place
    root: Base64Hash
    key: Key
    closed_at: Instant
    because: Said
    keys: dict[Id, Hex] | UnsetType = UNSET
    names: Called | UnsetType = UNSET
    names_sha256: Hex | UnsetType = UNSET
    witnesses: Witnesses | UnsetType = UNSET


class Commitment(Struct, frozen=True, forbid_unknown_fields=True):
    """What a sealed result was committed to with."""

    salt: Hex
    sha256: Hex
    names: Called | UnsetType = UNSET


class Vote(Struct, frozen=True, forbid_unknown_fields=True):
    """The vote: its rule, its windows, and where its ballots are."""

    rule: Citation
    windows: list[Window]
    sources: list[Id] | UnsetType = UNSET
    log: Log | UnsetType = UNSET
    commitment: Commitment | UnsetType = UNSET


class Position(Struct, frozen=True, forbid_unknown_fields=True):
    """A nominee's result; `exact` shows who is ahead if two values are equal."""

    position: Place
    nominee: Id
    value: Number
    exact: Text | UnsetType = UNSET


class Total(Struct, frozen=True, forbid_unknown_fields=True):
    """Where each ballot and vote of one nominee in one channel went."""

    nominee: Said
    channel: Said
    ballots_cast: Count
    ballots_counted: Count
    ballots_over_cap: Count
    ballots_outside_window: Count
    ballots_void: Count
    ballots_set_aside: Count
    votes_cast: Count
    votes_counted: Count
    votes_over_cap: Count
    votes_outside_window: Count
    votes_void: Count
    votes_set_aside: Count
    votes_weighted: Count


class Void(Struct, frozen=True, forbid_unknown_fields=True):
    """Why ballots of one nominee in one channel are void."""

    nominee: Said
    channel: Said
    reason: Literal[
        "account age unknown",
        "account too young",
        "deleted",
        "names too many nominees",
        "post does not count",
        "private",
        "quote does not count",
        "replaced",
        "repost does not count",
        "unknown channel",
        "unknown nominee",
        "vote does not count",
    ]
    ballots: Count
    votes: Count


class Result(Struct, frozen=True, forbid_unknown_fields=True):
    """Who won, and every total."""

    unit: Literal["votes", "ppm"]
    winners: list[Id]
    positions: list[Position]
    totals: list[Total]
    voids: list[Void]


class Purge(Struct, frozen=True, forbid_unknown_fields=True):
    """What one purge rule did."""

    rule: Citation
    does: Literal["set aside", "flag only"]
    late: bool
    cases: Count
    voters: Count
    ballots: Count
    votes: Count
    also: Count
    reinstated: Count


class Appeal(Struct, frozen=True, forbid_unknown_fields=True):
    """What was decided of one receipt."""

    receipt: Said
    decision: Literal["reinstate ballot", "reinstate voter", "uphold"]
    why: Text
    ballots: Count


class Finding(Struct, frozen=True, forbid_unknown_fields=True):
    """One check of one subject."""

    check: Word
    subject: Said
    verdict: Literal["passes", "fails", "alarm", "not checked"]
    found: list[Cited]
    expected: list[Cited]


class Scenario(Struct, frozen=True, forbid_unknown_fields=True):
    """A way to count, and who is first under it."""

    scenario: Text
    kind: Literal["certified", "none", "appeals", "late", "alone", "flagged", "half", "double", "channel"]
    winners: Said
    value: Number
    second: Said
    second_value: Number
    margin: Number
    votes_set_aside: Count
    changes: bool


class Sensitivity(Struct, frozen=True, forbid_unknown_fields=True):
    """What the result withstands."""

    rows: list[Scenario]
    changes: list[Text]
    margin: Number
    second: Said
    unit: Literal["votes", "ppm"]


class Charted(Struct, frozen=True, forbid_unknown_fields=True):
    """Of a chart's first ten, how many stay there in every weighting."""

    chart: Citation
    entries: Count
    always: Count


class Audit(Struct, frozen=True, forbid_unknown_fields=True):
    """What was done to the count, and what was checked."""

    purges: list[Purge]
    appeals: list[Appeal]
    findings: list[Finding]
    sensitivity: Sensitivity
    charts: list[Charted]


class Certificate(Struct, frozen=True, forbid_unknown_fields=True):
    """The statement of a certificate, version 2."""

    type: Literal["https://plaudit.dev/certificate/v2"]
    season: Season
    software: Software
    evidence: Evidence
    rules: dict[Citation, Rule]
    inputs: dict[FileName, Input]
    set_aside: dict[Text, Count]
    limits: list[Cited]
    not_checked: list[Cited]
    charts: list[Chart] | UnsetType = UNSET
    nominees: list[Nominee] | UnsetType = UNSET
    vote: Vote | UnsetType = UNSET
    result: Result | UnsetType = UNSET
    audit: Audit | UnsetType = UNSET


TOGETHER: Final = {
    "vote": ["nominees", "result", "audit"],
    "result": ["vote"],
    "audit": ["vote"],
}
"""What must be there if something else is."""


def statement_schema() -> dict[str, Any]:
    """Give the JSON Schema of a statement of the present version: closed, every object with its keys."""
    made: dict[str, Any] = msgspec.json.schema(Certificate)
    made["$defs"]["Certificate"]["dependentRequired"] = TOGETHER
    made["$defs"]["Vote"]["dependentRequired"] = {"log": ["sources"], "sources": ["log"]}
    return as_schema(made, "certificate")


def as_schema(made: dict[str, Any], name: str) -> dict[str, Any]:
    """Give a schema as docs/spec publishes it, with patterns that every language reads alike."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://plaudit.dev/spec/{name}.schema.json",
        **_portable(made),
    }


def _portable(schema: Any) -> Any:
    """Give a schema with patterns as ECMA-262 reads them, where `$` is the end and nothing else."""
    if isinstance(schema, dict):
        return {key: _portable(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_portable(value) for value in schema]
    return schema.replace(END, "$") if isinstance(schema, str) else schema
