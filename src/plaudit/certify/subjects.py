"""On what an act is done: a digest that operators can work out before they sign, and anyone after.

References
----------
docs/spec/acts.md
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import rfc8785

from plaudit.base.digests import bytes_sha256
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.public import stated_result
from plaudit.certify.seal import read_commitment
from plaudit.vote.statements import opening

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season
    from plaudit.store.evidence import Evidence

__all__ = ["certificate_subject", "nominees_of", "note_subject", "opening_subject", "subject_of"]


def subject_of(season: Season, tables: Evidence, act: str) -> str:
    """Give the subject of an act that is to be done.

    Raises
    ------
    OutOfTurn : what comes before it was not done yet.
    """
    if act == "nominate":
        return bytes_sha256(rfc8785.dumps(sorted(nominees_of(tables))))
    if act in {"open", "close", "audit"}:  # a digest of a count would let somebody guess a sealed one
        return opening_subject(opening(season, nominees_of(tables)).stated)
    if act == "certify":
        return certificate_subject(stated_result(season, tables))
    if act == "reveal":
        return note_subject(read_commitment(season))
    return certificate_subject(read_certificate(season.published_file(CERTIFICATE)).statement)


def nominees_of(tables: Evidence) -> list[str]:
    """Give the ids of the nominees."""
    return [row["nominee"] for row in tables.to_rows(tables.read("nominees"))]


def opening_subject(stated: dict[str, Any]) -> str:
    """Give the subject of opening, closing or auditing a vote: the opening without the fingerprints of keys."""
    return bytes_sha256(rfc8785.dumps({name: value for name, value in stated.items() if name != "keys"}))


def certificate_subject(stated: dict[str, Any]) -> str:
    """Give the subject of certifying or forgetting: the text that the certificate signs."""
    return bytes_sha256(canonical(stated).encode())


def note_subject(note: bytes) -> str:
    """Give the subject of revealing: the commitment's text, whoever signs it later."""
    return bytes_sha256(note.replace(b"\r\n", b"\n").rpartition(b"\n\n")[0] + b"\n")
