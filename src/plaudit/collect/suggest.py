"""Look at a file and suggest the `[[source]]` block that reads it; what a person must decide is a comment there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import islice, product
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import UnknownName
from plaudit.base.spelling import near_path
from plaudit.collect.columns_guess import Guess, guessed
from plaudit.collect.marks import Marks
from plaudit.collect.raw import Form, unreadable
from plaudit.collect.read import FORMATS, read_rows
from plaudit.collect.sniff import file_form
from plaudit.collect.times import as_instant
from plaudit.collect.values import Unusable, as_counter, as_said
from plaudit.rulebook.sources import TIMES

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["suggest"]

_ROWS: Final = 1_000
_DAYS: Final = ("%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%Y/%m/%d", "%Y.%m.%d", "%d-%m-%Y", "%m-%d-%Y", "%Y년 %m월 %d일")
_CLOCKS: Final = ("", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
_FORMS: Final = (
    "",
    "unix s",
    "unix ms",
    "unix us",
    "excel",
    *(day + clock for day, clock in product(_DAYS, _CLOCKS)),
    "%a, %d %b %Y %H:%M:%S %Z",
    "%a %b %d %H:%M:%S %z %Y",
    "%b %d, %Y",
    "%d %b %Y",
)
_MARKS: Final = (
    Marks(),
    *(Marks(thousands=mark) for mark in (",", ".", " ", "'")),
    Marks(","),
    Marks("."),
)


@dataclass(frozen=True)
class _Seen:
    """The head of a file, and how it is written."""

    path: Path
    kind: str
    form: Form
    names: list[str]
    rows: list[dict[str, Any]]


def suggest(path: Path) -> str:
    """Give the `[[source]]` block that fits a file, as TOML.

    Raises
    ------
    UnknownName : there is no such file.
    SourceChanged : it cannot be read at all.
    """
    if not path.is_file():
        raise UnknownName(f"no file {path}", near_path(path, "check the path"))
    kind, form, names = file_form(path)
    raw = islice(read_rows(path, kind, names, form.source_id, form), _ROWS)
    seen = _Seen(path, kind, form, names, [row.values for row in raw if not row.reason])
    if not names:
        raise unreadable(path, form, " has no columns", "give it a header")
    guess = guessed(names, seen.rows)
    marks, told = _marks(seen, guess)
    return "\n".join(_block(seen, guess, marks, told)) + "\n"


def _block(seen: _Seen, guess: Guess, marks: Marks, told: str) -> list[str]:
    name = re.sub(r"[^a-z0-9]+", "-", seen.path.name.partition(".")[0].lower()).strip("-") or "source"
    parts = seen.path.as_posix().rpartition("/data/")
    lines = ["[[source]]", f"id = {_quoted(name)}", f"kind = {_quoted(guess.kind)}"]
    lines += [f"# {line}" for line in guess.doubts]
    lines.append(f"title = {_quoted(seen.path.stem)}  # what readers call it")
    if guess.kind in {"counters", "posts", "readings"}:
        lines.append('platform = "youtube"  # decide: as artists.toml names it')
    lines.append(
        f"files = {_quoted('data/' + (parts[2] if parts[1] else seen.path.name))}  # or a pattern, for more files"
    )
    lines += _written(seen, marks, told)
    formats, notes, span = _times(seen, guess)
    lines.append('zone = "UTC"  # decide: whose clock times without an offset show')
    lines += ["", "[source.columns]"]
    lines += [f"{ours} = {_quoted(column)}" for ours, column in guess.columns.items()]
    if guess.metrics:
        lines += ["", "[source.metrics]  # keep those that are counters, as ours = theirs"]
        lines += [f"{_key(metric)} = {_quoted(column)}" for metric, column in guess.metrics.items()]
    if guess.missing or guess.constants:
        doubt = "  # decide: map each ? under [source.columns], or give one text for all" if guess.missing else ""
        lines += ["", f"[source.constants]{doubt}"]
        lines += [f"{ours} = {_quoted(text)}" for ours, text in guess.constants.items()]
        lines += [f'{ours} = "?"' for ours in guess.missing]
    if formats or notes:
        lines += ["", "[source.formats]", *notes]
        lines += [f"{ours} = {_quoted(form)}" for ours, form in formats.items()]
    first, last = span
    return [
        *lines,
        "",
        "[source.coverage]",
        f"from = {first}  # decide: the first day that the source saw",
        f"to = {last}  # decide: the last one",
        'sampling = "?"  # decide: what of everything there was came into the files',
        "synthetic = false",
    ]


def _written(seen: _Seen, marks: Marks, told: str) -> list[str]:
    """Give the keys that say how the file is written, where its name and the defaults do not."""
    lines = [f"format = {_quoted(seen.kind)}"] if _ending(seen.path) != seen.kind else []
    for key in ("delimiter", "encoding", "sheet"):
        if value := getattr(seen.form, key):
            doubt = "  # looks like it; check names in another alphabet" if key == "encoding" else ""
            lines.append(f"{key} = {_quoted(value)}{doubt}")
    lines += [f"{key} = {_quoted(value)}" for key, value in vars(marks).items() if value]
    return lines + ([f"# {told}"] if told else [])


def _ending(path: Path) -> str:
    return next((FORMATS[suffix.lower()] for suffix in reversed(path.suffixes) if suffix.lower() in FORMATS), "")


def _marks(seen: _Seen, guess: Guess) -> tuple[Marks, str]:
    """Give the marks under which all numbers are whole, and a doubt where others fit too."""
    columns = [*guess.metrics.values(), *(guess.columns[ours] for ours in ("value", "votes") if ours in guess.columns)]
    texts = [as_said(row[column]) for row in seen.rows for column in columns]
    numbers = [text for text in texts if isinstance(text, str) and text]
    fits = {marks: values for marks in _MARKS if (values := _whole(numbers, marks)) is not None}
    if not fits:
        return Marks(), "some numbers are not whole; see what is set aside with: plaudit doctor SEASON"
    best = next(iter(fits))
    if best and len({tuple(values) for values in fits.values()}) > 1:
        return best, "decide: other marks would give other numbers"
    return best, ""


def _whole(numbers: list[str], marks: Marks) -> list[int] | None:
    try:
        return [as_counter(marks.plain(text), "n") for text in numbers]
    except Unusable:
        return None


def _times(seen: _Seen, guess: Guess) -> tuple[dict[str, str], list[str], tuple[str, str]]:
    """Give the forms of the time columns, what is in doubt of them, and the first and last day seen."""
    formats: dict[str, str] = {}
    notes: list[str] = []
    instants: list[int] = []
    for ours in (ours for ours in guess.columns if ours in TIMES):
        values = [row[guess.columns[ours]] for row in seen.rows if as_said(row[guess.columns[ours]]) != ""]
        fits = [form for form in _FORMS if values and _reads(values, form)]
        if values and not fits:
            notes.append(f'# {ours} = "%d/%m/%Y"  # decide: no known form reads all of {as_said(values[0])!r:.60}')
        if not fits:
            continue
        if fits[0]:
            formats[ours] = fits[0]
        if len(fits) > 1 and fits[0]:
            notes.append(f"# decide: {ours} may also be {' or '.join(fits[1:3])}")
        if ours != "published_at":
            instants += [as_instant(value, ours, "UTC", time(12), fits[0]) for value in values]
    if not instants:
        return formats, notes, ("2026-01-01", "2026-12-31")
    return formats, notes, (_day(min(instants)), _day(max(instants)))


def _reads(values: list[Any], form: str) -> bool:
    try:
        for value in values:
            as_instant(value, "at", "UTC", time(12), form)
    except Unusable:
        return False
    return True


def _day(instant: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).date().isoformat()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(text: str) -> str:
    return text if re.fullmatch(r"[A-Za-z0-9_-]+", text) else _quoted(text)
