"""Read a TOML file into a frozen object, or say which line to mend and how."""

from __future__ import annotations

import difflib
import re
import tomllib
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from plaudit.base.errors import RuleInvalid, UnknownName
from plaudit.base.texts import utf8_text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Place", "TomlFile", "read_toml"]

Shape = TypeVar("Shape", bound=msgspec.Struct)
Place = tuple[str | int, ...]
"""Where a value stands in a document: keys and list positions, outermost first."""

# No quantifier here gives back what it took: a line of a stranger costs as many steps as it has characters.
_HEADER = re.compile(r"^\s*+(\[\[?+)\s*+([^\[\]]++)\]\]?+\s*+(?:#.*)?$")
_KEY = re.compile(r"""^\s*+((?:[\w-]++|"[^"]*+"|'[^']*+')(?:\s*+\.\s*+(?:[\w-]++|"[^"]*+"|'[^']*+'))*+)\s*+=""")
_QUOTED = re.compile(r"""(?:"(?:[^"\\]|\\.)*+"|'[^']*+')""")
_DOTTED = re.compile(r"(?<![\w-])(?:[\w-]++\s*+\.\s*+){20}")
_PARTS_MOST = 20
_LONGEST_BYTES = 1 << 24
_UNKNOWN = re.compile(r"unknown field `(?P<key>[^`]+)`")
_SHOWN = 60
_LONG = 500
_PATH_STEP = re.compile(r"\.([\w-]+)|\[(\d+)\]|\[\.\.\.\]")


class TomlFile:
    """A TOML document and the line each of its keys stands on."""

    def __init__(self, path: Path, text: str, name: str) -> None:
        self.path = path
        self.name = name
        _refuse_long_keys(name, text)
        self.lines = _key_lines(text)
        try:
            self.document: dict[str, Any] = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise _not_toml(name, text, str(error)) from None
        except RecursionError:
            raise _not_toml(name, text, "brackets stand within brackets, too deep") from None
        except ValueError:  # Python reads no whole number of more than 4,300 digits
            raise _not_toml(name, text, "a number has too many digits") from None

    def line(self, place: Place) -> int:
        """Give the line of a place, or of the nearest thing around it that has one."""
        while place:
            if place in self.lines:
                return self.lines[place]
            place = place[:-1]
        return 1

    def invalid(self, place: Place, what: str, remedy: str) -> RuleInvalid:
        """Give the error that names this file, the line, the key and the remedy."""
        line = self.line(place)
        key = _dotted(place)
        return RuleInvalid(f"{self.name}, line {line}, {key}: {what}", remedy, file=self.name, line=line, key=key)

    def parse(self, shape: type[Shape]) -> Shape:
        """Give the document as a frozen object.

        Raises
        ------
        RuleInvalid : an unknown key, a wrong type or a missing key, with its line and remedy.
        """
        try:
            return msgspec.convert(self.document, shape, strict=True)
        except msgspec.ValidationError as error:
            raise self._explained(error, shape) from None

    def _explained(self, error: msgspec.ValidationError, shape: type[msgspec.Struct]) -> RuleInvalid:
        message, _, path = str(error).partition(" - at `$")
        place = self._place(path.rstrip("`"), message)
        if unknown := _UNKNOWN.search(message):
            key = unknown["key"]
            legal = _keys_at(shape, place)
            close = difflib.get_close_matches(key, legal, n=1)
            remedy = f"did you mean {close[0]!r}?" if close else f"the keys here are: {', '.join(legal)}"
            return self.invalid((*place, key), f"unknown key {key!r}", remedy)
        if "missing required field" in message:
            return self.invalid(place, message.replace("Object ", ""), "add it; docs/reference/ shows each key")
        if "timezone" in message:
            return self.invalid(
                place, f"a time without a zone{self._value(place)}", "write an offset, as in 2018-05-14T09:00:00-07:00"
            )
        return self.invalid(
            place, f"{message[0].lower()}{message[1:]}{self._value(place)}", "give a value of that kind"
        )

    def _value(self, place: Place) -> str:
        """Give the words for the value at a place, or none where it is a table or not there."""
        found = self._held(place)
        if found is None or isinstance(found, dict):
            return ""
        shown = str(found) if isinstance(found, datetime | date | time) else repr(found)
        return f"; it is {shown if len(shown) <= _SHOWN else shown[:_SHOWN] + '…'}"

    def _held(self, place: Place) -> Any:
        found: Any = self.document
        for step in place:
            try:
                found = found[step]
            except (KeyError, IndexError, TypeError):  # msgspec did not say which key of a mapping, see `_culprit`
                return None
        return found

    def _place(self, path: str, message: str) -> Place:
        place: Place = ()
        for step in _PATH_STEP.finditer(path):
            if step[1] is not None:
                place = (*place, step[1])
            elif step[2] is not None:
                place = (*place, int(step[2]))
            else:  # msgspec writes [...] for a key of a mapping and does not say which
                place = (*place, self._culprit(place, message))
        return place

    def _culprit(self, place: Place, message: str) -> str:
        found = self._held(place)
        if not isinstance(found, dict) or not found:
            return "…"
        wanted = message.partition("got `")[2].partition("`")[0]
        names = {"str": str, "int": int, "float": float, "bool": bool, "array": list, "object": dict}
        for key, value in found.items():
            if wanted in names and type(value) is names[wanted]:
                return str(key)
        return str(next(iter(found)))


