"""plaudit log: read, prove, check, mirror, watch and cosign a log."""

from __future__ import annotations

import base64
import json
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from plaudit.base.errors import OutOfTurn, SourceUnavailable, UnknownName
from plaudit.base.numbers import counted
from plaudit.base.spelling import near_path
from plaudit.cli.output import AsJson, print_json, progress, tell
from plaudit.cli.witness import ask_for_note, ask_witnesses
from plaudit.ledger.attest import witness_of
from plaudit.ledger.check import check as check_files
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.files import Files, FolderFiles, UrlFiles
from plaudit.ledger.mirror import UNFINISHED, unfinished
from plaudit.ledger.mirror import mirror as mirror_files
from plaudit.ledger.note import Verifier, is_name, join_signatures
from plaudit.ledger.reader import LogReader
from plaudit.ledger.sight import put, see
from plaudit.ledger.watch import watch as watch_files
from plaudit.ledger.witness import WitnessKey, require
from plaudit.rulebook.season import Season, read_season
from plaudit.vote.witnesses import OPENED, add_to_opened, policy_of

__all__ = ["app", "checkpoint_text"]

app = typer.Typer(
    help="Read, prove, check, mirror, watch and cosign a log.", no_args_is_help=True, rich_markup_mode=None
)

KEY_FILE = "verifier.key"

Where = Annotated[str, typer.Argument(metavar="SEASON|DIR|URL", help="A season, or the folder or address of a log.")]
Here = Annotated[str, typer.Argument(metavar="SEASON|DIR", help="A season, or the folder of a log.")]
Key = Annotated[str, typer.Option(metavar="VKEY", help="The log's verifier key, obtained elsewhere.")]


