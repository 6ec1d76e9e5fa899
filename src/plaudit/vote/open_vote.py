"""Opening a vote: its keys, the opening in the log's first leaf, and the first checkpoint."""

from __future__ import annotations

import json
from contextlib import closing as closing_of
from typing import TYPE_CHECKING

from plaudit.base.errors import OutOfTurn
from plaudit.vote.ballot_store import SqliteBallotStore, box_path
from plaudit.vote.clock import wall_clock
from plaudit.vote.keys import FINGERPRINTS, fingerprints, log_signer, make_keys
from plaudit.vote.live import LiveVote
from plaudit.vote.lock import Lock, is_served, usable
from plaudit.vote.signed import signed_note
from plaudit.vote.statements import opening, refuse_other_opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.ledger.checkpoint import Checkpoint
    from plaudit.rulebook.season import Season
    from plaudit.vote.statements import Opening

__all__ = ["open_vote"]


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
