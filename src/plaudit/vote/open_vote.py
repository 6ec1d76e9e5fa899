"""Opening a vote: its keys, the opening in the log's first leaf, and the first checkpoint."""

from __future__ import annotations

import json
from contextlib import closing as closing_of
from typing import TYPE_CHECKING

from plaudit.base.errors import OutOfTurn
from plaudit.ledger.checkpoint import sign_checkpoint
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.ledger.tiles import bundle_path, pack_bundle, tile_path
from plaudit.ledger.tree import leaf_hash
from plaudit.rulebook.season import LOG
from plaudit.vote.ballot_store import SqliteBallotStore, box_path
from plaudit.vote.clock import wall_clock
from plaudit.vote.keys import FINGERPRINTS, fingerprints, log_signer, make_keys
from plaudit.vote.live import LiveVote
from plaudit.vote.lock import Lock, is_served, usable
from plaudit.vote.log import CHECKPOINT, LOG_KEY
from plaudit.vote.signed import signed_note
from plaudit.vote.statements import opening, refuse_other_opening
from plaudit.vote.witnesses import OPENED, opened_checkpoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.rulebook.season import Season
    from plaudit.vote.statements import Opening

__all__ = ["open_from_files", "open_vote"]


def open_vote(season: Season, nominees: Sequence[str]) -> Checkpoint:
    """Declare the vote: make the keys that lack, write the opening and the log's first checkpoint.

    Repeating it changes nothing, also while a server runs, and gives the checkpoint that there is.

    Raises
    ------
    OutOfTurn : the season takes no ballots itself, nobody is nominated, or another process opens the vote.
    SignatureInvalid, DigestMismatch : a key is none, or is not the one the vote was opened with.
    ProofInvalid : the vote was opened with another opening; it says what differs.
    VoteUnavailable : folder or file cannot be written.
    """
    if season.live is None:
        raise OutOfTurn("the season takes no ballots itself", "add [vote.live] to season.toml")
    if not nominees:
        raise OutOfTurn("nobody is nominated", "run first: plaudit nominate SEASON")
    opened = opening(season, nominees)
    if is_served(season.folder) and (checkpoint := _served_checkpoint(season, opened)):
        return checkpoint
    path = box_path(season.folder)
    with Lock(season.folder / "vote"), usable(path), closing_of(SqliteBallotStore(path)) as ballot_store:
        held = ballot_store.state("opening")
        if held is None:
            make_keys(season.folder)
            keys = fingerprints(season.folder)
            ballot_store.set_state(FINGERPRINTS, json.dumps(keys))
            ballot_store.set_state("opening", opening(season, nominees, keys).leaf.decode())
        else:
            refuse_other_opening(str(held).encode(), opened)
    with LiveVote(season, clock=wall_clock) as vote:
        return vote.publish()


def open_from_files(season: Season, nominees: Sequence[str]) -> str:
    """Declare a vote whose ballots will come from files, and give the signed checkpoint of its opening alone.

    Where a log is there, it must begin with this opening, and stays. Witnesses sign the file `opened` beside it.

    Parameters
    ----------
    season : within a change of its folder

    Raises
    ------
    OutOfTurn : the season names no witnesses, or nobody is nominated.
    ProofInvalid : the vote was opened with another opening; it says what differs.
    """
    if season.witnesses is None:
        raise OutOfTurn(
            "the season takes no ballots itself, and names no witnesses who could say when it was opened",
            "add [vote.live] or [vote.witnesses] to season.toml",
        )
    if not nominees:
        raise OutOfTurn("nobody is nominated", "run first: plaudit nominate SEASON")
    make_keys(season.folder)
    signer, opened = log_signer(season.folder, season.origin), opening(season, nominees)
    held, there = season.log / OPENED, LogReader(FolderFiles(season.log))
    if there.size:
        refuse_other_opening(there.entry(0), opened)
    note = sign_checkpoint(opened_checkpoint(signer.verifier.name, opened.leaf), signer)
    made = {OPENED: held.read_bytes() if held.is_file() else note.encode()}
    if not there.size:
        made |= {
            tile_path(0, 0, 1): leaf_hash(opened.leaf),
            bundle_path(0, 1): pack_bundle([opened.leaf]),
            CHECKPOINT: note.encode(),
            LOG_KEY: f"{signer.verifier}\n".encode(),
        }
    for name, data in made.items():
        season.files.write(f"{LOG}/{name}", data)
    return made[OPENED].decode("utf-8", "replace")


def _served_checkpoint(season: Season, opened: Opening) -> Checkpoint | None:
    """Give the last checkpoint of a vote that another process takes; None where it is not opened yet."""
    path = box_path(season.folder)
    with usable(path), closing_of(SqliteBallotStore(path, is_view=True)) as ballot_store:
        held = ballot_store.state("opening")
    if held is None:
        return None
    refuse_other_opening(str(held).encode(), opened)
    signed = signed_note(path.parent, log_signer(season.folder, season.origin).verifier)
    return signed[1] if signed else None
