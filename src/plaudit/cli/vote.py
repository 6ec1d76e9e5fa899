"""plaudit vote: open, look at, import into and close a live vote, and forget its voters."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from plaudit import pipeline
from plaudit.base.digests import bytes_sha256
from plaudit.base.errors import EvidenceError, OutOfTurn
from plaudit.base.numbers import counted
from plaudit.base.weeks import instant_text
from plaudit.certify.certificate import CERTIFICATE, read_certificate
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table, progress, tell
from plaudit.cli.ready import refuse_unready, refuse_voteless
from plaudit.cli.witness import tell_of_witnesses
from plaudit.cli.working import changing, opened
from plaudit.keep.acting import acted, allowed
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.witness import witnessed
from plaudit.rulebook.season import Season, read_season
from plaudit.vote.ballot_store import SqliteBallotStore
from plaudit.vote.clock import wall_clock
from plaudit.vote.forget import forget_voters, is_forgotten
from plaudit.vote.imports import Imported, ballot_source, end_waiting, import_ballots, post_store
from plaudit.vote.keys import renew_key
from plaudit.vote.live import LiveVote
from plaudit.vote.lock import is_served
from plaudit.vote.log import CHECKPOINT, cited_log, has_log, last_close, read_closing, read_log_key
from plaudit.vote.open_vote import open_from_files, open_vote
from plaudit.vote.requests import request_closing, request_import, requested_import, withdraw_import
from plaudit.vote.witnesses import OPENED, policy_of

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["app"]

app = typer.Typer(
    help="Open, close and look at a live vote, import posts, and forget voters.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
TAKEN_UP_SECONDS = 15
CLOSED_SECONDS = 60
LOOK_SECONDS = 0.1


@app.command("log", epilog="Example: plaudit vote log examples/hottest-100")
def log(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Put the ballots into the log, or read them back from it."""
    with changing("vote log", folder) as (season, tables):
        refuse_voteless(season)
        if not has_log(season):
            raise OutOfTurn("no ballots of this season go into a log", "declare a source of ballots, or [vote.live]")
        refuse_unready(season, tables, "vote")
        with progress("vote log") as on_progress:
            pipeline.walk(season, tables, [pipeline.vote], on_progress)
        cited = cited_log(season)
        if as_json:
            print_json(cited)
        else:
            typer.echo(f"{season.log}: {cited['size']:,} leaves, root {cited['root']}")


