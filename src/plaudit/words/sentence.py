"""Sentences that certificates and tables cite: a code, plain values, and the words that are made of them.

    {"code": "gaps.empty", "values": {"end": "2018-05-15T02:00:00Z", "first": "2018-05-14T23:00:00Z", "missing": 540}}

What is signed or stored holds codes and values and no prose. So a wording can be made
better, and said in another language, and every certificate still says it. A code, once
cited, keeps its meaning and the names of its values.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from plaudit.words.message import Cited, Code, Listed, Message, Own, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Plain", "Sentence", "canonical_json", "catalogue", "cited", "told"]

Plain = int | str | list[str] | list[dict[str, Any]]
"""What a cited value is written as: a number, a text, texts, or further sentences with their codes."""


class Sentence:
    """A sentence by its code.

    shape : gives the values of the sentence from the plain ones, where they are not the same
    kinds : by the name of a value, what makes of the plain value one that languages write their own way

    Examples
    --------
    >>> few = Sentence("common-factor.few", "%(totals)s totals that are not small")
    >>> few(totals=2).cited
    Cited(code='common-factor.few', values={'totals': 2})
    """

    def __init__(
        self,
        code: str,
        english: str,
        shape: Callable[[Mapping[str, Any]], Mapping[str, Value]] | None = None,
        **kinds: Callable[[Any], Value],
    ) -> None:
        self.code, self.english, self._shape, self._kinds = code, english, shape, kinds

    def __call__(self, **values: Plain) -> Message:
        """Say it."""
        if self._shape:
            made = dict(self._shape(values))
        else:
            made = {name: self._kinds.get(name, _as_it_is)(value) for name, value in values.items()}
        return Message(self.english, made, cited=Cited(self.code, values))


def _as_it_is(value: Plain) -> Value:
    if isinstance(value, list):
        return Listed(tuple(str(one) for one in value))
    if not isinstance(value, (int, str)):
        raise TypeError(f"{value!r} is neither a number nor a text")
    return value


def catalogue(sentences: Iterable[Sentence]) -> dict[str, Sentence]:
    """Give sentences by their codes.

    Raises
    ------
    ValueError : two sentences have one code; a defect of whoever wrote them.
    """
    found: dict[str, Sentence] = {}
    for sentence in sentences:
        if found.setdefault(sentence.code, sentence) is not sentence:
            raise ValueError(f"two sentences have the code {sentence.code!r}")
    return found


def cited(messages: Iterable[Message]) -> list[dict[str, Any]]:
    """Give what a certificate writes of some sentences."""
    found = []
    for message in messages:
        assert message.cited is not None, message.one
        found.append({"code": message.cited.code, "values": dict(message.cited.values)})
    return found


def canonical_json(document: Any) -> str:
    """Give codes and values as a table holds them: as RFC 8785 writes whole numbers, texts and names in ASCII."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def told(stated: Iterable[Mapping[str, Any]] | str, known: Mapping[str, Sentence]) -> tuple[Value, ...]:
    """Give the sentences that a certificate cites.

    Parameters
    ----------
    stated : codes and values; or prose, as the first certificates held it, which stands as it is, in English
    known : sentences by code; of one that is not here, the code is shown and its values
    """
    if isinstance(stated, str):
        return (Own(stated),) if stated else ()
    return tuple(_told(one, known) for one in stated)


def _told(one: Mapping[str, Any], known: Mapping[str, Sentence]) -> Value:
    sentence = known.get(one["code"])
    if sentence is None:
        return Code(canonical_json(one))
    try:
        message = sentence(**one["values"])
        message.one % dict.fromkeys(message.values)  # asks for each of its values
    except (LookupError, TypeError, ValueError):
        return Code(canonical_json(one))
    return message
