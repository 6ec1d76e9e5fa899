"""What platforms' numbers mean and since when: definition breaks, grains, and what is seen only in part."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

import msgspec
from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Break", "Definitions", "Grain", "Part", "breaks_between", "definitions"]


class Break(Struct, frozen=True, forbid_unknown_fields=True):
    """Days from the first to the last of which a metric's meaning changes; from then on it counts something else.

    code : names it in statements and messages
    of : which posts it touches; `all`, or a kind that the platform's answers do not tell apart
    before, after : what was counted, and what is; for readers of the registry
    """

    code: str
    platform: str
    metric: str
    of: str
    first_on: date = field(name="from")
    last_on: date = field(name="to")
    before: str
    after: str
    source: str


class Grain(Struct, frozen=True, forbid_unknown_fields=True):
    """How coarsely a metric is told from a day on, as a source's `grain` writes it."""

    platform: str
    metric: str
    grain: str
    first_on: date = field(name="from")
    source: str


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """Metrics of which the asked server sees a part only, and where it does not hold."""

    code: str
    platform: str
    metrics: tuple[str, ...]
    unless: str
    source: str


class Definitions(NamedTuple):
    """What is known of one metric of one platform, by date."""

    breaks: tuple[Break, ...]
    grains: tuple[Grain, ...]
    parts: tuple[Part, ...]


class _Registry(Struct, frozen=True, forbid_unknown_fields=True):
    breaks: tuple[Break, ...] = field(name="break")
    grains: tuple[Grain, ...] = field(name="grain")
    parts: tuple[Part, ...] = field(name="part")


def definitions(platform: str, metric: str) -> Definitions:
    """Give what the registry says of a metric; three empty lists where it says nothing.

    Examples
    --------
    >>> [one.code for one in definitions("youtube", "views").breaks]
    ['shorts-count-every-start', 'all-videos-count-every-start']
    >>> definitions("youtube", "followers").grains[0].grain
    '3 figures'
    """
    known = _registry()
    return Definitions(
        tuple(sorted((one for one in known.breaks if _is_of(one, platform, metric)), key=lambda one: one.first_on)),
        tuple(sorted((one for one in known.grains if _is_of(one, platform, metric)), key=lambda one: one.first_on)),
        tuple(one for one in known.parts if one.platform == platform and metric in one.metrics),
    )


def breaks_between(platform: str, metric: str, first_on: date, last_on: date) -> Sequence[Break]:
    """Give the breaks that touch days, both ends included, by date.

    A gain is a difference of two readings: whoever asks for a week gives the day of the reading before
    it as the first.

    Examples
    --------
    >>> week = breaks_between("youtube", "views", date(2026, 8, 21), date(2026, 8, 27))
    >>> [one.code for one in week]
    ['all-videos-count-every-start']
    >>> breaks_between("youtube", "views", date(2026, 8, 28), date(2026, 9, 3))
    []
    """
    known = definitions(platform, metric).breaks
    return [one for one in known if one.first_on <= last_on and first_on <= one.last_on]


def _is_of(one: Break | Grain, platform: str, metric: str) -> bool:
    return (one.platform, one.metric) == (platform, metric)


@cache
def _registry() -> _Registry:
    text = (files("plaudit.platforms") / "definitions.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _Registry)
