"""What one reader's language needs: messages, plurals, numbers, dates and names.

Messages are gettext's, read from `locale/LANGUAGE/LC_MESSAGES/plaudit.po` when they
are first asked for; numbers and dates are CLDR's. A message may ask for a value with a
particle, `%(artist|은/는)s`, which the language's own module chooses: see `josa`.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Final, Literal
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta, get_day_names
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_compact_decimal, format_decimal, format_percent
from markupsafe import Markup, escape

from plaudit.base.errors import UnknownName
from plaudit.words.intervals import week_text
from plaudit.words.josa import particle
from plaudit.words.message import (
    Address,
    Code,
    Country,
    Instant,
    Listed,
    Message,
    Named,
    Nominee,
    Own,
    Ppm,
    Said,
    Several,
    Thousandths,
    Value,
    Weekday,
    WeekOf,
)
from plaudit.words.spans import Span, html, markdown, plain
from plaudit.words.texts import clipped

__all__ = ["SOURCE_LANGUAGE", "Words", "languages_known", "words_of"]

SOURCE_LANGUAGE: Final = "en"
"""The language that the messages themselves are written in."""

_LOCALE: Final = files("plaudit.words") / "locale"
_HOUR: Final = 3_600
_DAY: Final = 86_400
_SLOT: Final = "\ue000"
"""A letter that no message holds."""
_OWN_LETTERS: Final = 4_000
_KOREA: Final = ZoneInfo("Asia/Seoul")
_COUNTRIES: Final = {("ko", "KR"): "한국"}
"""Countries whose name in the news is not the one in CLDR."""
_AND: Final = {"ko": (" 및 ", ", ")}
"""What CLDR puts before the last of a list, and what is written instead."""
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Values(Mapping[str, object]):
    """Values of a message, escaped; `name|은/는` gives the value with its particle."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values

    def __getitem__(self, key: str) -> Markup:
        name, asked, forms = key.partition("|")
        value = escape(self._values[name])
        return value + particle(value.striptags(), forms) if asked else value

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class _Slots(Mapping[str, object]):
    """Values of a message as spans, each held back behind a mark; `name|은/는` is the value with its particle."""

    def __init__(self, values: Mapping[str, Value], words: Words) -> None:
        self._values, self._words = values, words
        self.held: list[list[Span]] = []

    def __getitem__(self, key: str) -> str:
        name, asked, forms = key.partition("|")
        spans = self._words.value(self._values[name])
        text = "".join(span.text for span in spans)
        self.held.append([*spans, Span(particle(text, forms))] if asked else spans)
        return _SLOT

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class Words:
    """One language: its messages, and how it writes numbers, dates and names."""

    def __init__(self, language: str, messages: gettext.NullTranslations) -> None:
        self.language = language
        self.locale = Locale.parse(language, sep="-")
        self.own_name = (self.locale.get_display_name(language) or language).capitalize()
        self.direction = self.locale.text_direction
        self._messages = messages
        self.number = lru_cache(65_536)(self._number)
        self.percent = lru_cache(16_384)(self._percent)
        self.day = lru_cache(16_384)(self._day)
        self.short_day = lru_cache(16_384)(self._short_day)
        self.week = lru_cache(16_384)(self._week)

    def text(self, message: str, **values: object) -> Markup:
        """Give a message with its values in place; values are text and are escaped."""
        return Markup(self._messages.gettext(message)) % _Values(values)  # noqa: S704  # messages are our own files

    def count(self, one: str, many: str, n: int, **values: object) -> Markup:
        """Give the message for a number of things; `%(n)s` is the number as the language writes it."""
        chosen = Markup(self._messages.ngettext(one, many, n))  # noqa: S704
        return chosen % _Values({"n": self.number(n), **values})

    def spans(self, message: Message) -> list[Span]:
        """Give a sentence in pieces; `spans.html`, `spans.markdown` and `spans.plain` write them."""
        template = (
            self._messages.ngettext(message.one, message.many, message.number)
            if message.many
            else self._messages.gettext(message.one)
        )
        slots = _Slots(message.values, self)
        first, *rest = (template % slots).split(_SLOT)
        found = [Span(first)]
        for value, after in zip(slots.held, rest, strict=True):
            found += [*value, Span(after)]
        return [span for span in found if span.text]

    def value(self, value: Value) -> list[Span]:  # noqa: PLR0911 - one for each kind of value
        """Give a value as this language writes it."""
        match value:
            case Message():
                return self.spans(value)
            case Own(text):
                said = self.title(text)
                is_foreign = said == text and self.language != SOURCE_LANGUAGE
                return [Span(clipped(said, _OWN_LETTERS), "data", SOURCE_LANGUAGE if is_foreign else "")]
            case Named(names):
                language, name = self.shown(names)[0]
                return [Span(clipped(name), "data", language if language != self.language else "")]
            case Address(url):
                return [Span(url, "address")]
            case Code(text) | Nominee(text):
                return [Span(clipped(text), "code")]
            case str():
                return [Span(clipped(value), "data")]
            case Listed(items, is_or):
                pattern = self._listed([_SLOT] * len(items), "or" if is_or else "standard")
                first, *rest = pattern.split(_SLOT)
                found = [Span(first)]
                for item, after in zip(items, rest, strict=True):
                    found += [*self.value(item), Span(after)]
                return found
            case Several(items):
                found = [span for item in items for span in (Span("; "), *self.value(item))]
                return found[1:]
            case _:
                return [Span(self._written(value))]

    def _written(self, value: int | Ppm | Thousandths | Instant | Weekday | WeekOf | Country | date | time) -> str:  # noqa: PLR0911 - as above
        match value:
            case int():
                return self.number(value)
            case Ppm(ppm, is_rounded):
                exact = format_percent(Decimal(ppm) / 1_000_000, format="#,##0.####%", locale=self.locale)
                return self.percent(ppm) if is_rounded else exact
            case Thousandths(number, is_cut):
                exact = format_decimal(Decimal(number) / 1000, format="#,##0.000", locale=self.locale)
                return self.of_thousandths(number) if is_cut else exact
            case Instant(at):
                return self.instant(at)
            case Weekday(name):
                return str(get_day_names("wide", "stand-alone", self.locale)[_WEEKDAYS.index(name)])
            case WeekOf(first_on):
                return self.week(first_on.isoformat())
            case Country(code):
                return self.country(code)
            case date():
                return self.day(value.isoformat())
            case time():
                return value.isoformat("seconds").removesuffix(":00")

    def said(self, said: Said) -> list[Span]:
        """Give one sentence, or several one after the other, in pieces."""
        if not isinstance(said, tuple):
            return self.value(said)
        return [span for one in said for span in (Span(" "), *self.value(one))][1:]

    def html(self, said: Said) -> Markup:
        """Give sentences, or a value, as HTML."""
        return html(self.said(said))

    def markdown(self, said: Said) -> str:
        """Give the same as one line of Markdown."""
        return markdown(self.said(said))

    def plain(self, said: Said) -> str:
        """Give the same as text for a terminal."""
        return plain(self.said(said))

    def own(self, text: str) -> Markup:
        """Give what a rule or a season says, translated where there are words for it, or else marked as English."""
        return self.html(Own(text))

    def titled(self, title: str, name: str) -> Markup:
        """Give a rule's or a source's title with its id beside it, or the id alone where there is no title."""
        return self.own(title) + " " + self.html(Code(name)) if title else self.html(Code(name))

    def title(self, title: str) -> str:
        """Give a title that a rule or the season wrote, translated where there are words for it."""
        return self._messages.gettext(title) if title else ""

    def name(self, names: Mapping[str, str]) -> str:
        """Give an artist's name in this language, or the English one, or the first."""
        return self.shown(names)[0][1]

    def shown(self, names: Mapping[str, str]) -> list[tuple[str, str]]:
        """Give the names to show, with their languages: the reader's first, then one in another script or language."""
        order = sorted(names, key=lambda language: (language != self.language, language != SOURCE_LANGUAGE))
        shown = [(language, names[language]) for language in order[:2]]
        return shown if len(shown) < 2 or shown[0][1] != shown[1][1] else shown[:1]

    def country(self, code: str) -> str:
        """Give a country's name."""
        return _COUNTRIES.get((self.language, code)) or str(self.locale.territories.get(code, code))

    def of_thousandths(self, value: int) -> str:
        """Give a number of thousandths as a decimal with one place, cut off."""
        return format_decimal(value // 100 / 10, format="#,##0.0", locale=self.locale)

    def compact(self, value: int) -> str:
        """Give a large number shortly, as the language does: 89.8M, 8977만."""
        return format_compact_decimal(value, locale=self.locale, fraction_digits=1 if value >= 1_000 else 0)

    def list(self, items: Iterable[object]) -> Markup:
        """Give several things as one phrase; items are text and are escaped."""
        return Markup(self._listed([str(escape(item)) for item in items], "standard"))  # noqa: S704

    def _listed(self, items: Sequence[str], style: Literal["standard", "or"]) -> str:
        return format_list(items, style, self.locale).replace(*_AND.get(self.language, ("", "")))

    def days(self, days: Iterable[str]) -> Markup:
        """Give several dates as one phrase."""
        return self.list([self.day(day) for day in days])

    def duration(self, seconds: int, *, up: bool = False) -> str:
        """Give a length of time in whole hours, or from two days on in whole days, cut or rounded up."""
        unit: Literal["hour", "day"] = "hour" if seconds < 2 * _DAY else "day"
        length = _HOUR if unit == "hour" else _DAY
        whole = timedelta(seconds=length * (-(-seconds // length) if up else seconds // length))
        return format_timedelta(whole, unit, threshold=1_000_000, locale=self.locale)

    def span(self, ends: Sequence[int]) -> Markup:
        """Give two lengths of time between which a third lies."""
        least, most = ends
        if least == 0:
            return self.text("within %(most)s", most=self.duration(most, up=True))
        return self.text("%(least)s to %(most)s", least=self.duration(least), most=self.duration(most, up=True))

    def shares(self, ends: Sequence[int]) -> Markup:
        """Give two shares, in parts per million, between which a third lies."""
        least, most = ends
        if least == most:
            return Markup(self.percent(least))  # noqa: S704  # a number
        if least == 0:
            return self.text("at most %(most)s", most=self.percent(most))
        return self.text("%(least)s to %(most)s", least=self.percent(least), most=self.percent(most))

    def instant(self, instant: int) -> str:
        """Give an instant in UTC, to the minute."""
        moment = datetime.fromtimestamp(instant // 1_000_000, UTC)
        return f"{self.day(moment.date().isoformat())} {moment:%H:%M} UTC"

    def korea(self, instant: int) -> Markup:
        """Give an instant in Korea's time, to the minute."""
        moment = datetime.fromtimestamp(instant // 1_000_000, _KOREA)
        return self.text("%(time)s KST", time=f"{self.day(moment.date().isoformat())} {moment:%H:%M}")

    def instant_day(self, instant: int) -> str:
        """Give the day of an instant in UTC."""
        return self.day(datetime.fromtimestamp(instant // 1_000_000, UTC).date().isoformat())

    def month(self, month: str) -> str:
        """Give a month, written `2018-05`."""
        return format_skeleton("yMMM", date.fromisoformat(f"{month}-01"), locale=self.locale)

    def weekday(self, number: int) -> str:
        """Give a weekday's short name; 0 is Monday."""
        return str(get_day_names("abbreviated", "stand-alone", self.locale)[number])

    def _number(self, value: int) -> str:
        return format_decimal(value, locale=self.locale)

    def tenths_of_percent(self, ppm: int) -> str:
        """Give parts per million as a percentage with one place, whatever it is: columns of them read alike."""
        return format_percent(Decimal(ppm) / 1_000_000, format="#,##0.0%", locale=self.locale)

    def _percent(self, ppm: int) -> str:
        """Give parts per million as a percentage: whole above ten, one place below."""
        return format_percent(ppm / 1_000_000, format="#,##0%" if ppm >= 100_000 else "#,##0.0%", locale=self.locale)

    def _day(self, day: str) -> str:
        """Give a date, written `2018-05-18`."""
        return format_date(date.fromisoformat(day), "long", self.locale)

    def _week(self, first_on: str) -> str:
        """Give the week that starts on a date, written `2018-05-18`."""
        return week_text(date.fromisoformat(first_on), self.locale)

    def _short_day(self, day: str) -> str:
        return format_date(date.fromisoformat(day), "medium", self.locale)


def languages_known() -> list[str]:
    """Give the languages that there are messages for, the source language first."""
    found = {folder.name for folder in _LOCALE.iterdir() if folder.is_dir()}
    return [SOURCE_LANGUAGE, *sorted(found - {SOURCE_LANGUAGE})]


@lru_cache
def words_of(language: str) -> Words:
    """Give a language.

    Raises
    ------
    UnknownName : there are no messages in it.
    """
    if language not in languages_known():
        raise UnknownName(
            f"the site has no messages in {language!r}",
            f"choose among {', '.join(languages_known())}, or translate it: docs/how-to/translate.md",
            language=language,
        )
    return Words(language, gettext.NullTranslations() if language == SOURCE_LANGUAGE else _messages(language))


def _messages(language: str) -> gettext.GNUTranslations:
    """Read a .po file as gettext reads its compiled twin; nothing compiled is kept."""
    text = (_LOCALE / language / "LC_MESSAGES" / "plaudit.po").read_bytes()
    catalog = read_po(io.BytesIO(text), locale=language.replace("-", "_"), abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
