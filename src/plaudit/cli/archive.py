"""plaudit archive: check, show and export what platforms answered, and delete bodies."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from plaudit.archive.archive import Archive
from plaudit.archive.check import check as check_archive
from plaudit.archive.holes import Remains, delete
from plaudit.archive.reader import LOG, archive_folder, checkpoint, records, sources
from plaudit.archive.record import Hole
from plaudit.archive.signer import archive_signer
from plaudit.base.errors import OutOfTurn, UnknownName
from plaudit.base.extras import require
from plaudit.base.numbers import counted
from plaudit.base.spelling import meant
from plaudit.base.weeks import instant_text
from plaudit.cli.closed import close, own_verifier
from plaudit.cli.output import AsJson, SeasonFolder, print_json, print_table, progress, quoted, tell
from plaudit.platforms.registry import platform
from plaudit.rulebook.season import read_season

if TYPE_CHECKING:
    from plaudit.archive.reader import Placed
    from plaudit.archive.record import Record
    from plaudit.platforms.contract import Answer

__all__ = ["app"]

app = typer.Typer(
    help="Check, show, export and forget what platforms answered; pack a finished season.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

Of = Annotated[str, typer.Option("--source", metavar="ID", help="Of this live source alone.")]
Of_account = Annotated[str, typer.Option("--account", metavar="NAME", help="Of requests that name this account.")]
Of_post = Annotated[str, typer.Option("--post", metavar="ID", help="Of answers that tell of this post.")]
Leaf = Annotated[int | None, typer.Option("--leaf", min=0, help="The record of this leaf alone.")]


@app.command("check", epilog="Example: plaudit archive check my-season")
def check(folder: SeasonFolder, as_json: AsJson = False) -> None:
    """Check every answer against digests and the signed log."""
    found = check_archive(archive_folder(folder))
    if found is None:
        raise _nothing()
    if as_json:
        print_json(msgspec.to_builtins(found))
        return
    typer.echo(f"{found.records:,} answers, {found.body_bytes:,} bytes, as the checkpoint of {found.origin} says")
    if found.holes:
        kept = f"; the rows of {found.kept:,} stay" if found.kept else ""
        typer.echo(f"{counted(found.holes, 'body was deleted', 'bodies were deleted')}: digest and hole stay{kept}")
    if found.beyond:
        tell(f"  ! {counted(found.beyond, 'answer')} not yet in the log: plaudit fetch takes them in")
    for path, size in found.torn.items():
        tell(f"  ! {path} ends in {size:,} bytes that are no record: plaudit fetch cuts them off")


@app.command("show", epilog="Example: plaudit archive show my-season --leaf 17 --body")
def show(
    folder: SeasonFolder,
    source: Of = "",
    account: Of_account = "",
    leaf: Leaf = None,
    most: Annotated[int, typer.Option("--most", min=1, help="So many at most, the newest ones.")] = 20,
    body: Annotated[bool, typer.Option("--body", help="Write the body of the one record that is chosen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show answers: what was asked, what came back, and when."""
    found = [one for one in _chosen(folder, source, account) if leaf is None or one.record.leaf == leaf]
    found = sorted(found, key=lambda one: one.record.leaf)[-most:]
    if body:
        _write_body(found)
        return
    if as_json:
        print_json([{"file": one.segment, "row": one.row, **_head(one.record)} for one in found])
        return
    rows = [
        [
            one.record.leaf,
            one.record.source,
            instant_text(one.record.answered_at)[:19],
            one.record.failure or one.record.status,
            one.record.body_bytes if one.record.data is not None else None,
            one.record.ask.url,
        ]
        for one in found
    ]
    print_table("Answers", ["leaf", "source", "answered", "status", "bytes", "asked"], [_texts(row) for row in rows])
    signed = checkpoint(archive_folder(folder))
    if signed:
        log = quoted(archive_folder(folder) / LOG)
        tell(f"the log holds leaves 0 to {signed[0].size - 1}; prove one: plaudit log prove {log} LEAF")


@app.command("export", epilog="Example: plaudit archive export my-season answers.warc.gz")
def export(
    folder: SeasonFolder,
    out: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write, .warc.gz.")],
    source: Of = "",
    as_json: AsJson = False,
) -> None:
    """Write answers as WARC, for tools that read web archives."""
    require("fetch", "plaudit archive export")
    from plaudit.archive.warc import export as export_warc  # noqa: PLC0415 - an extra

    written, without = export_warc(_chosen(folder, source), out)
    if as_json:
        print_json({"file": out.as_posix(), "answers": written, "without_body": without})
        return
    typer.echo(f"{out}: {counted(written, 'answer')}")
    if without:
        tell(f"  ! {counted(without, 'answer')} without a body: left out")


