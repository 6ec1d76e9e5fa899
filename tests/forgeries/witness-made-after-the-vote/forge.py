"""A witness signed the closing: its key is the identity point, and nobody named it before."""

from __future__ import annotations

import base64
from typing import Any

from tests.forgeries.forged import Forged
from tests.forgeries.keys import COSIGNS, IDENTITY, key_text


def change(stated: dict[str, Any]) -> None:
    log = stated["vote"]["log"]
    text = f"{log['origin']}\n{log['size']}\n{log['root']}\n"
    log["witnesses"] = {"policy": {"keys": [key_text("witness.example/w1", IDENTITY, COSIGNS)], "least": 1}}
    line = f"\N{EM DASH} witness.example/w1 {base64.b64encode(bytes(12) + IDENTITY + bytes(32)).decode()}\n"
    cosigned = [{"at": "2100-01-01T00:00:00Z", "witness": "witness.example/w1"}]
    log["witnesses"]["closed"] = {"cosigned": cosigned, "note": f"{text}\n{line}"}


def forge(season: Forged) -> None:
    season.restate(change)
