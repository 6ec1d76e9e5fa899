"""The identity point is written as a number that no encoder writes."""

from __future__ import annotations

import base64

from tests.forgeries.forged import Forged

from plaudit.certify.certificate import canonical
from plaudit.ledger.note import Verifier


def forge(season: Forged) -> None:
    key = Verifier("plaudit.example/forged", b"\xee" + b"\xff" * 30 + b"\x7f")
    text = canonical(season.statement)
    signature = bytes([1]) + bytes(63)
    season.note(f"{text}\n\u2014 {key.name} {base64.b64encode(key.key_id + signature).decode()}\n")
    season.at("published/verifier.key").write_text(f"{key}\n", "utf-8")
