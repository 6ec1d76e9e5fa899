"""A certificate of 2025, signed by a key made for the purpose, makes aurora-lane the winner of that year."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.forgeries.forged import Forged

from plaudit.certify.certificate import canonical
from plaudit.ledger.note import Signer, sign_note


def forge(season: Forged) -> None:
    signer = Signer("plaudit.example/past", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    past = season.statement
    past["season"] |= {"edition": "2024"}
    past["nominees"] = [{**row, "nominee": "aurora-lane", "name": "Aurora Lane"} for row in past["nominees"][:1]]
    past["result"] = {"positions": [], "totals": [], "unit": "votes", "voids": [], "winners": ["aurora-lane"]}
    folder = season.at("certificates")
    folder.mkdir()
    (folder / "2024.note").write_text(sign_note(canonical(past), signer), "utf-8")
    (folder / "keys.txt").write_text(f"{signer.verifier}\n", "utf-8")
    season.walk()
