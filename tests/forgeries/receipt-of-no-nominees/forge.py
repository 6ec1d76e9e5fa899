"""The vote signed for a post that names nobody."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.vote.keys import log_signer
from plaudit.vote.receipt import receipts


def forge(season: Forged) -> None:
    from_log = log_signer(season.folder, season.season.origin)
    record = bytearray(season.leaves()[3])
    record[26:28] = bytes(2)
    season.at("receipt.tlog-proof").write_text(receipts([bytes(record)], 3, from_log, [0])[0], "utf-8")
