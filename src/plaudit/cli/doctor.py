"""plaudit doctor: everything checked, nothing computed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from plaudit.base.errors import UnknownName
from plaudit.base.numbers import counted
from plaudit.cli.output import AsJson, print_json, print_table, tell
from plaudit.collect.check import SourceLook, look_at, useless
from plaudit.collect.near_misses import declared_ids, in_heads
from plaudit.collect.suggest import suggest
from plaudit.honour.honours import earlier_certificates, read_honours
from plaudit.measure.check import check_parts
from plaudit.nominate.nominate import named_nominees
from plaudit.rulebook.known_terms import told_terms
from plaudit.rulebook.season import Season, read_season

__all__ = ["add_to"]

_ACCOUNTS_SHOWN = 10


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit doctor examples/tweets-2016")(doctor)


def doctor(
    folder: Annotated[
        Path | None, typer.Argument(metavar="SEASON", help="The season's folder.", show_default=False)
    ] = None,
    as_json: AsJson = False,
    suggested: Annotated[
        Path | None,
        typer.Option(
            "--suggest", metavar="FILE", help="Look at a file and print the [[source]] block that fits, to be checked."
        ),
    ] = None,
) -> None:
    """Check season, artists, rules, honours and the first 1,000 rows of every source file; write nothing."""
    if suggested is not None:
        _print_suggestion(suggested, as_json=as_json)
        return
    if folder is None:
        raise UnknownName("no season to look at", "give its folder, or a file with --suggest FILE")
    season = read_season(folder)
    named = named_nominees(folder, season.nomination) if season.nomination else []
    found = _declared(season, len(named))
    looked = look_at(season)
    looks = looked.sources
    misses = in_heads(season, declared_ids(season, [item["nominee"] for item in named]))
    error, terms = useless(_judged(season, looks)), told_terms(season)
    if as_json:
        sources = [_as_json(look) for look in looks]
        told = {"ok": error is None, "found": found, "sources": sources, "idle": looked.idle, "near_misses": misses}
        print_json({**told, "terms": terms, "problem": error and error.problem()})
        if error:
            tell(f"plaudit: {error.what}")
            raise typer.Exit(error.exit_code)
        return
    for line in found:
        tell(f"  ✓ {line}")
    for look in looks:
        _tell_source(look)
    for line in (*looked.idle, *terms, *(f"near miss: {miss}" for miss in misses)):
        tell(f"  ! {line}")
    if error:
        raise error
    typer.echo("ok")


def _print_suggestion(path: Path, *, as_json: bool) -> None:
    block = suggest(path)
    if as_json:
        print_json({"file": path.as_posix(), "source": block})
    else:
        typer.echo(block, nl=False)


def _declared(season: Season, named: int) -> list[str]:
    folder, artists = season.folder, season.artists
    held = read_honours(folder / "honours.csv", artists)
    found = [
        f"season.toml: {season.title}",
        f"artists.toml: {counted(len(artists.artists), 'artist')}, {counted(len(artists.labels), 'label channel')}",
        *(f"rule {name}: SHA-256 {cited.sha256}" for name, cited in season.rules.items()),
        f"honours.csv: {counted(len(held), 'title or nomination', 'titles and nominations')}",
        f"certificates of earlier editions: {len(earlier_certificates(folder / 'certificates', season.honours.keys))}",
    ]
    if named:
        found.append(f"nominees named: {named}")
    return found + check_parts(season)


def _judged(season: Season, looks: list[SourceLook]) -> list[SourceLook]:
    """Give the sources that must have a usable row; what a live vote imports is judged at its door."""
    imported = {source.id for source in season.sources if source.kind == "ballots" and season.live}
    return [look for look in looks if look.source not in imported]


def _tell_source(look: SourceLook) -> None:
    if not look.made:
        tell(f"  – source {look.source}: not made yet; make it with: plaudit {look.made_by} SEASON")
        return
    read = counted(look.rows, "row") if look.is_whole else f"the first {counted(look.rows, 'row')}"
    mark = "✗" if look.is_useless else "✓"
    tell(f"  {mark} source {look.source}: {counted(look.files, 'file')}; of {read}, {_share(look)} can be used")
    if look.passed_over:
        tell(f"    passed over by [source.where]: {counted(look.passed_over, 'row')}")
    for idle in look.idle:
        tell(f"    {'met no row' if look.is_whole else 'met none of these rows'}: {idle}")
    if look.reasons:
        rows = [[it.rows, it.reason, it.file, it.row, it.detail[:100]] for it in look.reasons]
        print_table(f"Cannot be used of source {look.source}", ["rows", "reason", "as in", "row", "detail"], rows)
    if look.unknown_accounts:
        names = list(look.unknown_accounts)
        more = f" and {len(names) - _ACCOUNTS_SHOWN} more" if len(names) > _ACCOUNTS_SHOWN else ""
        tell(f"    unknown accounts: {', '.join(names[:_ACCOUNTS_SHOWN])}{more}")
        tell("      draft their lines with: plaudit artists draft SEASON")


def _share(look: SourceLook) -> str:
    ours = look.rows - look.passed_over
    return f"{look.usable:,} ({look.usable * 100 // ours} %)" if ours else "none"


def _as_json(look: SourceLook) -> dict[str, Any]:
    return {**vars(look), "reasons": [vars(reason) for reason in look.reasons], "idle": list(look.idle)}
