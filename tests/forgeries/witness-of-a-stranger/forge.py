"""Two strangers signed instead of the witnesses that the opening names."""

from __future__ import annotations

from typing import Any

from tests.forgeries.forged import Forged
from tests.season.test_witnesses import AFTER, BEFORE, STRANGER

from plaudit.base.weeks import instant_text
from plaudit.ledger.witness import cosign


def strangers(stated: dict[str, Any]) -> None:
    witnesses = stated["vote"]["log"]["witnesses"]
    witnesses["policy"] = {"keys": [str(STRANGER.verifier)], "least": 1}
    for what, at in (("opened", BEFORE), ("closed", AFTER)):
        lines = witnesses[what]["note"].split("\n")
        note = "\n".join(lines[:5]) + "\n"
        witnesses[what]["note"] = cosign(note, STRANGER, at)
        witnesses[what]["cosigned"] = [{"at": instant_text(at * 1_000_000), "witness": STRANGER.verifier.name}]


def forge(season: Forged) -> None:
    season.restate(strangers)
