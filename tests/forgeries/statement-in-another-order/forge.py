"""The keys of the statement are in another order."""

from __future__ import annotations

import json

from tests.forgeries.forged import Forged

from plaudit.ledger.note import sign_note


def forge(season: Forged) -> None:
    text = json.dumps(dict(reversed(season.statement.items())), separators=(",", ":"), ensure_ascii=False) + "\n"
    season.note(sign_note(text, season.signer))
