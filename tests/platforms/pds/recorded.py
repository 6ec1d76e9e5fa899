"""What a real PDS and PLC said once, served again; server.py records it."""

from __future__ import annotations

import base64
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from plaudit.platforms.contract import Answer, Ask
from tests.platforms.exam import ASKED_AT
from tests.platforms.pds.server import RECORDING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["recorded", "recorded_frames", "recorded_proofs", "serve"]


@cache
def recorded() -> dict[str, Any]:
    return dict(json.loads(RECORDING.read_text("utf-8")))


def recorded_frames() -> list[bytes]:
    return [base64.b64decode(frame) for frame in recorded()["frames"]]


def recorded_proofs() -> dict[str, dict[str, Any]]:
    return {one["name"]: {**one, "car": base64.b64decode(one["car"])} for one in recorded()["proofs"]}


def serve() -> Callable[[Ask], Answer]:
    """Answer as the server did."""
    said = {one["url"]: one for one in recorded()["answers"]}

    def answer(ask: Ask) -> Answer:
        one = said[ask.url]
        return Answer(ask, ASKED_AT, ASKED_AT + 9, one["status"], one["headers"], one["body"].encode())

    return answer