def _refuse_long_keys(name: str, text: str) -> None:
    """Refuse keys of so many parts that reading them takes the square of their number."""
    for number, line in enumerate(text.split("\n"), start=1):
        if line.count(".") >= _PARTS_MOST and _DOTTED.search(_QUOTED.sub("x", line).partition("#")[0]):
            raise RuleInvalid(
                f"{name}, line {number}: a key of more than {_PARTS_MOST} parts",
                "no key of these files has so many",
                file=name,
                line=number,
            )


def _not_toml(name: str, text: str, why: str) -> RuleInvalid:
    """Give the error of a text that is no TOML, with the line, what stands there, and its key if it has one."""
    lines = text.split("\n")
    found = re.search(r"at line (\d+)", why)
    line = int(found[1]) if found else _deepest(lines)
    held = lines[line - 1].strip() if line <= len(lines) else ""
    key = found_key[1] if (found_key := _KEY.match(held)) else ""
    shown = held if len(held) <= _SHOWN else held[:_SHOWN] + "…"
    what = f"not TOML: {why}" + (f"; the line is {shown!r}" if shown else "")
    where = f"{name}, line {line}{f', {key[:_SHOWN]}' if key else ''}"
    return RuleInvalid(f"{where}: {what}", "correct the syntax there", file=name, line=line, key=key)


def _deepest(lines: list[str]) -> int:
    """Give the longest line, where a nesting or a number is too long, or the last one of a text that ends too soon."""
    longest = max(range(len(lines)), key=lambda number: len(lines[number]))
    return longest + 1 if len(lines[longest]) > _LONG else len(lines)


def read_toml(path: Path, name: str | None = None) -> TomlFile:
    """Read a TOML file; `name` is what messages call it.

    Raises
    ------
    UnknownName : there is no such file.
    RuleInvalid : the file is not UTF-8 or not TOML.
    """
    name = name or path.as_posix()
    if not path.is_file():
        raise UnknownName(f"no file {name}", "check the path, or make a season with: plaudit init NAME", file=name)
    if (size := path.stat().st_size) > _LONGEST_BYTES:
        raise RuleInvalid(
            f"{name} has {size:,} bytes; {_LONGEST_BYTES:,} are read at most", "keep data in data/", file=name
        )
    return TomlFile(path, utf8_text(path, name), name)


def _key_lines(text: str) -> dict[Place, int]:
    lines: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    table: Place = ()
    inside = ""
    for number, line in enumerate(text.split("\n"), start=1):  # the only end of a line that TOML knows
        if inside:
            inside = "" if inside in line else inside
            continue
        if header := _HEADER.match(line):
            table = _resolved(_split(header[2].strip()), counts, is_array=header[1] == "[[")
            lines[table] = number
            if header[1] == "[[":
                lines.setdefault(table[:-1], number)
        elif key := _KEY.match(line):
            lines[table + _split(key[1])] = number
            for quotes in ('"""', "'''"):
                if line.count(quotes) == 1:
                    inside = quotes
    return lines


def _split(dotted: str) -> Place:
    return tuple(re.sub(r"^[\"']|[\"']$", "", part.strip()) for part in dotted.split("."))


def _resolved(names: Place, counts: dict[Place, int], *, is_array: bool) -> Place:
    place: Place = ()
    for position, name in enumerate(names):
        place = (*place, name)
        if is_array and position == len(names) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _dotted(place: Place) -> str:
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else str(step)
    return text or "the file"


def _keys_at(shape: Any, place: Place) -> list[str]:
    for step in place:
        shape = _inner(shape, step)
    info = msgspec.inspect.type_info(shape) if isinstance(shape, type) else shape
    return sorted(field.encode_name for field in getattr(info, "fields", ()))


def _inner(shape: Any, step: str | int) -> Any:
    info = msgspec.inspect.type_info(shape) if isinstance(shape, type) else shape
    for option in getattr(info, "types", (info,)):
        if isinstance(step, int):
            if hasattr(option, "item_type"):
                return option.item_type
        elif isinstance(option, msgspec.inspect.DictType):
            return option.value_type
        else:
            for field in getattr(option, "fields", ()):
                if field.encode_name == step:
                    return _unwrapped(field.type)
    return info


def _unwrapped(info: Any) -> Any:
    options = [option for option in getattr(info, "types", ()) if not isinstance(option, msgspec.inspect.NoneType)]
    return options[0] if options else info
