"""A receipt names its commit by a number in a form of its own."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.vote.keys import log_signer
from plaudit.vote.receipt import receipts


def forge(season: Forged) -> None:
    text = receipts([season.leaves()[3]], 3, log_signer(season.folder, season.season.origin), [0])[0]
    season.at("receipt.tlog-proof").write_text(text.replace("/log/commit/3\n", "/log/commit/03\n", 1), "utf-8")
