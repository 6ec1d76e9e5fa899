"""plaudit witness: sign other people's logs over HTTP; and how a season asks its witnesses."""

from __future__ import annotations

import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from plaudit.base.errors import OutOfTurn, PlauditError, UnknownName
from plaudit.cli.output import AsJson, print_json, tell
from plaudit.ledger.attest import witness_of
from plaudit.ledger.checkpoint import stated_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.note import Verifier, is_name
from plaudit.ledger.reader import LogReader
from plaudit.ledger.submit import submit_file
from plaudit.ledger.witness_server import WitnessServer
from plaudit.vote.witnesses import OPENED, policy_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.ledger.witness import WitnessKey
    from plaudit.rulebook.season import Season

__all__ = ["add_to", "ask_for_note", "ask_witnesses", "tell_of_witnesses"]

_CHECKPOINT = "checkpoint"


def add_to(app: typer.Typer) -> None:
    """Add the verb."""
    app.command(epilog="Example: plaudit witness --name witness.example/w1 --log 'plaudit.example/my-award/log+4767…'")(
        witness
    )


def witness(
    name: Annotated[str, typer.Option(help="The witness's name, such as witness.example/w1.")],
    log: Annotated[
        list[str] | None, typer.Option(metavar="VKEY", help="The verifier key of a log to sign; repeat for more.")
    ] = None,
    witness_key: Annotated[
        Path, typer.Option(metavar="FILE", help="The witness's private key. It is created if it does not exist.")
    ] = Path("keys/witness.pem"),
    address: Annotated[str, typer.Option("--address", help="The IP address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port to listen on. 0 takes a free one.")
    ] = 8720,
    as_json: AsJson = False,
) -> None:
    """Sign checkpoints of the named logs, as C2SP tlog-witness says.

    A checkpoint is signed if it is proven to hold all that the last one held. What was signed last lies next to the
    key. To be asked from elsewhere, put a web server with TLS before it. Without a log the witness's own key is
    printed, for those who are to name it, and nothing is served.
    """
    if not is_name(name):
        raise UnknownName(f"{name!r} cannot name a witness", "choose one without spaces and plus signs", name=name)
    logs = [Verifier.parse(key) for key in log or []]
    one = witness_of(witness_key, name, lambda: int(time.time()))
    if not logs:
        _print_key(one.signer.verifier, as_json=as_json)
        tell("this is the witness's key; to sign a log, give its key with --log")
        return
    try:
        server = WitnessServer((address, port), one, logs, tell)
    except OSError as error:
        raise OutOfTurn(
            f"cannot listen on {address}, port {port}: {error.strerror or error}", "choose others"
        ) from None
    with server:
        _print_key(one.signer.verifier, server.url, as_json=as_json)
        tell(f"{server.url}/add-checkpoint signs {', '.join(key.name for key in logs)}; Ctrl-C stops it")
        with suppress(KeyboardInterrupt):
            server.serve_forever()


def _print_key(key: Verifier, url: str = "", *, as_json: bool) -> None:
    if as_json:
        print_json({"key": str(key), "url": url})
    else:
        typer.echo(f"{key}")


class Asked(NamedTuple):
    """What one witness did with one note: whose signatures it gave, or why it gave none."""

    note: str
    url: str
    signed: list[str]
    error: PlauditError | None = None
    is_late: bool = False

    def as_row(self) -> dict[str, object]:
        """Give it as plain values."""
        return {"note": self.note, "url": self.url, "signed": self.signed, "error": self.error and self.error.what}


def ask_witnesses(files: FolderFiles, urls: Sequence[str], keys: Sequence[WitnessKey]) -> list[Asked]:
    """Have a log's opening and its last checkpoint signed; tell what each witness did.

    That an opening is long past is late, and no failure of the witness.
    """
    asked: list[Asked] = []
    log = LogReader(files)
    for name in (OPENED, _CHECKPOINT):
        note = (files.read(name) or b"").decode("utf-8", "replace")
        if not note or (name == _CHECKPOINT and _is_opening(files, note)):
            continue

        def told(url: str, found: list[str] | PlauditError, name: str = name) -> None:
            if isinstance(found, PlauditError):
                tell(f"  – {name}: {found.what}")
                is_late = name == OPENED and isinstance(found, OutOfTurn)
                asked.append(Asked(name, url, [], found, is_late))
            else:
                tell(f"  ✓ {name}: signed by {', '.join(found)} at {url}")
                asked.append(Asked(name, url, list(found)))

        submit_file(files, name, urls, keys, log.prove_consistency, told)
    return asked


def ask_for_note(path: Path, urls: Sequence[str], keys: Sequence[WitnessKey]) -> list[Asked]:
    """Have a note signed that is the first checkpoint of its log, such as the commitment to a sealed result."""
    asked: list[Asked] = []

    def told(url: str, found: list[str] | PlauditError) -> None:
        if isinstance(found, PlauditError):
            asked.append(Asked(path.name, url, [], found))
            tell(f"  – {found.what}")
        else:
            asked.append(Asked(path.name, url, list(found)))
            tell(f"  ✓ signed by {', '.join(found)} at {url}")

    submit_file(FolderFiles(path.parent), path.name, urls, keys, _nothing_before, told)
    return asked


def tell_of_witnesses(season: Season) -> None:
    """Have the season's witnesses sign where it says at which addresses; else say that somebody has to ask them."""
    policy = policy_of(season)
    if policy is None or season.witnesses is None:
        return
    if season.witnesses.urls:
        ask_witnesses(FolderFiles(season.log), season.witnesses.urls, policy.keys)
    tell(
        f"{policy.least} of {len(policy.keys)} witnesses must sign the opening before the first window, and the closing"
        " checkpoint; to ask them again: plaudit log submit SEASON"
    )


def _nothing_before(old_size: int, size: int) -> Sequence[bytes]:
    raise OutOfTurn(f"a note alone does not prove that {size} leaves begin with {old_size}", "name the log's folder")


def _is_opening(files: FolderFiles, note: str) -> bool:
    """Say whether the last checkpoint is that of the opening, which is kept apart."""
    return files.read(OPENED) is not None and stated_checkpoint(note).size == 1
