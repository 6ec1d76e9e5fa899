"""Verify a voter's receipt offline: whose signature, which leaf, which ballot, and whether the log still holds it.

    c2sp.org/tlog-proof@v1
    extra AQAAAgAAAAEABj…            ← the ballot's record
    index 3
    …                                ← the path
                                     ← an empty line
    plaudit.example/my-award/log/commit/1042
    …                                ← the signed checkpoint

Under an origin that ends in `/commit/1042` the receipt is of one commit, whose first
ballot is leaf 1042; under the log's own origin it is of the published log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from plaudit.base.errors import CheckpointsFork, ProofInvalid, SignatureInvalid, UnknownName
from plaudit.base.spelling import near_path
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.files import Files, FolderFiles, UrlFiles
from plaudit.ledger.note import Verifier
from plaudit.ledger.reader import LogReader
from plaudit.vote.log import CHECKPOINT, LOG_KEY
from plaudit.vote.receipt import open_receipt
from plaudit.vote.record import Names
from plaudit.vote.statements import is_statement, read_opening, read_statement

__all__ = ["VerifiedReceipt", "log_at", "verify_receipt"]

_KEEP: Final = (
    "keep the receipt and the log's checkpoint: together they are evidence of misconduct; show them to others"
)


@dataclass(frozen=True)
class VerifiedReceipt:
    """What a receipt proves: a ballot, its leaf, and who signed for it."""

    leaf: int
    ballot: dict[str, Any]
    signer: Verifier
    checked: list[str] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)


def log_at(place: str) -> Files:
    """Give the files of the log of a season folder, in a folder, or at an address.

    Raises
    ------
    UnknownName : no log lies there.
    SourceUnavailable : the address cannot be one.
    """
    if "://" in place:
        return UrlFiles(place)
    for folder in (Path(place) / "evidence" / "log", Path(place)):
        if (folder / CHECKPOINT).is_file():
            return FolderFiles(folder)
    remedy = near_path(Path(place), "give a season, a log's folder, or its address")
    raise UnknownName(f"no log in {place}: no file {CHECKPOINT}", remedy)


def verify_receipt(text: str, verifier: Verifier | None = None, log: Files | None = None) -> VerifiedReceipt:
    """Verify a receipt by a key, and against the published log where it is at hand.

    Parameters
    ----------
    verifier : the log's key, got from elsewhere; else the one beside the log

    Raises
    ------
    SignatureInvalid : no key, or the key did not sign.
    ProofInvalid : the proof does not lead to what was signed, or is of another log.
    CheckpointsFork : the published log holds something else: misconduct.
    """
    is_given = verifier is not None
    verifier = verifier or _key_of(log)
    opened = open_receipt(text, verifier)
    leaf, signed = opened.leaf, opened.signed
    if is_statement(opened.record):
        raise ProofInvalid(
            f"the receipt is of leaf {leaf}, which is no ballot: it says what the vote was opened or closed with",
            "get your receipt again from the vote that gave it",
        )
    reader = LogReader(log) if log is not None else None
    found = VerifiedReceipt(leaf, _ballot(opened.record, reader), verifier)
    found.checked.append(f"signed by {verifier}")
    in_commit = f", one of {signed.size} of its commit" if opened.is_of_commit else ""
    found.checked.append(f"the ballot is leaf {leaf}{in_commit}")
    if not is_given:
        found.unchecked.append("whose key that is: compare it with the one the vote publishes elsewhere, or give --key")
    if reader is None:
        found.unchecked.append("that the published log holds it: give --log SEASON, FOLDER or ADDRESS")
    else:
        _check_published(reader, leaf, opened.record, verifier, None if opened.is_of_commit else signed, found)
    return found


def _key_of(log: Files | None) -> Verifier:
    data = log.read(LOG_KEY) if log is not None else None
    if data is None:
        raise SignatureInvalid(
            f"no key to check the signature with{'' if log is None else f': no {LOG_KEY} with the log'}",
            "give the log's verifier key with --key, or the log with --log",
        )
    return Verifier.parse(data.decode("utf-8", "replace"))


def _ballot(record: bytes, reader: LogReader | None) -> dict[str, Any]:
    """Give a ballot's values, with their names if the log is at hand to look them up in."""
    if is_statement(record):
        return read_statement(record)
    if reader is not None and reader.size:
        return read_opening(reader.entry(0)).names.unpack(record)
    return _unnamed().unpack(record)


@cache
def _unnamed() -> Names:
    """Give numbers for names, where no log is at hand."""
    return Names(*(tuple(f"{what} {number}" for number in range(most)) for what, most in _NUMBERED))


_NUMBERED: Final = (("channel", 0xFF), ("nominee", 0xFFFF), ("source", 1 << 16))


def _check_published(
    reader: LogReader, leaf: int, record: bytes, verifier: Verifier, signed: Checkpoint | None, found: VerifiedReceipt
) -> None:
    published = open_checkpoint(reader.note(), verifier)
    wanted = signed.size if signed else leaf + 1
    if wanted > published.size:
        _refuse_shorter(reader, wanted)
        found.unchecked.append(f"that the published log holds it: this copy ends before leaf {wanted}; get a later one")
        return
    if signed and reader.root(signed.size) != signed.root:
        raise CheckpointsFork(
            f"the log's first {signed.size} leaves have root {reader.root(signed.size).hex()},"
            f" the receipt was signed for root {signed.root.hex()}",
            _KEEP,
            size=signed.size,
        )
    if (held := reader.entry(leaf)) != record:
        raise CheckpointsFork(
            f"leaf {leaf} of the published log is {_ballot(held, reader)}, the receipt was signed for"
            f" {_ballot(record, reader)}",
            _KEEP,
            leaf=leaf,
        )
    found.checked.append(f"the published log of {published.size:,} leaves holds it")


def _refuse_shorter(reader: LogReader, wanted: int) -> None:
    """A log that is closed takes no more leaves, so what it lacks was left out."""
    if reader.size > 1 and is_statement(reader.entry(reader.size - 1)):
        raise CheckpointsFork(
            f"the log is closed at {reader.size} leaves and the receipt was signed for {wanted}", _KEEP, size=wanted
        )
