"""The key beside the log is another than the one that the certificate cites."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.forgeries.forged import Forged

from plaudit.ledger.note import Signer


def forge(season: Forged) -> None:
    stranger = Signer(f"{season.season.origin}/log", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    season.at("evidence/log/verifier.key").write_text(f"{stranger.verifier}\n", "utf-8")
