"""The key beside the certificate is another than the one that signed it."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.forgeries.forged import Forged

from plaudit.ledger.note import Signer


def forge(season: Forged) -> None:
    stranger = Signer(season.season.origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    season.at("published/verifier.key").write_text(f"{stranger.verifier}\n", "utf-8")
