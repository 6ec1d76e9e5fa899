"""The identity point is written as a number that no encoder writes."""

from __future__ import annotations

from tests.forgeries.forged import Forged
from tests.forgeries.keys import IDENTITY_IN_ANOTHER_ENCODING, key_text, signed_without_a_key

from plaudit.certify.certificate import canonical


def forge(season: Forged) -> None:
    name, text = season.season.origin, canonical(season.statement)
    season.note(text + "\n" + signed_without_a_key(text, name, IDENTITY_IN_ANOTHER_ENCODING))
    season.at("published/verifier.key").write_text(f"{key_text(name, IDENTITY_IN_ANOTHER_ENCODING)}\n", "utf-8")
