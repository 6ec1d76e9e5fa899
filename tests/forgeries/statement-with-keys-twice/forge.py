"""The result stands twice, the second time behind an escape, with another winner."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.certify.certificate import canonical
from plaudit.ledger.note import sign_note


def forge(season: Forged) -> None:
    text = canonical(season.statement)
    other = text[text.index('"result":') :].replace("north-seven", "aurora-lane")
    other = other.replace('"result"', '"r\\u0065sult"', 1)
    season.note(sign_note(text.rstrip("}\n") + "," + other, season.signer))
