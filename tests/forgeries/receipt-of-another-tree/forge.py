"""A path of the log at 24 leaves proves a leaf of the log at 23."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.ledger.proof import TlogProof
from plaudit.ledger.tree import inclusion_path, leaf_hashes


def forge(season: Forged) -> None:
    folder = season.at("evidence/log")
    leaves = season.leaves()
    hashes = leaf_hashes(leaves)
    proof = TlogProof(3, tuple(inclusion_path(hashes[:20], 3)), (folder / "checkpoint").read_text("utf-8"), leaves[3])
    season.at("receipt.tlog-proof").write_text(str(proof), "utf-8")
