"""Verbs that write: on a season that nobody else changes, all at once, and told when it is done."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from plaudit.base.change import Change, Look
from plaudit.base.disk import refused
from plaudit.base.errors import FileRefused, OutOfTurn
from plaudit.cli.output import tell
from plaudit.rulebook.season import Season, read_season
from plaudit.store.engine import DUCKDB
from plaudit.store.evidence import Evidence

__all__ = ["changing", "looking", "opened", "printed"]


def opened(folder: Path, engine: str = DUCKDB, beneath: str = "") -> tuple[Season, Evidence]:
    """Read a season and open its tables."""
    season = read_season(folder)
    return season, Evidence(season.evidence, beneath or None, engine, tell)


@contextmanager
def changing(verb: str, folder: Path, engine: str = DUCKDB, beneath: str = "") -> Iterator[tuple[Season, Evidence]]:
    """Give season and tables to a verb that writes.

    What is made takes its place when the verb has done all, its words included; what it
    prints is printed after that, so that no word can stop it half-way.

    Raises
    ------
    OutOfTurn : another process changes the season.
    FileRefused : the folder cannot be written.
    """
    season, tables = opened(folder, engine, beneath)
    with printed(), season.changing(f"plaudit {verb}") as working:
        yield working, tables.within(working.files)


@contextmanager
def looking(verb: str, folder: Path, engine: str = DUCKDB, beneath: str = "") -> Iterator[tuple[Season, Evidence]]:
    """Give season and tables to a verb that shows what it makes; where nothing can be written it shows all the same."""
    season, tables = opened(folder, engine, beneath)
    with contextlib.ExitStack() as stack:
        stack.enter_context(printed())
        try:
            change: Change = stack.enter_context(Change(season.folder, f"plaudit {verb}"))
        except (FileRefused, OutOfTurn) as error:
            tell(f"shown, and not written: {error.what}")
            scratch = Path(tempfile.mkdtemp(prefix="plaudit-look-"))
            stack.callback(shutil.rmtree, scratch, ignore_errors=True)
            change = Look(season.folder, scratch)
        yield replace(season, change=change), tables.within(change)


@contextmanager
def printed() -> Iterator[None]:
    """Hold back what is printed until all went well, then print it; whoever stopped reading stops nothing.

    Raises
    ------
    FileRefused : it cannot be printed; what was to be done is done.
    """
    held = _Held()
    with contextlib.redirect_stdout(held):
        yield
    try:
        sys.stdout.write(held.getvalue())
        sys.stdout.flush()
    except BrokenPipeError:
        _to_nowhere()
    except OSError as error:
        _to_nowhere()
        what = f"all is done and in its place, but the result cannot be printed: {os.strerror(error.errno or 0)}"
        raise FileRefused(what, "print it again to a place with room") from refused(error, "stdout")


class _Held(io.StringIO):
    """Text for stdout, which looks to whoever writes it like what it is for."""

    def isatty(self) -> bool:
        return sys.__stdout__ is not None and sys.__stdout__.isatty()


def _to_nowhere() -> None:
    """Let what is still buffered for stdout go nowhere, so that leaving does not fail for it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
