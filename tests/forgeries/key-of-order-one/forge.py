"""The key is the identity point: one signature verifies under it whatever the text says."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.keys import IDENTITY, key_text, signed_without_a_key

from plaudit.certify.certificate import canonical


def forge(season: Forged) -> None:
    name, text = season.season.origin, canonical(season.statement)
    season.note(text + "\n" + signed_without_a_key(text, name, IDENTITY))
    season.at("published/verifier.key").write_text(f"{key_text(name, IDENTITY)}\n", "utf-8")
