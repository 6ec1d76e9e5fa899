"""Templates in one reader's language, and the words, filters and functions that every one of them sees.

words       the language: see `words.Words`
_           a message, with values: _("%(artist)s is no. 1", artist=bdi(name))
ngettext    the message for a number: ngettext("%(n)s week", "%(n)s weeks", weeks)
title_of    a title that a rule or the season wrote, translated where there are words for it
share       a value of a total, in parts per million
absolute    the whole address of a file of the site: of the season's origin and a path, for what is read elsewhere
artist_data, chart_data, edition_data   a page's facts as schema.org's
bdi         text from the data, set apart from the direction around it, cut at 160 letters
Filters: number, percent, compact, thousandths, day, short_day, instant, clipped, name, metric, josa.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from plaudit.base.numbers import MILLION, half_even
from plaudit.publish.site import names
from plaudit.publish.site.addresses import absolute
from plaudit.publish.site.josa import josa
from plaudit.publish.site.linked_data import artist_data, chart_data, edition_data
from plaudit.publish.site.texts import bdi, clipped
from plaudit.publish.site.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plaudit.publish.site.words import Words
    from plaudit.rulebook.season import Season

__all__ = ["filled", "frame_head"]


def frame_head(season: Season) -> dict[str, str]:
    """Give what every page says of its season, live or published."""
    return {
        "title": season.title,
        "about": season.about.strip(),
        "award": season.award,
        "edition": season.edition,
        "origin": season.origin,
    }


def filled(template: str, language: str, values: Mapping[str, object]) -> bytes:
    """Give a template's bytes in a language; it sees the values beside what is listed above."""
    return _environment(language).get_template(template).render(values).encode()


@lru_cache
def _environment(language: str) -> Environment:
    words = words_of(language)
    environment = Environment(
        loader=PackageLoader("plaudit.publish.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals.update(_globals(words))
    environment.filters.update(_filters(words))
    return environment


def _share(value: int, total: int) -> int:
    return half_even(MILLION * value, total) if total else 0


def _globals(words: Words) -> dict[str, Any]:
    return {
        "words": words,
        "words_of": words_of,
        "_": words.text,
        "ngettext": words.count,
        "title_of": words.title,
        "share": _share,
        "absolute": absolute,
        "artist_data": artist_data,
        "chart_data": chart_data,
        "edition_data": edition_data,
        "bdi": bdi,
        "known": partial(names.known, words),
        "measure_name": partial(names.measure, words),
        "measure_unit": names.unit_of,
        "evidence_note": partial(names.evidence_note, words),
        "grade_name": partial(names.grade, words),
    }


def _filters(words: Words) -> dict[str, Callable[..., Any]]:
    return {
        "number": words.number,
        "percent": words.percent,
        "compact": words.compact,
        "thousandths": words.of_thousandths,
        "day": words.day,
        "short_day": words.short_day,
        "instant": words.instant,
        "clipped": clipped,
        "name": lambda of: clipped(words.name(of)),
        "metric": partial(names.known, words, "metric"),
        "josa": josa,
    }
