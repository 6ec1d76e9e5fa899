"""Answers of a made-up platform, and an archive to keep them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit.archive.archive import Archive
from plaudit.ledger.note import Signer
from plaudit.platforms.contract import Answer, Ask

if TYPE_CHECKING:
    from pathlib import Path

NOON = 1_526_644_800_000_000
"""2018-05-18T12:00Z."""
DAY = 86_400_000_000
SIGNER = Signer("tests.example/archive", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def answer(number: int = 0, body: bytes = b'{"followers": 5}', at: int = NOON) -> Answer:
    """Give what the parrot answered to the numbered question."""
    ask = Ask("parrot", "followers", f"http://parrot.example/{number}", ("polly",))
    return Answer(ask, at + number, at + number + 1, 200, {"date": "today"}, body)


def opened(season: Path) -> Archive:
    """Open a season's archive to write."""
    return Archive(season / "data" / "archive", SIGNER)


def keep(season: Path, *answers: Answer, source: str = "parrot-live") -> None:
    """Archive answers one by one, and publish."""
    with opened(season) as archive:
        for one in answers:
            archive.append(source, [(one, 0)])
        archive.publish()
