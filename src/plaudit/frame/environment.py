"""Templates in one reader's language, and the words, filters and functions that every one of them sees.

A room's own templates extend those that lie here: `base`, which is the frame of every page, and `parts`.

words       the language: see `words.Words`
_           a message, with values: _("%(artist)s is no. 1", artist=bdi(name))
ngettext    the message for a number: ngettext("%(n)s week", "%(n)s weeks", weeks)
title_of    a title that a rule or the season wrote, translated where there are words for it
own_words   any text of a rule or the season in the same way, marked as English where there are none
titled      a title in its own words with the id beside it: titled(row.title, row.rule)
award_name  an award's name, from its id; edition_name: an edition's, as 'Edition 2018'
share       a value of a total, in parts per million
absolute    the whole address of a file of the site: of `frame.address` and a path, for what is read elsewhere
bdi         text from the data, set apart from the direction around it, cut at 160 letters, with its language
            where that is not the page's: bdi(frame.title, language=frame.title_language)
code        an id, a key or a citation of the data, cut at 160 letters
sourced     who says something; an address is a link
Filters: number, percent, compact, thousandths, day, short_day, week, instant, korea, clipped, name, metric, josa.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from plaudit.base.numbers import MILLION, half_even
from plaudit.frame.addresses import absolute, site_address
from plaudit.words import names
from plaudit.words.awards import award_name, edition_name
from plaudit.words.josa import josa
from plaudit.words.texts import bdi, clipped, code, sourced
from plaudit.words.words import words_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plaudit.rulebook.season import Season
    from plaudit.words.words import Words

__all__ = ["Templates", "frame_head"]


def frame_head(season: Season) -> dict[str, Any]:
    """Give what every page says of its season, live or published; texts by language."""
    return {
        "title": season.titles,
        "about": {language: " ".join(about.split()) for language, about in season.abouts.items()},
        "award": season.award,
        "edition": season.edition,
        "origin": season.origin,
        "address": site_address(season),
    }


class Templates:
    """The templates of a room.

    Parameters
    ----------
    room : the package; its templates lie in the folder `templates`
    more : what its templates see beside what is listed above
    """

    def __init__(self, room: str, **more: object) -> None:
        self._loader = ChoiceLoader([PackageLoader(one) for one in (room, "plaudit.frame")])
        self._more = more
        self._environment = lru_cache(self._in_language)

    def filled(self, template: str, language: str, frame: Mapping[str, Any], values: Mapping[str, object]) -> bytes:
        """Give a template's bytes in a language; it sees frame and values, too."""
        seen = {**values, "frame": _in_words(frame, words_of(language))}
        return self._environment(language).get_template(template).render(seen).encode()

    def _in_language(self, language: str) -> Environment:
        words = words_of(language)
        environment = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals.update({**_globals(words), **self._more})
        environment.filters.update(_filters(words))
        return environment


def _in_words(frame: Mapping[str, Any], words: Words) -> dict[str, Any]:
    """Give the frame with its texts in a language, or in English; then `title_language` and `about_language` say so."""
    shown = {key: words.shown(frame[key])[0] for key in ("title", "about")}
    texts = {key: text for key, (_, text) in shown.items()}
    foreign = {
        f"{key}_language": language if language != words.language else "" for key, (language, _) in shown.items()
    }
    return {**frame, **texts, **foreign}


def _share(value: int, total: int) -> int:
    return half_even(MILLION * value, total) if total else 0


def _globals(words: Words) -> dict[str, Any]:
    return {
        "words": words,
        "words_of": words_of,
        "_": words.text,
        "ngettext": words.count,
        "title_of": words.title,
        "own_words": words.own,
        "titled": words.titled,
        "award_name": lambda award: words.html(award_name(award)),
        "edition_name": lambda edition: words.html(edition_name(edition)),
        "share": _share,
        "absolute": absolute,
        "bdi": bdi,
        "code": code,
        "sourced": sourced,
        "known": lambda what, name: words.html(names.known(what, name)),
        "measure_name": lambda name: words.html(names.measure(name)),
        "measure_unit": names.unit_of,
        "evidence_note": lambda kind: words.html(names.evidence_note(kind)),
        "grade_name": lambda letter: words.html(names.grade(letter)),
    }


def _filters(words: Words) -> dict[str, Callable[..., Any]]:
    return {
        "number": words.number,
        "percent": words.percent,
        "compact": words.compact,
        "thousandths": words.of_thousandths,
        "day": words.day,
        "short_day": words.short_day,
        "week": words.week,
        "instant": words.instant,
        "korea": words.korea,
        "clipped": clipped,
        "name": lambda of: clipped(words.name(of)),
        "metric": lambda name: words.html(names.known("metric", name)),
        "josa": josa,
    }
