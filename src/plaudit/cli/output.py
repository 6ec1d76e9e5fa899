"""How every verb speaks: results to stdout, words and progress to stderr, meaning in the exit code."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

__all__ = [
    "AsJson",
    "BeneathAt",
    "OnEngine",
    "SeasonFolder",
    "print_json",
    "print_table",
    "progress",
    "quoted",
    "tell",
]

SeasonFolder = Annotated[Path, typer.Argument(metavar="SEASON", help="The season's folder.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value and nothing else on stdout.")]
OnEngine = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="ENGINE",
        help="The engine: duckdb, or a Spark master such as local[2], local-cluster[2,1,1024], spark://HOST:PORT.",
    ),
]
BeneathAt = Annotated[
    str,
    typer.Option(
        "--evidence",
        metavar="FOLDER|ADDRESS",
        help="Read missing tables from here: another folder, or s3://BUCKET/FOLDER.",
    ),
]

_CONTROLS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")
_LONG_SECONDS = 2.0
_QUIET_SECONDS = 10.0
_COLUMNS: Final = 80
"""How wide a table is at most where neither a terminal nor COLUMNS says how wide it may be."""
_LONGEST_WORD: Final = 24
"""Longer words may be broken: digests, addresses, names of files."""


def tell(words: str) -> None:
    """Say something to the person, on stderr; whether they hear it changes nothing."""
    with suppress(OSError, ValueError):
        sys.stderr.write(_shown(words) + "\n")
        sys.stderr.flush()


def quoted(path: Path) -> str:
    """Give a path as it is typed in a command."""
    return shlex.quote(path.as_posix())


def print_json(value: object) -> None:
    """Print a result for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


def print_table(
    title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, coloured: Mapping[str, str] | None = None
) -> None:
    """Print a result for people; numbers to the right, grouped by thousands, and no wider than the terminal.

    Elsewhere COLUMNS says how wide, or it is 80. What is long goes on below; numbers stay whole.

    Parameters
    ----------
    rows : a cell may be a tuple, whose values stand one below the other
    coloured : the colour of a cell by its text; the text says it too, for whoever sees no colour
    """
    from rich.measure import Measurement  # noqa: PLC0415 - it takes longer than all else that a verb's help needs
    from rich.table import Table  # noqa: PLC0415

    rows = [list(row) for row in rows]
    drawn = Table(header_style="bold", box=None, pad_edge=False)
    for position, column in enumerate(columns):
        cells = [row[position] for row in rows]
        is_number = any(isinstance(cell, int | tuple) for cell in cells)
        texts = [_cell(cell) for cell in cells if isinstance(cell, int | tuple) or not is_number]
        words = [len(word) for text in [_shown(column), *texts] for word in text.split()]
        drawn.add_column(
            _text(_shown(column)),
            justify="right" if is_number else "left",
            overflow="fold",
            min_width=min(max(words, default=1), _LONGEST_WORD),
        )
    for row in rows:
        drawn.add_row(*(_text(_cell(value), (coloured or {}).get(str(value), "")) for value in row))
    out = _console()
    least = Measurement.get(out, out.options, drawn).minimum
    out.print(_text(_shown(title), "bold"))
    out.print(drawn, width=max(least, out.width), crop=False)
    out.print()


def _console() -> Console:
    from rich.console import Console  # noqa: PLC0415 - as above

    given = os.environ.get("COLUMNS", "")
    columns = int(given) if given.isdecimal() and int(given) else _COLUMNS
    return Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else columns)


def _text(words: str, style: str = "") -> Text:
    from rich.text import Text  # noqa: PLC0415 - as above

    return Text(words, style)


@contextmanager
def progress(what: str) -> Iterator[Callable[[str, int], None]]:
    """Show what is being worked on; give the function to call with it.

    On a terminal one line changes. Elsewhere each step is a line, and what takes long another one.
    """
    lines = _Lines(what)
    if not sys.stderr.isatty():
        try:
            yield lines.said
        finally:
            lines.ended()
        return
    from rich.console import Console  # noqa: PLC0415 - as above

    with Console(stderr=True, highlight=False, emoji=False).status(_text(_shown(what))) as status:

        def said(part: str, rows: int) -> None:
            lines.said(part, rows, shown=False)
            place = lines.step if part == lines.step or not lines.step else f"{lines.step}: {part}"
            status.update(_text(_shown(f"{what}: {place}" + (f", {rows:,} rows" if rows else ""))))

        try:
            yield said
        finally:
            lines.ended()


class _Lines:
    """Progress in plain lines: each step, how long the long ones took, and where a long one is."""

    def __init__(self, what: str) -> None:
        self.step = ""
        self._what = what
        self._since = self._spoke = time.monotonic()

    def said(self, part: str, rows: int, *, shown: bool = True) -> None:
        """Say what is worked on."""
        now = time.monotonic()
        if part.startswith("step "):
            self.ended()
            self.step, self._since = part, now
        elif now - self._spoke < _QUIET_SECONDS:
            return
        if shown:
            tell(f"{self._what}: {part}" + (f", {rows:,} rows" if rows else ""))
        self._spoke = now

    def ended(self) -> None:
        """Say how long a long step took."""
        took = time.monotonic() - self._since
        if self.step and took >= _LONG_SECONDS:
            tell(f"{self._what}: {self.step} took {took:,.0f} s")
        self.step = ""


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, tuple):
        return "\n".join(map(_cell, value))
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else _shown(str(value))


def _shown(text: str) -> str:
    """Text from a file may hold a terminal's control characters; they are shown, not obeyed."""
    return _CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text)
