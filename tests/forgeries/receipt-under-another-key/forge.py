"""A receipt was signed by a key of the same name that logs nothing."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.forgeries.forged import Forged

from plaudit.ledger.note import Signer
from plaudit.vote.receipt import receipts


def forge(season: Forged) -> None:
    stranger = Signer(f"{season.season.origin}/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    season.at("receipt.tlog-proof").write_text(receipts([season.leaves()[3]], 3, stranger, [0])[0], "utf-8")
