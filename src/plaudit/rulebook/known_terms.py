"""What platforms are known to ask of everybody, as it was read on a day; a season's own agreement may allow more."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import msgspec

from plaudit.rulebook.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source

__all__ = ["KnownTerms", "known_terms", "stricter", "told_terms"]

_FILE: Final = "platform_terms.toml"


class KnownTerms(Terms, frozen=True, forbid_unknown_fields=True):
    """What a platform was seen to ask of everybody; a season's own agreement may allow more."""

    where: str = ""


@cache
def known_terms() -> Mapping[str, KnownTerms]:
    """Give the terms that are known, by platform.

    Examples
    --------
    >>> known_terms()["youtube"].keep_days
    30
    """
    text = files("plaudit.rulebook").joinpath(_FILE).read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, KnownTerms])


def stricter(source: Source) -> list[str]:
    """Say in which respects the known terms of a source's platform forbid what the season's allow.

    Examples
    --------
    >>> from datetime import date
    >>> from plaudit.rulebook.sources import Source, SourceCoverage
    >>> day = date(2026, 11, 30)
    >>> stricter(Source("a", "live", "A", SourceCoverage(day, day, "all", False), platform="wikimedia"))
    []
    """
    known, own = known_terms().get(source.platform), source.terms
    if known is None:
        return []
    found = []
    if known.keep_days is not None and (own is None or own.keep_days is None or own.keep_days > known.keep_days):
        found.append(f"bodies may be kept for {known.keep_days} days")
    if not known.derive and (own is None or own.derive):
        found.append("no figures may be made of it")
    if not known.redistribute and (own is None or own.redistribute):
        found.append("its rows may not be published")
    return found


def told_terms(season: Season) -> list[str]:
    """Say where a season does what terms forbid: its own, or those that are known of a platform that it asks.

    A platform's known terms are told of live sources alone: of files somebody else may have given leave.
    """
    told = []
    for source in season.sources:
        if source.terms is not None and not source.terms.derive and source.platform and season.charts:
            rules = ", ".join(use.rule for use in season.charts)
            told.append(f"source {source.id}: its terms forbid figures made of it, and {rules} makes them")
        if source.is_live and (asked := stricter(source)):
            known = known_terms()[source.platform]
            told.append(
                f"source {source.id}: {source.platform} asks of everybody ({known.since}): {'; '.join(asked)}; "
                f"state under [source.terms] what applies to you: {known.where}"
            )
    return told
