"""A public sentence before it is in any language: a message, and the values that stand in it.

    say("A week starts on %(weekday)s at midnight in the zone %(zone)s.", weekday=Weekday("friday"), zone="UTC")

The message is the English sentence, and gettext's id of it. A value says what it is,
and each language writes it its own way: see `words.Words.spans`. A message stands in
the source as it is, whole, so that whoever reads it on a page finds it here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "Address",
    "Cited",
    "Code",
    "Country",
    "Instant",
    "Listed",
    "Message",
    "Named",
    "Nominee",
    "Own",
    "Ppm",
    "Said",
    "Several",
    "Thousandths",
    "Value",
    "WeekOf",
    "Weekday",
    "count",
    "say",
    "with_names",
]


@dataclass(frozen=True)
class Code:
    """An id, a key or a citation; no language has another word for it."""

    text: str


@dataclass(frozen=True)
class Own:
    """What a rule or a season says in words of its own: translated if there are words for it, or else English."""

    text: str


@dataclass(frozen=True)
class Named:
    """A name by language; the reader's is shown."""

    names: Mapping[str, str]


@dataclass(frozen=True)
class Nominee:
    """A nominee by id; `with_names` gives it a name."""

    id: str


@dataclass(frozen=True)
class Ppm:
    """A share in parts per million, written as a percentage with every digit that it has, or as news round it."""

    ppm: int
    is_rounded: bool = False


@dataclass(frozen=True)
class Thousandths:
    """A number in thousandths, written with three decimals, or cut off after one."""

    number: int
    is_cut: bool = False


@dataclass(frozen=True)
class Address:
    """An address on the web."""

    url: str


@dataclass(frozen=True)
class Instant:
    """Microseconds since 1970, written as day and time in UTC."""

    at: int


@dataclass(frozen=True)
class Weekday:
    """A day of the week by its English name in lower case."""

    name: str


@dataclass(frozen=True)
class WeekOf:
    """The seven days from a date on, written from the first to the last."""

    first_on: date


@dataclass(frozen=True)
class Country:
    """A country by its ISO 3166 code."""

    code: str


@dataclass(frozen=True)
class Listed:
    """Several values as one phrase: `a, b and c`; with `is_or`, `a, b or c`."""

    items: tuple[Value, ...]
    is_or: bool = False

    @classmethod
    def of(cls, items: Iterable[Value]) -> Listed:
        """Give some values as one phrase."""
        return cls(tuple(items))


@dataclass(frozen=True)
class Several:
    """Several sentences in one, with a semicolon between."""

    items: tuple[Value, ...]


@dataclass(frozen=True)
class Cited:
    """The code and the plain values by which a certificate cites a message: see `sentence`."""

    code: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Message:
    """A sentence or a phrase.

    one : the English, with places for values: `%(artist)s is no. 1`
    many, number : the English for more than one, and of how many it speaks; `%(n)s` is the number
    cited : what a certificate writes of it
    """

    one: str
    values: Mapping[str, Value] = field(default_factory=dict)
    many: str = ""
    number: int = 0
    cited: Cited | None = None


Value = (
    int
    | str
    | Address
    | Code
    | Own
    | Named
    | Nominee
    | Ppm
    | Instant
    | Weekday
    | WeekOf
    | Country
    | Listed
    | Several
    | Thousandths
    | date
    | time
    | Message
)
"""What can stand in a message; a `str` is text of the data, a `Message` a phrase."""
Said = Value | tuple[Value, ...]
"""One sentence, or several one after the other."""


def say(message: str, **values: Value) -> Message:
    """Give a message with its values."""
    return Message(message, values)


def count(one: str, many: str, n: int, **values: Value) -> Message:
    """Give the message for a number of things.

    Examples
    --------
    >>> count("%(n)s vote", "%(n)s votes", 7_500).many
    '%(n)s votes'
    """
    return Message(one, {"n": n, **values}, many, n)


def with_names(value: Value, names: Mapping[str, Mapping[str, str]]) -> Value:
    """Give a value in which every nominee has its name.

    Parameters
    ----------
    names : by id, by language
    """
    match value:
        case Nominee(nominee) if nominee in names:
            return Named(names[nominee])
        case Message():
            return replace(value, values={name: with_names(one, names) for name, one in value.values.items()})
        case Listed(items) | Several(items):
            return replace(value, items=tuple(with_names(item, names) for item in items))
    return value
