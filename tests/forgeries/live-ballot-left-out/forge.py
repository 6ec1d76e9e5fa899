"""A ballot that was taken and signed for is not in the log; its voter has the receipt."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.vote.keys import log_signer
from plaudit.vote.receipt import receipts


def forge(season: Forged) -> None:
    opening, *ballots, closing = season.leaves()
    receipt = receipts([ballots[4]], 5, log_signer(season.folder, season.season.origin), [0])[0]
    season.at("receipt.tlog-proof").write_text(receipt, "utf-8")
    season.relog([opening, *ballots[:4], *ballots[5:], closing.replace(b'"ballots":22', b'"ballots":21')])
