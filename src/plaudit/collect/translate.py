"""From what a file says to what we mean: where, replace, lookup, and the marks in numbers, as a source declares."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import SourceChanged
from plaudit.base.file_names import file_named
from plaudit.base.ids import exact_id
from plaudit.collect.marks import Marks
from plaudit.collect.read import read_rows
from plaudit.collect.values import YES, Unusable, as_said

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from plaudit.rulebook.sources import Source

__all__ = ["LOOKUP", "NUMBERS", "REPLACE", "UNLESS", "WHERE", "Translation"]

WHERE: Final = "where"
REPLACE: Final = "replace"
LOOKUP: Final = "lookup"
UNLESS: Final = "unless"
_LONGEST: Final = 1_000
"""Of a nominee whose id is longer nothing is counted apart."""

NUMBERS = ("value", "votes", "tags")
"""Columns of ours that hold numbers, beside metrics and times."""


class Translation:
    """What a source declares of its texts, ready for every row; texts are compared without outer blanks, in form NFC.

    used : is counted up for each declared text that met one of the file's

    Raises
    ------
    SourceChanged : a lookup file is not there or cannot be used.
    """

    def __init__(self, folder: Path, source: Source, used: Counter[tuple[str, ...]]) -> None:
        self.source = source
        self.marks = Marks.of(source)
        self._used = used
        self._where = [(column, _as_key(wanted)) for column, wanted in source.where.items()]
        self._replace = {
            column: {_as_key(text): (text, ours) for text, ours in texts.items()}
            for column, texts in source.replace.items()
        }
        self._lookup = lookups(folder, source)
        self._numbers = _number_columns(source)

    def did(self, values: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
        """Give what `replace`, `lookup` and `unless` do to a row: the key, the column, the file's text and ours.

        Of a lookup the two texts are told where it names a nominee; else they may be as many as the rows.

        Parameters
        ----------
        values : as the file has them, numbers not yet in plain digits
        """
        for column, texts in self._replace.items():
            yield from ((REPLACE, column, *texts[text]) for text in self._texts(column, values) if text in texts)
        for column, named in self._lookup.items():
            texts = self._replace.get(column, {})
            for text in self._texts(column, values):
                said = _as_key(texts[text][1]) if text in texts else text
                if said in named:
                    yield (LOOKUP, column, *((said, named[said]) if column == "nominee" else ("", "")))
        for metric, column in self.source.unless.items():
            if _is_yes(values[column]):
                yield UNLESS, metric, column, ""

    def _texts(self, column: str, values: Mapping[str, Any]) -> set[Any]:
        """Give the texts of a row in a column of ours, or in a metric, each once, as declared ones are compared."""
        source = self.source
        if column in source.constants:
            held: Any = source.constants[column]
        else:
            named = source.columns.get(column, source.metrics.get(column, ()))
            held = values[named] if isinstance(named, str) else " ".join(str(values[name]).strip() for name in named)
        if isinstance(held, str) and column in source.separators:
            held = held.split(source.separators[column])
        return {_as_key(item) for item in (held if isinstance(held, list) else [held])} - {None}

    def nominee(self, values: Mapping[str, Any]) -> str:
        """Give the nominee of a row that is not ours, or of one that is not judged yet; nothing where it has none."""
        if "nominee" not in self.source.columns and "nominee" not in self.source.constants:
            return ""
        texts = self._texts("nominee", values)
        text = next(iter(texts)) if len(texts) == 1 else ""
        text = _as_key(self._replace.get("nominee", {}).get(text, ("", text))[1])
        found = exact_id(self._lookup.get("nominee", {}).get(text, text))
        return "" if len(found) > _LONGEST or not _is_utf8(found) else found

    def note(self, key: str, what: str) -> None:
        """Note that something declared met a row."""
        self._used[self.source.id, key, what] += 1

    def not_ours(self, values: Mapping[str, Any]) -> str:
        """Give the first column in which a row has not the text that `where` asks for, or nothing if it is ours."""
        lacking = ""
        for column, wanted in self._where:
            if _as_key(values[column]) == wanted:
                self._used[self.source.id, WHERE, column] += 1
            else:
                lacking = lacking or column
        return lacking

    def numbers(self, values: dict[str, Any]) -> dict[str, Any]:
        """Give the values of a row with its numbers in plain digits, metrics replaced before."""
        for column, metric in self._numbers:
            value = self._replaced(metric, values[column]) if metric else values[column]
            values[column] = self.marks.plain(value) if self.marks else value
        self._count_unless(values)
        return values

    def translated(self, column: str, value: Any) -> Any:
        """Give a column's value after `replace` and `lookup`.

        Raises
        ------
        Unusable : the lookup lacks the text.
        """
        value = self._replaced(column, value)
        if column not in self._lookup:
            return value
        key = _as_key(value)
        if key not in self._lookup[column]:
            if key == "":
                return value  # that there is none is said elsewhere
            raise Unusable(f"unknown {column}", f"{key!r} is not in {self.source.lookup[column].file}")
        self._used[self.source.id, "lookup", column] += 1
        return self._lookup[column][key]

    def _replaced(self, column: str, value: Any) -> Any:
        texts = self._replace.get(column)
        if texts is None:
            return value
        found = texts.get(_as_key(value))
        if found is None:
            return value
        self._used[self.source.id, "replace", column, found[0]] += 1
        return found[1]

    def _count_unless(self, values: Mapping[str, Any]) -> None:
        for metric, column in self.source.unless.items():
            if _is_yes(values[column]):
                self._used[self.source.id, "unless", metric] += 1


def _number_columns(source: Source) -> list[tuple[str, str]]:
    """Give the file's columns that hold numbers, each with the metric that is replaced there."""
    found = {column: metric if metric in source.replace else "" for metric, column in source.metrics.items()}
    for name in NUMBERS:
        named = source.columns.get(name)
        if isinstance(named, str):
            found.setdefault(named, "")
    if not source.decimal and not source.thousands:
        found = {column: metric for column, metric in found.items() if metric}
    return list(found.items())


def _is_utf8(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


def _is_yes(value: Any) -> bool:
    return str(as_said(value)).lower() in YES


def _as_key(value: Any) -> Any:
    said = as_said(value)
    if not isinstance(said, str):
        return None
    return said if said.isascii() else unicodedata.normalize("NFC", said)


def lookups(folder: Path, source: Source) -> dict[str, dict[str, str]]:
    """Give, per column of ours, what its lookup file translates.

    Raises
    ------
    SourceChanged : a file is not there, a row of it cannot be read, or a key is given twice with different values.
    """
    found: dict[str, dict[str, str]] = {}
    for column, lookup in source.lookup.items():
        path = file_named(folder, lookup.file)
        if not path.is_file():
            raise SourceChanged(
                f"source {source.id}: no lookup file {lookup.file}", "add it, or correct [source.lookup]"
            )
        named: dict[str, str] = {}
        for raw in read_rows(path, "csv", (lookup.key, lookup.value), source.id):
            key, value = _as_key(raw.values.get(lookup.key, "")), as_said(raw.values.get(lookup.value, ""))
            if raw.reason or named.setdefault(key, value) != value:
                what = f"{raw.reason}: {raw.detail}" if raw.reason else f"{key!r} is given twice with different values"
                raise SourceChanged(
                    f"source {source.id}: {lookup.file}, line {raw.row}: {what}", "correct the lookup file there"
                )
        found[column] = named
    return found
