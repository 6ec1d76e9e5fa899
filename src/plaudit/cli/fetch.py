"""plaudit fetch: ask the platforms of a season's live sources, and archive what they answer."""

from __future__ import annotations

import asyncio
import os
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plaudit.base.errors import OutOfTurn, PlauditError, UnknownName
from plaudit.base.extras import require
from plaudit.base.spelling import meant
from plaudit.base.weeks import instant_text
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table, tell
from plaudit.rulebook.season import read_season

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plaudit.fetch.fetch import Fetcher
    from plaudit.fetch.plan import Plan
    from plaudit.rulebook.season import Season

__all__ = ["add_to"]

_COLUMNS = ("source", "answers", "last answer", "next", "quota left", "gaps", "now")


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit fetch my-season --plan")(fetch)


def fetch(
    folder: SeasonFolder,
    once: Annotated[bool, typer.Option("--once", help="Finish the cycle that is due, and stop. The default.")] = False,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until it is stopped.")] = False,
    plan: Annotated[bool, typer.Option("--plan", help="Print what a cycle costs, and ask nothing.")] = False,
    source: Annotated[
        list[str] | None, typer.Option("--source", metavar="ID", help="Only this live source; repeat for more.")
    ] = None,
    keys: Annotated[
        Path | None,
        typer.Option("--keys", metavar="FILE", help="Lines like PLAUDIT_KEY_YOUTUBE_API_KEY=…, outside the season."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask the platforms of the season's live sources, and archive their answers before anything else.

    A cycle that was begun goes on where it was stopped. Limits are kept, and waited for as long as the cycle lasts;
    what stays unanswered is a gap, and stated.
    """
    require("fetch", "plaudit fetch")
    from plaudit.fetch.clock import MachineClock  # noqa: PLC0415 - an extra
    from plaudit.fetch.fetch import Fetcher  # noqa: PLC0415 - an extra

    if once and follow:
        raise OutOfTurn("--once and --follow exclude each other", "give one of them, or none")
    season = read_season(folder)
    chosen = _chosen(season, source or [])
    if plan:
        _print_plan(season, chosen, MachineClock().now(), as_json=as_json)
        return
    held = _held(keys, folder)
    with _shown() as shown:
        fetcher = Fetcher(season, held, MachineClock(), only=chosen, on_change=lambda: shown(fetcher), tell=tell)
        try:
            with _own_errors():
                asyncio.run(fetcher.follow() if follow else fetcher.once())
        except KeyboardInterrupt:
            if not follow:
                raise
        finally:
            fetcher.close()
    rows = [asdict(one) for one in fetcher.status.values()]
    if as_json:
        print_json(rows)
    else:
        print_table("Fetched", _COLUMNS, _rows(fetcher))


def _chosen(season: Season, wanted: list[str]) -> list[str]:
    live = [source.id for source in season.sources if source.is_live]
    if not live:
        raise OutOfTurn("the season has no live source", 'declare one: [[source]] with kind = "live"')
    for name in wanted:
        if name not in live:
            raise UnknownName(f"no live source {name!r}", meant(name, live, f"use one of: {', '.join(live)}"))
    return wanted or live


def _held(keys: Path | None, folder: Path) -> dict[str, str]:
    from plaudit.fetch.keys import FILE, read_keys  # noqa: PLC0415 - as above

    path = keys or (Path(os.environ[FILE]) if os.environ.get(FILE) else None)
    given = {name: value for name, value in os.environ.items() if name.startswith("PLAUDIT_KEY_")}
    return (read_keys(path, folder) if path else {}) | given


@contextmanager
def _own_errors() -> Iterator[None]:
    """Let the first of our errors out of the group of tasks that it ended."""
    try:
        yield
    except BaseExceptionGroup as group:
        ours = group.subgroup((PlauditError, OSError))
        if ours is None:
            raise
        error: BaseException = ours
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from None


def _print_plan(season: Season, chosen: list[str], now: int, *, as_json: bool) -> None:
    from plaudit.fetch.plan import plan_of  # noqa: PLC0415 - as above

    plans = [plan_of(season, source, now) for source in season.sources if source.id in chosen]
    if as_json:
        print_json([asdict(one) for one in plans])
        return
    columns = ["source", "cycles a day", "requests", "units", "minutes", "bytes", "counted from"]
    print_table("One cycle", columns, [_planned(one) for one in plans])
    for one in plans:
        for pool, units in one.over.items():
            tell(
                f"  ! {one.source}: a day takes {units:,} units of {pool or 'requests'} more than {one.platform} gives"
            )


def _planned(one: Plan) -> list[Any]:
    units = ", ".join(f"{pool or 'requests'} {units:,}" for pool, units in sorted(one.units.items()))
    return [one.source, f"{one.cycles_a_day:g}", one.requests, units, one.minutes, one.bytes, one.basis]


def _rows(fetcher: Fetcher) -> list[list[Any]]:
    return [
        [
            one.source,
            one.answers,
            instant_text(one.last_at)[:19] if one.last_at else None,
            instant_text(one.next_at)[:19] if one.next_at else None,
            ", ".join(f"{pool or 'requests'} {left:,}" for pool, left in one.left.items()),
            one.gaps,
            one.doing,
        ]
        for one in fetcher.status.values()
    ]


@contextmanager
def _shown() -> Iterator[Any]:
    """Show where each source is: on a terminal a table that changes, elsewhere nothing but what is told."""
    import sys  # noqa: PLC0415

    if not sys.stderr.isatty():
        yield lambda _fetcher: None
        return
    from rich.console import Console  # noqa: PLC0415 - it takes longer than all else that a verb's help needs
    from rich.live import Live  # noqa: PLC0415
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    with Live(console=Console(stderr=True), refresh_per_second=4, transient=True) as live:

        def show(fetcher: Fetcher) -> None:
            table = Table(*_COLUMNS, box=None, pad_edge=False)
            for row in _rows(fetcher):
                table.add_row(*(Text("–" if cell is None else str(cell)) for cell in row))
            live.update(table)

        yield show
