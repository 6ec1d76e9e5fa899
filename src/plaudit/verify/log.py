"""Check the log that a certificate rests on: its checkpoint, and that the ballots rebuild its root."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from plaudit.base.errors import DigestMismatch, ProofInvalid, RuleInvalid, SignatureInvalid
from plaudit.base.weeks import instant_text, to_instant
from plaudit.ledger.build import RANGE, compare
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.keys import fingerprint
from plaudit.ledger.note import Verifier
from plaudit.ledger.tiles import WIDTH, Edge, place_of, unpack_bundle
from plaudit.ledger.tree import leaf_hashes
from plaudit.verify.strict import told_file
from plaudit.verify.witnesses import check_witnesses
from plaudit.vote.keys import log_origin
from plaudit.vote.leaves import Leaves
from plaudit.vote.log import CHECKPOINT, LOG_KEY, last_close, read_checkpoint, workers_for
from plaudit.vote.statements import bound_names, is_statement, opening, refuse_renamed

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

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
    ProofInvalid : the ballots do not give the cited size or root, or are none that such a log takes.
    DigestMismatch : a file of the log is not what the ballots give; names it, and the first ballot.
    """
    leaves = _leaves(season, made, stated)
    if not bound_names(stated):
        found.unchecked.append("what nominees are called: the vote was opened by a version that did not state it")
    _refuse_lawless(season, made, leaves)
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
    try:
        opened = opening(season, nominees, _keys(season, stated), has_names=bool(named))
    except RuleInvalid as error:  # such as a witness whose key nobody can trust
        raise ProofInvalid(f"no vote can have been opened like this: {error.what}", "ask the signer") from None
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


def _refuse_lawless(season: Season, made: Evidence, leaves: Leaves) -> None:
    """Refuse a log that contradicts itself: instants that fall, or lie beyond its closing; what its door refuses.

    Posts of a live vote carry their platform's instants, which fall and rise; all else is in the order cast.
    """
    last = 0
    for path in leaves.files:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(columns=["ballot", "channel", "votes", "cast_at", "source", "gesture"]):
                moments = batch["cast_at"].to_numpy()
                if season.live:
                    _refuse(path, batch, moments >= leaves.closed_at, "was cast after the vote was closed")
                    _refuse_over_cap(season, path, batch)
                ordered = np.where(_is_by_the_clock(season, batch), moments, 0)
                before = np.maximum.accumulate(np.concatenate([[last], ordered]))
                falls = (ordered > 0) & (ordered < before[:-1])
                _refuse(path, batch, falls, "was cast before the one that precedes it")
                last = int(before[-1])
    if season.live:
        _refuse_what_the_door_refuses(season, made)


def _refuse_over_cap(season: Season, path: Path, batch: pa.RecordBatch) -> None:
    """Refuse a ballot of more votes than anybody has, whatever the rule does with the voter's other ballots."""
    for channel in season.counting_rule().channel:
        if channel.cap:
            over = pc.and_(pc.equal(batch["channel"], channel.id), pc.greater(batch["votes"], channel.cap.votes))
            _refuse(path, batch, over.to_numpy(zero_copy_only=False), f"carries more than {channel.cap.votes} votes")


def _is_by_the_clock(season: Season, batch: pa.RecordBatch) -> NDArray[np.bool_]:
    """Say which ballots must be in the order they were cast."""
    if season.live is None:
        return np.ones(batch.num_rows, bool)
    is_own = pc.is_in(batch["source"], pa.array(season.live.ways, pa.string()))
    found: NDArray[np.bool_] = pc.and_(is_own, pc.equal(batch["gesture"], "vote")).to_numpy(zero_copy_only=False)
    return found


def _refuse_what_the_door_refuses(season: Season, made: Evidence) -> None:
    """Refuse ballots in the log of a live vote that its rule lets nobody cast."""
    keeps_last = season.counting_rule().keep == "last"
    refused = [
        (row, row["reason"], row["votes"]) for row in made.to_rows(made.read("voids")) if row["reason"] != "replaced"
    ]
    for row in made.to_rows(made.read("totals")):
        refused.append((row, "outside window", row["votes_outside_window"]))
        refused.append((row, "over cap", 0 if keeps_last else row["votes_over_cap"]))
    for row, why, votes in refused:
        if votes:
            raise ProofInvalid(
                f"evidence/ballots holds {votes} votes for {row['nominee']} in {row['channel']} that the rule refuses: "
                f"{why}",
                "a live vote takes no such ballot; ask the signer how they came into the log",
            )


def _refuse(path: Path, batch: pa.RecordBatch, wrong: NDArray[np.bool_], why: str) -> None:
    if wrong.any():
        row = batch.slice(int(np.flatnonzero(wrong)[0]), 1).to_pylist()[0]
        raise ProofInvalid(
            f"{told_file(path)}: ballot {row['ballot']}, cast at {instant_text(row['cast_at'])}, {why}",
            "no honest log holds such a leaf; ask the signer",
            ballot=row["ballot"],
        )


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
