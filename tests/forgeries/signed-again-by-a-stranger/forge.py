"""A stranger made another result, and put a key of the same name beside it."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.forgeries.forged import Forged

from plaudit.ledger.note import Signer


def forge(season: Forged) -> None:
    season.add_ballots(20, nominee="aurora-lane")
    season.without("data")
    season.walk()
    stranger = Signer(season.season.origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    season.sign(season.statement, stranger)
    season.at("published/verifier.key").write_text(f"{stranger.verifier}\n", "utf-8")
