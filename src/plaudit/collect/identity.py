"""Whose a post is: by account, or by its title on a label's channel."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from plaudit.rulebook.artists import Artist, Label

if TYPE_CHECKING:
    from plaudit.rulebook.artists import Artists

__all__ = ["Identity"]


class Identity:
    """The owners of accounts, with every title pattern compiled once."""

    def __init__(self, artists: Artists) -> None:
        self._owners: dict[tuple[str, str], Artist | Label] = artists.owners()
        self._patterns = {
            (label.platform, label.account): [(re.compile(pattern.title), pattern.artist) for pattern in label.patterns]
            for label in artists.labels
        }

    def knows(self, platform: str, account: str) -> bool:
        """Say whether the account is an artist's or a label's."""
        return (platform, account) in self._owners

    def artist_of(self, platform: str, account: str, title: str) -> str | None:
        r"""Give the artist's id; None on a label's channel where no pattern fits.

        Examples
        --------
        >>> from plaudit.rulebook.artists import Account, Artist, Artists, Label, TitlePattern
        >>> exo = Artist("exo", {"en": "EXO"}, "group")
        >>> label = Label("youtube", "SMTOWN", (TitlePattern("exo", r"^EXO\b"),))
        >>> identity = Identity(Artists((exo,), (label,)))
        >>> identity.artist_of("youtube", "SMTOWN", "EXO 엑소 'Universe' MV")
        'exo'
        >>> identity.artist_of("youtube", "SMTOWN", "[STATION] SMTOWN 'Dear My Family'") is None
        True
        """
        owner = self._owners.get((platform, account))
        if isinstance(owner, Artist):
            return owner.id
        patterns = self._patterns.get((platform, account), [])
        return next((artist for pattern, artist in patterns if pattern.search(title)), None)
