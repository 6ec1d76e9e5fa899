"""Check the log that a certificate rests on: its checkpoint, and that the ballots rebuild its root."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from plaudit.base.errors import DigestMismatch, ProofInvalid, SignatureInvalid
from plaudit.base.weeks import to_instant
from plaudit.ledger.build import RANGE, compare
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.keys import fingerprint
from plaudit.ledger.note import Verifier
from plaudit.ledger.tiles import WIDTH, Edge, place_of, unpack_bundle
from plaudit.ledger.tree import leaf_hashes
from plaudit.verify.witnesses import check_witnesses
from plaudit.vote.keys import log_origin
from plaudit.vote.leaves import Leaves
from plaudit.vote.log import CHECKPOINT, LOG_KEY, last_close, read_checkpoint, workers_for
from plaudit.vote.statements import bound_names, is_statement, opening, refuse_renamed

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence
    from plaudit.verify.verified import Verified

__all__ = ["check_checkpoint", "check_leaves"]

_CITED: Final = frozenset({"because", "closed_at", "key", "origin", "root", "size"})
"""What is cited of every log; of a vote opened with fingerprints of its keys, with names or witnesses, those too."""
_OPENED: Final = frozenset({"keys", "names", "names_sha256", "witnesses"})
_LOG_PEM: Final = "log.pem"


def check_checkpoint(season: Season, stated: dict[str, Any]) -> None:
    """Check that the log's checkpoint is the one that the certificate cites.

    Raises
    ------
    DigestMismatch : the checkpoint or the key beside it is missing or another.
    SignatureInvalid : the cited key, or a witness that the season asks for, did not sign it.
    ProofInvalid : origin, size or root differ.
    """
    if set(stated) - _OPENED != _CITED:
        raise ProofInvalid(
            f"the certificate gives {', '.join(sorted(stated))} of its log; it must give {', '.join(sorted(_CITED))}",
            "ask the signer",
        )
    for name in (CHECKPOINT, LOG_KEY):
        if not (season.log / name).is_file():
            raise DigestMismatch(f"evidence/log/{name} is missing", "get it from a mirror of the log", file=name)
    if (season.log / LOG_KEY).read_bytes() != f"{stated['key']}\n".encode():
        raise SignatureInvalid(
            f"evidence/log/{LOG_KEY} is not the key that the certificate cites: {stated['key']}",
            "the file is not the signer's; restore it",
            file=LOG_KEY,
        )
    checkpoint = read_checkpoint(season, Verifier.parse(stated["key"]))
    have = {
        "origin": checkpoint.origin,
        "size": checkpoint.size,
        "root": base64.b64encode(checkpoint.root).decode(),
    }
    for name, value in {"origin": log_origin(season.origin), **have}.items():
        if stated[name] != value or have[name] != value:
            raise ProofInvalid(
                f"evidence/log/{CHECKPOINT} has {name} {have[name]}, the certificate cites {stated[name]}",
                "keep both, they are evidence; ask the signer",
                file=CHECKPOINT,
            )


def check_leaves(season: Season, made: Evidence, stated: dict[str, Any], found: Verified) -> None:
    """Rebuild the log from the ballots, and compare it with the root and with every file there.

    Raises
    ------
    ProofInvalid : the ballots do not give the cited size or root.
    DigestMismatch : a file of the log is not what the ballots give; names it, and the first ballot.
    """
    leaves = _leaves(season, made, stated)
    if not bound_names(stated):
        found.unchecked.append("what nominees are called: the vote was opened by a version that did not state it")
    if leaves.size != stated["size"]:
        raise ProofInvalid(
            f"evidence/ballots holds {leaves.ballots} ballots, but a log of {stated['size']} leaves "
            f"holds {stated['size'] - 2}",
            "the table does not belong to this log; restore it",
        )
    if (season.log / "tile").is_dir():
        root = _compared(season.log, leaves)
        found.checked.append(f"every tile and bundle of the log is what {leaves.ballots:,} ballots give")
    else:
        root = _root(leaves)
        found.unchecked.append("the tiles of the log: they are not here; its root is rebuilt from the ballots")
    if (text := base64.b64encode(root).decode()) != stated["root"]:
        raise ProofInvalid(
            f"the ballots give the log's root {text}, but its checkpoint has {stated['root']}",
            "the ballots are not those that were logged; compare the log's entries with a mirror's",
        )
    found.checked.append(f"{leaves.ballots:,} ballots give the root that the log signed, in its order")
    check_witnesses(season, leaves.opening, leaves.closed_at, stated, found)


def _leaves(season: Season, made: Evidence, stated: dict[str, Any]) -> Leaves:
    try:
        closed_at = to_instant(datetime.fromisoformat(stated["closed_at"]))
    except ValueError as error:
        raise ProofInvalid(f"the certificate cites no instant of closing: {error}", "ask the signer") from None
    if season.live is None and (closed_at != last_close(season) or stated["because"]):
        raise ProofInvalid(
            f"the log was closed at {stated['closed_at']}, but ballots from files are closed with the last window",
            "the certificate does not follow from its season; ask the signer",
        )
    nominees = [row["nominee"] for row in made.to_rows(made.read("nominees"))]
    named = bound_names(stated)
    opened = opening(season, nominees, _keys(season, stated), has_names=bool(named))
    refuse_renamed(named, bound_names(opened.stated), "the vote was opened", "put it back, or ask the signer")
    return Leaves(opened, closed_at, made.files("ballots"), stated["because"])


def _keys(season: Season, stated: dict[str, Any]) -> dict[str, str]:
    """Give the fingerprints of keys that the opening of a live vote states; the root binds them."""
    keys: dict[str, str] = stated.get("keys", {})
    is_told = isinstance(keys, dict) and all(isinstance(value, str) for value in keys.values())
    if not is_told or ("keys" in stated and (season.live is None or not keys)):
        raise ProofInvalid("the certificate cites keys that no opening of this season states", "ask the signer")
    ours = fingerprint(_LOG_PEM, Verifier.parse(stated["key"]).public)
    if keys.get(_LOG_PEM, ours) != ours:
        raise ProofInvalid(
            f"the vote was opened with a key other than the one that signed its log: {stated['key']}",
            "ask the signer which of them is right",
        )
    return keys


def _compared(folder: Path, leaves: Leaves) -> bytes:
    """Compare the files of the log, and say which leaf differs first."""
    try:
        return compare(folder, leaves.size, leaves, workers=workers_for(leaves.size))
    except DigestMismatch as error:
        if "path" not in error.values:
            raise
        told = _told(folder, leaves, str(error.values["path"]), error.values.get("entry"))
        raise DigestMismatch(f"evidence/log/{error.what}{told}", error.remedy, **error.values) from None


def _told(folder: Path, leaves: Leaves, path: str, leaf: object) -> str:
    """Say what a leaf is by the table and by the log, where its entry can be read."""
    place = place_of(path)
    if not isinstance(leaf, int) or place is None or place[0] != "entries":
        return ""
    _, index, width = place
    try:
        held = unpack_bundle(FolderFiles(folder).read(path) or b"", width)[leaf - index * WIDTH]
        wrong = held.decode("utf-8", "replace") if is_statement(held) else str(leaves.opening.names.unpack(held))
    except ProofInvalid:
        wrong = "nothing that can be read"
    return f"; by the ballots it is {leaves.told(leaf)}, in the log {wrong}"


def _root(leaves: Leaves) -> bytes:
    edge = Edge()
    for first in range(0, leaves.size, RANGE):
        edge.extend(leaf_hashes(leaves(first, min(first + RANGE, leaves.size))))
    return edge.root()
