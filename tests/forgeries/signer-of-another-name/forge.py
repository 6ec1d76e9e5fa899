"""Somebody else's name stands under the certificate of this season."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.forgeries.forged import Forged

from plaudit.ledger.note import Signer


def forge(season: Forged) -> None:
    signer = Signer("press.example/somebody", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    season.sign(season.statement, signer)
    season.at("published/verifier.key").write_text(f"{signer.verifier}\n", "utf-8")
