"""How every verb speaks: results to stdout, words and progress to stderr, meaning in the exit code."""

from __future__ import annotations

import json
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

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
_words = Console(stderr=True, highlight=False)


def tell(words: str) -> None:
    """Say something to the person, on stderr; whether they hear it changes nothing."""
    with suppress(OSError, ValueError):
        _words.print(_shown(words), soft_wrap=True)
        sys.stderr.flush()


def quoted(path: Path) -> str:
    """Give a path as it is typed in a command."""
    return shlex.quote(path.as_posix())


def print_json(value: object) -> None:
    """Print a result for programs."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n")


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Print a result for people; numbers to the right, grouped by thousands."""
    rows = [list(row) for row in rows]
    drawn = Table(header_style="bold", box=None, pad_edge=False)
    for position, column in enumerate(columns):
        is_number = any(isinstance(row[position], int) for row in rows)
        drawn.add_column(_shown(column), justify="right" if is_number else "left", overflow="fold")
    for row in rows:
        drawn.add_row(*(_cell(value) for value in row))
    out = Console(highlight=False, width=None if sys.stdout.isatty() else 160)
    out.print(f"[bold]{_shown(title)}[/bold]", soft_wrap=True)
    out.print(drawn)
    out.print()


@contextmanager
def progress(what: str) -> Iterator[Callable[[str, int], None]]:
    """Show what is being worked on; give the function to call with it.

    On a terminal one line changes. Elsewhere each step is a line, and what takes long another one.
    """
    lines = _Lines(what)
    if not _words.is_terminal:
        try:
            yield lines.said
        finally:
            lines.ended()
        return
    with _words.status(_shown(what)) as status:

        def said(part: str, rows: int) -> None:
            lines.said(part, rows, shown=False)
            place = lines.step if part == lines.step or not lines.step else f"{lines.step}: {part}"
            status.update(_shown(f"{what}: {place}" + (f", {rows:,} rows" if rows else "")))

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
    return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else _shown(str(value))


def _shown(text: str) -> str:
    """Text from a file may hold a terminal's control characters; they are shown, not obeyed."""
    return escape(_CONTROLS.sub(lambda found: f"\\x{ord(found[0]):02x}", text))
