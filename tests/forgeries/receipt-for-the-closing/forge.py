"""A receipt signed for the leaf where the closing stands holds."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.vote.keys import log_signer
from plaudit.vote.receipt import receipts


def forge(season: Forged) -> None:
    from_log = log_signer(season.folder, season.season.origin)
    record = season.leaves()[3]
    season.at("receipt.tlog-proof").write_text(receipts([record], 23, from_log, [0])[0], "utf-8")
