"""The key is a point of order two: every second text verifies without a private key."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.keys import ORDER_TWO, key_text, signed_without_a_key

from plaudit.certify.certificate import canonical


def forge(season: Forged) -> None:
    name, text = season.season.origin, canonical(season.statement)
    season.note(text + "\n" + signed_without_a_key(text, name, ORDER_TWO))
    season.at("published/verifier.key").write_text(f"{key_text(name, ORDER_TWO)}\n", "utf-8")
