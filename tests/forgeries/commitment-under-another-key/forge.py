"""The commitment is signed by a key that certified nothing."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.forgeries.forged import Forged

from plaudit.ledger.note import Signer, sign_note


def forge(season: Forged) -> None:
    path = season.at("published/commitment.note")
    signer = Signer(season.season.origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    path.write_text(sign_note(path.read_text("utf-8").partition("\n\n")[0] + "\n", signer), "utf-8")
