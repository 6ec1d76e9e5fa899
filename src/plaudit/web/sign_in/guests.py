"""Guests: everybody who asks is a new voter, for demonstrations only."""

from __future__ import annotations

import secrets

from plaudit.collect.ballots import pseudonym

__all__ = ["new_guest"]


def new_guest(voter_key: bytes) -> int:
    """Give the pseudonym of a voter who never was before.

    It comes from chance alone, so nothing ties two guests, or a guest and a person.
    """
    return pseudonym(f"guest:{secrets.token_urlsafe(24)}", voter_key)
