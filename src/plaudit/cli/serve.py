"""plaudit serve: take ballots, show the page."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

import typer

from plaudit import pipeline
from plaudit.base.errors import OutOfTurn, UnknownName
from plaudit.base.extras import require
from plaudit.base.numbers import counted
from plaudit.base.weeks import instant_text
from plaudit.cli.demo import demo_season
from plaudit.cli.log import checkpoint_text
from plaudit.cli.output import AsJson, print_json, progress, tell
from plaudit.rulebook.season import Season, read_season
from plaudit.store.evidence import Evidence
from plaudit.vote.clock import wall_clock
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote

__all__ = ["add_to"]


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit serve examples/top-social-artist-2018 --demo")(serve)


def serve(
    folder: Annotated[Path | None, typer.Argument(metavar="SEASON", help="The season's folder.")] = None,
    season: Annotated[Path | None, typer.Option("--season", help="The same, as an option.")] = None,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port to listen on. 0 takes a free one.")
    ] = 8710,
    address: Annotated[str, typer.Option("--address", help="The IP address to listen on.")] = "127.0.0.1",
    demo: Annotated[
        bool,
        typer.Option("--demo", help="Serve a demonstration instead: it is open now, guests vote, and nothing counts."),
    ] = False,
    public_url: Annotated[
        str, typer.Option("--public-url", help="The address that voters see, such as https://vote.example.org")
    ] = "",
    trusted_proxy: Annotated[
        list[str] | None,
        typer.Option("--trusted-proxy", help="An IP address or network whose X-Forwarded-For is believed."),
    ] = None,
    open_: Annotated[
        bool,
        typer.Option(
            "--open", help="Open the vote first, if it is not open. Nominees and rules are fixed from then on."
        ),
    ] = False,
    at_least: Annotated[
        list[str] | None,
        typer.Option(
            "--at-least",
            metavar="NOTE|DIR|URL",
            help="A checkpoint that others hold, or a mirror. A vote that has fewer ballots is not served.",
        ),
    ] = None,
    marker: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Keep the last checkpoint in this file outside the season, and compare it at the start.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Take the vote's ballots over HTTP until stopped. The address is printed once the server answers."""
    wanted = _one(folder, season)
    require("serve", "plaudit serve")
    from plaudit.web.options import is_in_the_clear, listen_address, public_origin  # noqa: PLC0415 - all of it an extra
    from plaudit.web.proxies import trusted_networks  # noqa: PLC0415
    from plaudit.web.serve import serve as serve_vote  # noqa: PLC0415

    listen_address(address)
    trusted_networks(trusted_proxy or ())
    if public_url:
        public_url = public_origin(public_url)
        if is_in_the_clear(public_url):
            tell(f"{public_url} is not https: sessions cross the network in the clear, for anybody there to take")
    if demo:
        with progress("demonstration") as on_progress:
            wanted = demo_season(wanted, wall_clock(), on_progress=on_progress)
    served = read_season(wanted)
    _open(served, may_open=open_ or demo)
    serve_vote(
        served,
        address=address,
        port=port,
        public_url=public_url,
        trusted_proxies=trusted_proxy or (),
        at_least=[checkpoint_text(where) for where in at_least or ()],
        marker=_outside(marker, served),
        on_progress=_announce_as_json if as_json else _announce,
    )
    tell("stopped; every ballot that was answered is in the log")


def _one(folder: Path | None, season: Path | None) -> Path:
    if (folder is None) == (season is None):
        raise UnknownName("name one season", "as in: plaudit serve my-award")
    found = folder or season
    assert found is not None
    return found


def _open(season: Season, *, may_open: bool) -> None:
    """Open the vote if it was not opened, may be, and its nominees are known."""
    if season.live is None:
        raise OutOfTurn("the season takes no ballots itself", "add [vote.live] to season.toml, or use --demo")
    if (season.folder / "vote" / "ballots.sqlite").is_file():
        return
    if not may_open:
        raise OutOfTurn(
            "the vote is not open yet; once it is, nominees, rules and windows are fixed",
            "check them with plaudit doctor, then: plaudit vote open SEASON, or plaudit serve SEASON --open",
        )
    tables = Evidence(season.evidence)
    if not tables.has("nominees") and season.nomination and not season.nomination.chart:
        pipeline.nominate(season, tables)  # named nominees stand in the season's own files
    nominees = sorted(row["nominee"] for row in tables.to_rows(tables.read("nominees")))
    checkpoint = open_vote(season, nominees)
    tell(f"opened the vote with {counted(len(nominees), 'nominee')}; the log is {checkpoint.origin}")


def _outside(marker: Path | None, season: Season) -> Path | None:
    """Give a marker that a restored copy of the season would not take back with it."""
    if marker and marker.resolve().is_relative_to(season.folder.resolve()):
        raise UnknownName(f"the marker {marker} is inside the season", "choose a folder outside, best on another disk")
    if marker and not marker.parent.is_dir():
        raise UnknownName(f"there is no folder {marker.parent} for the marker", "create it, or choose another")
    return marker


def _announce_as_json(url: str, vote: LiveVote) -> None:
    season = vote.season
    print_json({"url": f"{url}/", "edition": season.edition, "folder": season.folder, "log": vote.signer.verifier.name})
    sys.stdout.flush()


def _announce(url: str, vote: LiveVote) -> None:
    """Say where the vote is, and how to vote from a shell."""
    season = vote.season
    tell(f"{season.title}: taking ballots in {season.folder}; stop with Ctrl-C")
    ballots, last_at = vote.ballot_store.last()
    if ballots:
        known = f"{counted(ballots, 'ballot')}, the last of {instant_text(last_at)}"
        tell(f"goes on after {known}; is that the last you know of?")
    typer.echo(f"{url}/")
    assert season.live is not None
    if not season.live.guests or season.live.work:
        return
    from plaudit.web.edition import edition_path  # noqa: PLC0415 - an extra

    api = url + quote(edition_path(season.edition))
    ballot = shlex.quote(json.dumps({"nominee": vote.names.nominees[0], "key": "my-first-ballot"}))
    tell("vote from a shell:")
    typer.echo(f'SESSION=$(curl -s -X POST {api}/sign-in/guest | sed \'s/.*"session":"\\([^"]*\\).*/\\1/\')')
    typer.echo(f'curl -s {api}/ballots -H "Authorization: Bearer $SESSION" -d {ballot}')
    typer.echo(f"curl -s {api}/receipts/1")