@app.command("open", epilog="Example: plaudit vote open my-award")
def open_(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Declare nominees, rules and windows in the log's first leaf. After that none of them can change.

    Where ballots come from files, the log then holds its opening alone, for the season's witnesses to sign.
    """
    season, tables = opened(folder)
    if season.live is None:
        _open_from_files(folder, as_json=as_json)
        return
    allowed(season, tables, "open")
    open_vote(season, [row["nominee"] for row in tables.to_rows(tables.read("nominees"))])
    acted(season, tables, "open")
    found = _found(season)
    if as_json:
        print_json(found)
        return
    typer.echo(f"opening, SHA-256: {found['opening_sha256']}")
    _print_checkpoint(season)
    _tell_of_log(found)
    tell_of_witnesses(season)


def _open_from_files(folder: Path, *, as_json: bool) -> None:
    with changing("vote open", folder) as (season, tables):
        refuse_voteless(season)
        allowed(season, tables, "open")
        note = open_from_files(season, [row["nominee"] for row in tables.to_rows(tables.read("nominees"))])
        acted(season, tables, "open")
    if as_json:
        print_json({"note": note})
    else:
        typer.echo(note, nl=False)
    tell_of_witnesses(read_season(folder))


@app.command("status", epilog="Example: plaudit vote status my-award --json")
def status(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Show the state of the vote. This only reads, even while a server runs."""
    season = read_season(folder)
    if season.live is None:
        raise _not_live()
    found = _found(season)
    if as_json:
        print_json(found)
        return
    apart = {"checkpoint", "refused", "mail"}
    rows = [[name.replace("_", " "), value] for name, value in found.items() if name not in apart]
    rows += [[f"checkpoint {name}", value] for name, value in (found["checkpoint"] or {}).items()]
    rows += [[f"refused: {reason}", rows] for reason, rows in found["refused"].items()]
    rows += [[f"mail: {name.replace('_', ' ')}", value] for name, value in found.get("mail", {}).items()]
    print_table(season.title, ["", ""], [[name, _shown(value)] for name, value in rows])


@app.command("close", epilog='Example: plaudit vote close my-award --because "the final was brought forward"')
def close(
    folder: SeasonFolder,
    because: Annotated[str, typer.Option(metavar="TEXT", help="Why it closes before its last window ends.")] = "",
    as_json: AsJson = False,
) -> None:
    """Close the vote for good. The closing checkpoint is published, by the server if one is running."""
    season, tables = opened(folder)
    if season.live is None:
        raise _not_live()
    if _found(season)["state"] == "not opened":
        raise OutOfTurn("the vote was not opened", "open it with: plaudit vote open SEASON")
    if wall_clock() < last_close(season) and not _is_closed(season):
        _refuse_early(season, because)
        allowed(season, tables, "close")
    with progress("close"):
        _closed(season, because)
        end_waiting(season)
    acted(season, tables, "close", because)
    found = _found(season)
    if as_json:
        print_json(found)
        return
    typer.echo(f"closed at {found['closed_at']} with {counted(found['ballots'], 'ballot')}")
    _print_checkpoint(season)
    tell_of_witnesses(season)


@app.command("import", epilog="Example: plaudit vote import my-award posts")
def import_(
    folder: SeasonFolder,
    source_id: Annotated[str, typer.Argument(metavar="SOURCE", help="A source of kind ballots.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Import ballots from a declared source. The server takes them in if one is running."""
    season = read_season(folder)
    if season.live is None:
        raise _not_live()
    source = ballot_source(season, source_id)
    with progress("import") as on_progress:
        made = _imported_by_server(season, source_id) if is_served(folder) else None
        if made is None:
            with LiveVote(season) as vote:
                made = import_ballots(vote, source, on_progress)
                vote.publish()
    if as_json:
        print_json({name: getattr(made, name) for name in Imported.__struct_fields__})
        return
    rows = [["accepted", made.accepted], ["there already", made.known], ["waiting for their post", made.waiting]]
    rows += [[f"refused: {reason}", number] for reason, number in made.refused.items()]
    print_table(f"{counted(made.rows, 'row')} of {made.source}", ["", "ballots"], rows)
    if made.refused:
        tell(f"every refusal with its reason: {folder / 'vote' / 'refused.csv'}")


@app.command("rekey", epilog="Example: plaudit vote rekey my-award session.key")
def rekey(
    folder: SeasonFolder,
    name: Annotated[str, typer.Argument(metavar="KEY", help="session.key or signing.pem.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Replace a stolen key in an open vote. Stop the server first."""
    season = read_season(folder)
    if is_served(folder):
        raise OutOfTurn("a server is taking this vote's ballots, with the key it has", "stop it first")
    found = renew_key(season.folder, name)
    if as_json:
        print_json({"key": name, "fingerprint": found})
        return
    typer.echo(f"keys/{name} is new, fingerprint {found}")
    tell("every session ends" if name == "session.key" else "readers must learn its verifier key once you certify")


@app.command("forget", epilog="Example: plaudit vote forget my-award --yes")
def forget(
    folder: SeasonFolder,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Destroy the key that turns names into pseudonyms. Only after certification; nothing brings it back."""
    season, tables = opened(folder)
    certified = read_certificate(season.published / CERTIFICATE).statement["season"]
    if (certified["origin"], certified["edition"]) != (season.origin, season.edition):
        raise OutOfTurn(
            f"the certificate is for {certified['origin']} {certified['edition']}", "certify first: plaudit run SEASON"
        )
    if is_served(folder):
        raise OutOfTurn("a server is still taking this vote's ballots", "stop it first")
    allowed(season, tables, "forget")
    told = "nobody will be able to find a voter by name, to read or take ballots, or to run this season again"
    if not (yes or is_forgotten(folder)):
        typer.confirm(f"{told}. Destroy keys/voter.key of {season.title}?", abort=True, err=True)
    was_there = forget_voters(folder)
    acted(season, tables, "forget")
    if as_json:
        print_json({"forgotten": True, "was_there": was_there})
        return
    typer.echo("keys/voter.key is destroyed" if was_there else "keys/voter.key was destroyed before")
    tell(f"from now on {told}; certificate, log and receipts can be checked as before")
    tell("copies of the key in backups or snapshots are yours to destroy")


def _not_live() -> OutOfTurn:
    return OutOfTurn("the season takes no ballots itself", "add [vote.live] to season.toml")


def _closed(season: Season, because: str) -> None:
    """Close the vote, or have it closed, unless it is."""
    give_up_at = time.monotonic() + CLOSED_SECONDS
    asked = False
    while not _is_closed(season):
        if not is_served(season.folder):
            with LiveVote(season) as vote:
                vote.close(because)
        elif not asked:
            _refuse_early(season, because)
            request_closing(season.folder, because)
            asked = True
        elif time.monotonic() > give_up_at:
            raise OutOfTurn(
                f"the server was asked to close the vote and did not within {CLOSED_SECONDS} seconds",
                "read its messages, stop it, and ask again",
            )
        time.sleep(LOOK_SECONDS)


def _refuse_early(season: Season, because: str) -> None:
    ends_at = last_close(season)
    if not because and wall_clock() < ends_at:
        raise OutOfTurn(
            f"the last window ends at {instant_text(ends_at)}",
            "wait, or close early and say why: plaudit vote close SEASON --because TEXT",
        )


def _is_closed(season: Season) -> bool:
    try:
        read_closing(season)
    except (OutOfTurn, EvidenceError):  # a damaged log is made anew by whoever closes
        return False
    return True


def _imported_by_server(season: Season, source: str) -> Imported | None:
    """Have the serving process import; None where it stopped before it took the request up."""
    request_import(season.folder, source)
    asked_at = time.monotonic()
    while True:
        if made := requested_import(season.folder):
            return made
        is_gone = not is_served(season.folder)
        if is_gone or time.monotonic() - asked_at > TAKEN_UP_SECONDS:
            if withdraw_import(season.folder):
                if is_gone:
                    return None
                raise OutOfTurn("the process that runs this vote takes no imports", "stop it, import, start it again")
            if is_gone:
                raise OutOfTurn("the server stopped during the import", "import again; nothing is taken twice")
        time.sleep(LOOK_SECONDS)


def _found(season: Season) -> dict[str, Any]:
    """Give how far the vote is, from its files alone."""
    found: dict[str, Any] = {"state": "not opened", "is_served": is_served(season.folder), "ballots": 0}
    path = season.folder / "vote" / "ballots.sqlite"
    windows = season.windows()
    found |= {"opens_at": instant_text(min(window.opens_at for window in windows))}
    found |= {"closes_at": instant_text(last_close(season)), "closed_at": None, "checkpoint": None}
    found |= {"waiting": 0, "refused": {}}
    if not path.is_file():
        return found
    ballot_store = SqliteBallotStore(path, is_view=True)
    try:
        opening, closed_at = ballot_store.state("opening"), ballot_store.state("closed_at")
        found["ballots"] = ballot_store.last()[0]
    finally:
        ballot_store.close()
    if opening is None:
        return found
    found |= {
        "state": _state(season, is_closed=closed_at is not None),
        "opening_sha256": bytes_sha256(str(opening).encode()),
    }
    found["closed_at"] = None if closed_at is None else instant_text(int(closed_at))
    return found | _log_found(season) | _posts_found(season) | _mail_found(season)


def _state(season: Season, *, is_closed: bool) -> str:
    now, windows = wall_clock(), season.windows()
    if is_closed:
        return "closed"
    if any(window.opens_at <= now < window.closes_at for window in windows):
        return "open"
    if now < min(window.opens_at for window in windows):
        return "before its first window"
    return "over, not closed" if now >= last_close(season) else "between windows"


def _log_found(season: Season) -> dict[str, Any]:
    if not (season.log / CHECKPOINT).is_file():
        return {"log": "its checkpoint is missing;  the server makes it again"}
    try:
        checkpoint = _checkpoint(season)
        key = str(read_log_key(season.log))
    except (EvidenceError, OutOfTurn, UnicodeDecodeError) as damage:
        return {"log": f"damaged,  the server makes it again: {getattr(damage, 'what', damage)}"}
    return {
        "key": key,
        "checkpoint": {
            "origin": checkpoint.origin,
            "size": checkpoint.size,
            "root": base64.b64encode(checkpoint.root).decode(),
        },
    } | _witnesses_found(season)


def _witnesses_found(season: Season) -> dict[str, Any]:
    """Give how many of the season's witnesses have signed the opening, and the last checkpoint."""
    policy = policy_of(season)
    if policy is None:
        return {}
    found = {"witnesses": f"{policy.least} of {len(policy.keys)} must sign"}
    for name, words in ((OPENED, "opening signed by"), (CHECKPOINT, "checkpoint signed by")):
        note = (season.log / name).read_text("utf-8", "replace") if (season.log / name).is_file() else ""
        found[words] = (", ".join(witnessed(note, policy.keys)) if note else "") or "nobody yet"
    return found


def _posts_found(season: Season) -> dict[str, Any]:
    if not (season.folder / "vote" / "posts.sqlite").is_file():
        return {}
    posts = post_store(season, is_view=True)
    try:
        return {"waiting": posts.waiting, "refused": posts.refusals()}
    finally:
        posts.close()


def _mail_found(season: Season) -> dict[str, Any]:
    """Give how it stands with codes by e-mail, as the server wrote it last."""
    try:
        return {"mail": msgspec.json.decode((season.folder / "vote" / "mail.json").read_bytes(), type=dict[str, Any])}
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}


def _checkpoint(season: Season) -> Checkpoint:
    return open_checkpoint((season.log / CHECKPOINT).read_text("utf-8"), read_log_key(season.log))


def _print_checkpoint(season: Season) -> None:
    typer.echo((season.log / CHECKPOINT).read_text("utf-8"), nl=False)


def _tell_of_log(found: dict[str, Any]) -> None:
    if "key" in found:
        tell(f"publish the log's key where readers find it, before the first window opens: {found['key']}")


def _shown(value: object) -> str | None:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:,}" if isinstance(value, int) else None if value is None else str(value)
