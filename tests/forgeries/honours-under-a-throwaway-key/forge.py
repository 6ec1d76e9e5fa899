"""A certificate of 2025, signed by a key made for the purpose, makes aurora-lane the winner of that year."""

from __future__ import annotations

from contextlib import suppress

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.forgeries.forged import Forged

from plaudit.base.errors import SignatureInvalid
from plaudit.certify.certificate import canonical
from plaudit.ledger.note import Signer, sign_note


def forge(season: Forged) -> None:
    signer = Signer(season.season.origin, Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    past = season.statement
    past["season"]["edition"] = "2025"
    past["result"]["winners"] = ["aurora-lane"]
    folder = season.at("certificates")
    folder.mkdir()
    (folder / "2025.note").write_text(sign_note(canonical(past), signer), "utf-8")
    (folder / "keys.txt").write_text(f"{signer.verifier}\n", "utf-8")
    with suppress(SignatureInvalid):  # it certifies, and then stops at a key that the season does not name
        season.tell()
