"""The shape of a statement: what its readers take for granted before anything of it is recomputed."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

__all__ = ["misshapen"]

_Text = Annotated[str, Meta(min_length=1)]


class _Season(Struct):
    award: _Text
    edition: _Text
    origin: _Text


class _Evidence(Struct):
    kind: _Text
    sources: list[dict[str, Any]]
    tables: dict[str, str]


class _Rule(Struct):
    sha256: str


class _Position(Struct):
    position: int
    nominee: str
    value: int


class _Result(Struct):
    winners: list[str]
    positions: list[_Position]
    totals: list[dict[str, Any]]
    voids: list[dict[str, Any]]


class _Log(Struct):
    origin: str
    size: int
    root: str
    key: str
    closed_at: str
    because: str
    names: dict[str, dict[str, str]] = {}
    names_sha256: str = ""


class _Commitment(Struct):
    salt: str = ""
    sha256: str = ""
    names: dict[str, dict[str, str]] = {}


class _Vote(Struct):
    rule: str
    log: _Log | None = None
    commitment: _Commitment | None = None


class _Chart(Struct):
    weeks: list[dict[str, Any]]


class _Software(Struct):
    plaudit: str


class _Cited(Struct):
    code: _Text
    values: dict[str, Any]


class _Statement(Struct):
    type: str
    season: _Season
    software: _Software
    evidence: _Evidence
    rules: dict[str, _Rule]
    inputs: dict[str, str]
    set_aside: dict[str, int]
    limits: list[_Cited | str]
    charts: list[_Chart] = []
    nominees: list[dict[str, Any]] = []
    vote: _Vote | None = None
    result: _Result | None = None


def misshapen(statement: object) -> str:
    """Say where a statement is not of its shape, or nothing.

    Examples
    --------
    >>> misshapen({"type": "x"})
    'Object missing required field `season`'
    """
    try:
        msgspec.convert(statement, _Statement, strict=True)
    except msgspec.ValidationError as error:
        return str(error)
    return ""
