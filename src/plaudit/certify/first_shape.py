"""The shape of a statement of the first version, which is read and no longer written."""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, Struct, UnsetType

from plaudit.certify.forms import Citation, Count, FileName, Hex, Id, Number, Said, Text, Version, Word
from plaudit.certify.shape import (
    Appeal,
    Chart,
    Charted,
    Purge,
    Result,
    Rule,
    Season,
    Sensitivity,
    Source,
    Vote,
)

__all__ = ["FirstCertificate"]


class ProseFinding(Struct, frozen=True):
    """A finding as the first version held it."""

    check: Word
    subject: Said
    verdict: Literal["passes", "fails", "alarm", "not checked"]
    found: Said
    expected: Said


class ProseAudit(Struct, frozen=True):
    """The audit as the first version held it."""

    purges: list[Purge]
    appeals: list[Appeal]
    findings: list[ProseFinding]
    sensitivity: Sensitivity
    charts: list[Charted]


class ProseNominee(Struct, frozen=True, forbid_unknown_fields=True):
    """A nominee as the first version held it."""

    nominee: Id
    name: Said
    ground: Literal["named", "chart"]
    points: Number
    charts: Count
    source: Said


class FirstSoftware(Struct, frozen=True):
    """The version that computed it, as the first version held it."""

    plaudit: Version


class ProseEvidence(Struct, frozen=True):
    """The evidence as the first version held it: tables by their files."""

    kind: Literal["real", "synthetic", "synthetic ballots", "guest ballots", "partly synthetic"]
    sources: list[Source]
    tables: dict[Id, Hex]


class FirstCertificate(Struct, frozen=True):
    """The statement of a certificate, version 1."""

    type: Literal["https://plaudit.dev/certificate/v1"]
    season: Season
    software: FirstSoftware
    evidence: ProseEvidence
    rules: dict[Citation, Rule]
    inputs: dict[FileName, Hex]
    set_aside: dict[Text, Count]
    limits: list[Text]
    charts: list[Chart] | UnsetType = UNSET
    nominees: list[ProseNominee] | UnsetType = UNSET
    vote: Vote | UnsetType = UNSET
    result: Result | UnsetType = UNSET
    audit: ProseAudit | UnsetType = UNSET
