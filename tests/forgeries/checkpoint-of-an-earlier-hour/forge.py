"""The checkpoint beside the log is of fewer ballots than the certificate cites."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.ledger.checkpoint import Checkpoint, sign_checkpoint
from plaudit.ledger.tree import leaf_hashes, root_of
from plaudit.vote.keys import log_signer


def forge(season: Forged) -> None:
    folder = season.at("evidence/log")
    leaves = season.leaves()[:20]
    signer = log_signer(season.folder, season.season.origin)
    checkpoint = Checkpoint(signer.verifier.name, 20, root_of(leaf_hashes(leaves)))
    (folder / "checkpoint").write_text(sign_checkpoint(checkpoint, signer), "utf-8")