@app.command("forget", epilog="Example: plaudit archive forget my-season --post abc --because 'its author asks'")
def forget(
    folder: SeasonFolder,
    because: Annotated[str, typer.Option("--because", help="Why; the holes state it.")],
    source: Of = "",
    account: Of_account = "",
    post: Of_post = "",
    leaf: Leaf = None,
    as_json: AsJson = False,
) -> None:
    """Delete bodies that a platform or a person demands.

    The rows that were kept of them go, too. Digest, request and a stated hole stay, and the log still proves them.
    Tables and files that were made before are left alone: make them again with plaudit run.
    """
    if not (account or post or leaf is not None):
        raise UnknownName("nothing is chosen", "give --post, --account or --leaf")
    season = read_season(folder)
    if not sources(archive_folder(folder)):
        raise _nothing()

    def is_wanted(record: Record) -> bool:
        return (
            (not source or record.source == source)
            and (not account or account in record.ask.accounts)
            and (leaf is None or record.leaf == leaf)
            and (not post or _tells_of(record, post))
        )

    def nothing_but_verdict(record: Record, answer: Answer) -> Remains:
        return Remains(platform(record.ask.platform).outcome(answer).verdict, None)

    with Archive(archive_folder(folder), archive_signer(folder, season.origin)) as archive:
        gone = delete(archive, is_wanted, Hole(time.time_ns() // 1_000, because), nothing_but_verdict)
        archive.publish()
    if as_json:
        print_json({"deleted": gone})
        return
    typer.echo(f"{counted(gone, 'body', 'bodies')} deleted")
    if gone:
        tell("copies elsewhere are not reached: mirrors, backups, exported files")


def _tells_of(record: Record, post: str) -> bool:
    """Say whether a record's request names a post, or the rows of its answer do, or its bytes hold the name."""
    if post in record.ask.posts or post.encode() in (record.data or b""):
        return True
    kept = msgspec.to_builtins(record).get("said", ())
    return any(row["values"].get("post") == post for row in kept)


def _chosen(folder: Path, source: str, account: str = "") -> list[Placed]:
    there = sources(archive_folder(folder))
    if not there:
        raise _nothing()
    if source and source not in there:
        raise UnknownName(f"no answers of a source {source!r}", meant(source, there, f"use one of: {', '.join(there)}"))
    return [
        placed
        for name in ([source] if source else there)
        for placed in records(archive_folder(folder), name)
        if not account or account in placed.record.ask.accounts
    ]


def _write_body(found: list[Placed]) -> None:
    if len(found) != 1:
        raise UnknownName(f"{len(found)} records are chosen, and one body is written", "choose one: --leaf")
    data = found[0].record.data
    if data is None:
        hole: Any = found[0].record.hole
        raise OutOfTurn(
            f"the body was deleted at {instant_text(hole.at)}: {hole.because}", "its digest is in the record"
        )
    typer.get_binary_stream("stdout").write(data)


def _head(record: Record) -> dict[str, Any]:
    return {key: value for key, value in msgspec.to_builtins(record).items() if key not in {"base64", "body"}}


def _texts(row: list[Any]) -> list[Any]:
    return [str(cell) if position in {0, 3} else cell for position, cell in enumerate(row)]


def _nothing() -> OutOfTurn:
    return OutOfTurn("nothing is archived", "run first: plaudit fetch SEASON --once")


@app.command("close", epilog="Example: plaudit archive close my-season --to my-season-closed")
def close_season(
    folder: SeasonFolder,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="The folder to make.")],
    verifier: Annotated[
        Path | None, typer.Option("--verifier", metavar="FOLDER", help="The second verifier; by default the source's.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Pack a certified season into a folder that verifies alone.

    The folder holds all of the season but its secrets, the second verifier, and how to verify.
    """
    with progress(folder.name) as on_progress:
        close(folder, to, verifier or own_verifier(), on_progress)
    if as_json:
        print_json({"made": to.as_posix()})
        return
    tell(f"packed {folder} and the second verifier into {to}; the copy verifies")
    typer.echo(f"next: python {quoted(to / 'verifier' / 'verify.py')} {quoted(to / 'season')}")