@app.command("checkpoint", epilog="Example: plaudit log checkpoint examples/top-social-artist-2018")
def checkpoint(
    where: Where,
    key: Key = "",
    witness: Annotated[
        list[str] | None, typer.Option(metavar="VKEY", help="A witness that must have cosigned; repeat for more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Print the log's signed checkpoint."""
    files = _files(where)
    sight = see(files, _verifier(key, files))
    known = [WitnessKey.parse(text) for text in witness or []]
    times = require(sight.note, known, len({one.name for one in known}))
    if as_json:
        print_json({**_as_json(sight.checkpoint), "witnesses": times, "note": sight.note})
        return
    typer.echo(sight.note, nl=False)
    for name, at_seconds in times.items():
        tell(f"  ✓ cosigned by {name} at {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(at_seconds))}")


@app.command("prove", epilog="Example: plaudit log prove examples/top-social-artist-2018 17 > 17.tlog-proof")
def prove(
    where: Where,
    leaf: Annotated[int | None, typer.Argument(metavar="LEAF", help="Index of an entry, from 0.", min=0)] = None,
    size: Annotated[int | None, typer.Option(help="Prove it in the tree of this many leaves.", min=0)] = None,
    start: Annotated[int | None, typer.Option("--from", help="Prove that this size grew into another.", min=0)] = None,
    end: Annotated[int | None, typer.Option("--to", help="That other size. The checkpoint's by default.")] = None,
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Prove that an entry, or an earlier tree, is in the log."""
    files = _files(where)
    verifier = _verifier(key, files)
    see(files, verifier)
    reader = LogReader(files)
    now = open_checkpoint(reader.note(), verifier)  # the one the proofs are of: a live log may have moved on
    if (leaf is None) == (start is None):
        raise UnknownName("only one thing can be proved at a time", "give LEAF, or --from SIZE")
    if leaf is not None and size in {None, now.size}:
        proof = reader.proof(leaf)
        if as_json:
            print_json({**_as_json(now), "index": leaf, "path": _encoded(proof.path), "proof": str(proof)})
        else:
            typer.echo(str(proof), nl=False)
    elif leaf is not None:
        assert size is not None
        tell(f"nobody keeps the signed checkpoint of {size} leaves here: compare this root with your own copy of it")
        stated = {"index": leaf, "size": size, "root": _encoded([reader.root(size)])[0]}
        _print_path(stated, reader.prove_inclusion(leaf, size), as_json=as_json)
    elif start is not None:
        end = now.size if end is None else end
        path = reader.prove_consistency(start, end)
        roots = _encoded([reader.root(start), reader.root(end)])
        _print_path({"from": start, "from_root": roots[0], "to": end, "to_root": roots[1]}, path, as_json=as_json)


@app.command("check", epilog="Example: plaudit log check mirror-of-the-log")
def check(where: Here, key: Key = "", as_json: AsJson = False) -> None:
    """Check every file of a log against its checkpoint. The first file that is wrong is named."""
    files = FolderFiles(_folder(where))
    verifier = _verifier(key, files)
    if files.read("checkpoint") is None and (goal := unfinished(files, verifier)):
        raise OutOfTurn(
            f"the copy has no checkpoint yet: its mirror of {goal.size} leaves did not finish",
            "mirror again; what was fetched is kept",
        )
    sight = see(files, verifier)
    goal = unfinished(files, verifier)
    with progress("check every tile and entry"):
        beyond = check_files(files, sight.checkpoint, unfinished_size=goal.size if goal else 0)
    _print_checkpoint("checked", sight.checkpoint, as_json=as_json)
    if goal and beyond:
        tell(
            f"a mirror of {goal.size} leaves did not finish: {counted(beyond, 'file')} beyond the checkpoint, not"
            " checked, and asked for by nobody; the copy can be served; mirror again to finish it"
        )


@app.command("mirror", epilog="Example: plaudit log mirror https://vote.example.org/log copy --key log.example+1234…")
def mirror(
    where: Where,
    target: Annotated[Path, typer.Argument(metavar="TARGET", help="The folder of the copy.")],
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Copy a log, or bring a copy up to date. A log that contradicts the copy is refused."""
    source = _files(where)
    own_key = FolderFiles(target).read(KEY_FILE)
    verifier = Verifier.parse(own_key.decode(errors="replace")) if own_key and not key else _verifier(key, source)

    def older(shown: Checkpoint) -> None:
        tell(f"the source shows an older checkpoint, of {shown.size} leaves; the copy keeps its own")

    try:
        with progress("mirror") as on_progress:
            held = mirror_files(source, target, verifier, on_progress=on_progress, on_older=older)
    finally:
        if own_key is None and any((target / name).exists() for name in ("checkpoint", UNFINISHED)):
            put(target / KEY_FILE, f"{verifier}\n")
    _print_checkpoint("mirrored", held, as_json=as_json)


@app.command(
    "watch", epilog="Example: plaudit log watch https://vote.example.org/log --key log.example+1234… --every 60"
)
def watch(
    where: Where,
    key: Key = "",
    every: Annotated[float, typer.Option(metavar="SECONDS", help="Seconds between polls.", min=0)] = 60,
    rounds: Annotated[int | None, typer.Option(help="Number of polls. Unlimited by default.", min=1)] = None,
    known: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the last checkpoint in this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Print each new checkpoint, on one line. It is printed once it is proven to hold all that the last one held.

    Two checkpoints that contradict each other are kept as fork-….note next to --known, or else in this folder.
    """
    source = _files(where)
    away: list[SourceUnavailable] = []

    def unreachable(error: SourceUnavailable) -> None:
        away.append(error)
        tell(f"{error.what}; looking again in {every:g} seconds")

    verifier = _verifier(key, source)
    for seen in watch_files(
        source,
        verifier,
        known,
        evidence=known.parent if known else Path.cwd(),
        every_seconds=every,
        sleep=time.sleep,
        rounds=rounds,
        unreachable=unreachable,
    ):
        line = json.dumps(_as_json(seen), ensure_ascii=False) if as_json else _words(seen)
        typer.echo(line)
    if away and len(away) == rounds:
        raise away[-1]


@app.command(
    "cosign", epilog="Example: plaudit log cosign copy --witness-key keys/witness.pem --name witness.example/w1"
)
def cosign(
    where: Where,
    witness_key: Annotated[
        Path, typer.Option(metavar="FILE", help="The witness's private key. It is created if it does not exist.")
    ],
    name: Annotated[str, typer.Option(help="The witness's name, such as witness.example/w1.")],
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Sign a log's checkpoint as a witness.

    The log must first be proven to hold all it showed before. What was seen is kept next to the witness's key. For a
    log in a folder the signature is added to its checkpoint; for a log at an address the signed note is printed,
    for the log's operator to add.
    """
    if not is_name(name):
        raise UnknownName(f"{name!r} cannot name a witness", "choose one without spaces and plus signs", name=name)
    files = _files(where)
    verifier = _verifier(key, files)
    witness = witness_of(witness_key, name, lambda: int(time.time()))
    shown, signed = witness.attest(files, verifier)
    if isinstance(files, FolderFiles):
        _replace(files, shown.note, signed)
    if as_json:
        print_json({**_as_json(shown.checkpoint), "witness": str(witness.signer.verifier), "note": signed})
    elif isinstance(files, FolderFiles):
        typer.echo(f"cosigned {_words(shown.checkpoint)}")
    else:
        typer.echo(signed, nl=False)
    tell(f"the witness's key, for those who are to trust it: {witness.signer.verifier}")


@app.command("add", epilog="Example: plaudit log add my-award cosigned.note")
def add(
    where: Here,
    note: Annotated[Path, typer.Argument(metavar="NOTE", help="The same checkpoint, with more signatures.")],
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Add signatures to the checkpoint, such as witnesses'."""
    files = FolderFiles(_folder(where))
    verifier = _verifier(key, files)
    held, other = see(files, verifier), see(_Note(note), verifier)
    if is_of_opening := add_to_opened(files, other, verifier):
        tell(f"added to {OPENED}, the checkpoint of the opening")
    if is_of_opening and held.checkpoint != other.checkpoint:
        _print_checkpoint("added to", other.checkpoint, as_json=as_json)
        return
    if held.checkpoint != other.checkpoint:
        raise OutOfTurn(
            f"the note is of {_words(other.checkpoint)}, the log is at {_words(held.checkpoint)}",
            "ask the witness to sign the current checkpoint",
        )
    _replace(files, held.note, join_signatures(held.note, other.note))
    _print_checkpoint("added to", held.checkpoint, as_json=as_json)


@app.command("submit", epilog="Example: plaudit log submit my-award")
def submit(
    where: Annotated[str, typer.Argument(metavar="SEASON|DIR|NOTE", help="A season, a log's folder, or a note.")],
    url: Annotated[
        list[str] | None, typer.Option(metavar="URL", help="Where a witness is asked; repeat for more.")
    ] = None,
    witness: Annotated[
        list[str] | None, typer.Option(metavar="VKEY", help="A witness whose signature is taken; repeat for more.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Ask witnesses to sign a log, and keep what they sign.

    They sign the checkpoint of a vote's opening, where it is kept, and the last checkpoint. Addresses and keys are
    those that season.toml names under [vote.witnesses], or --url and --witness.
    """
    path = Path(where)
    season = _season_of(path)
    policy = policy_of(season) if season else None
    urls = url or (season.witnesses.urls if season and season.witnesses else ())
    keys = [WitnessKey.parse(key) for key in witness or []] or (policy.keys if policy else ())
    if not urls or not keys:
        raise UnknownName("no witness is named", "give --url and --witness, or name them in [vote.witnesses]")
    is_note = path.is_file()
    asked = ask_for_note(path, urls, keys) if is_note else ask_witnesses(FolderFiles(_folder(where)), urls, keys)
    if as_json:
        print_json([one.as_row() for one in asked])
    for one in asked:
        if one.error is not None and not one.is_late:
            raise one.error


def _season_of(path: Path) -> Season | None:
    """Give the season that a path names, or in which it lies one folder down."""
    for folder in (path, path.parent.parent):
        if (folder / "season.toml").is_file():
            return read_season(folder)
    return None


class _Note:
    """A file that stands for a log's checkpoint."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self, path: str) -> bytes | None:  # noqa: ARG002 - there is one file
        return self._path.read_bytes() if self._path.is_file() else None


def checkpoint_text(where: str) -> str:
    """Give the signed checkpoint in a note, in a log's folder or at its address; whose it is, the reader checks.

    Raises
    ------
    SourceUnavailable : there is none.
    """
    path = Path(where)
    files: Files = _Note(path) if path.is_file() else _files(where)
    data = files.read("checkpoint")
    if data is None:
        raise SourceUnavailable(f"{where} holds no checkpoint", "name a note, the folder of a log, or its address")
    return data.decode("utf-8", "replace")


def _replace(files: FolderFiles, old: str, new: str) -> None:
    """Put a note in the place of the one it was made from."""
    if files.read("checkpoint") != old.encode():
        raise OutOfTurn("the log was written to in the meantime", "try again, preferably with a mirror or a closed log")
    put(files.folder / "checkpoint", new)


def _files(where: str) -> Files:
    return UrlFiles(where) if where.startswith(("http://", "https://")) else FolderFiles(_folder(where))


def _folder(where: str) -> Path:
    """Give the folder of the log: a season keeps it among its evidence."""
    folder = Path(where)
    if not folder.is_dir():
        remedy = near_path(folder, "give a season, the folder of a log, or for some verbs its address")
        raise UnknownName(f"{where} is not a folder", remedy)
    return folder / "evidence" / "log" if (folder / "season.toml").exists() else folder


def _verifier(key: str, files: Files) -> Verifier:
    """Give the key that was asked for, or the one beside the checkpoint, and say what that is worth."""
    if key:
        return Verifier.parse(key)
    published = files.read(KEY_FILE)
    if published is None:
        raise UnknownName(
            "there is no verifier key with the checkpoint", "give --key, as the log's operator publishes it"
        )
    tell(f"the key is the {KEY_FILE} that came with the checkpoint: as good as its source; --key takes another")
    return Verifier.parse(published.decode(errors="replace"))


def _print_checkpoint(done: str, shown: Checkpoint, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(shown))
    else:
        typer.echo(f"{done} {_words(shown)}")


def _print_path(stated: dict[str, Any], path: list[bytes], *, as_json: bool) -> None:
    if as_json:
        print_json({**stated, "path": _encoded(path)})
        return
    for word, value in stated.items():
        typer.echo(f"{word} {value}")
    for node in _encoded(path):
        typer.echo(node)


def _as_json(shown: Checkpoint) -> dict[str, Any]:
    return {"origin": shown.origin, "size": shown.size, "root": _encoded([shown.root])[0]}


def _words(shown: Checkpoint) -> str:
    return f"{shown.origin} {shown.size} {_encoded([shown.root])[0]}"


def _encoded(nodes: tuple[bytes, ...] | list[bytes]) -> list[str]:
    return [base64.b64encode(node).decode() for node in nodes]
