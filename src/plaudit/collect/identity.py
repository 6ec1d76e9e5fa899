"""Whose a post is: as declared for the post, or by account, or by its title."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from plaudit.collect.values import Unusable
from plaudit.rulebook.artists import ARTISTS_MOST, Artist, Label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.rulebook.artists import Artists

__all__ = ["Credit", "Identity"]


class Credit(NamedTuple):
    """What one row says of whose a post is.

    artists : their ids in order, a space between them; '' for nobody's, None where the row does not say.
    is_named : the post itself was declared, or the row has them in a column of its own.
    owner : whose the post is by its account: an artist, or nobody; None where the account does not decide.
    """

    artists: str | None
    is_named: bool
    owner: str | None


class Identity:
    """The owners of accounts and the declared collaborations, with every title pattern compiled once.

    met : what of artists.toml met a row so far: ('account', platform, account), ('pattern', platform,
        account, which) for a label's, ('collaboration', which)
    """

    def __init__(self, artists: Artists, met: set[tuple[str, ...]] | None = None) -> None:
        self.met = set() if met is None else met
        self._owners: dict[tuple[str, str], Artist | Label] = artists.owners()
        self._ids = set(artists.by_id())
        self._patterns = {
            (label.platform, label.account): [(re.compile(pattern.title), pattern.artist) for pattern in label.patterns]
            for label in artists.labels
        }
        together = list(enumerate(artists.collaborations))
        self._posts = {
            (one.platform, one.post): (str(number), _joined(one.artists)) for number, one in together if one.post
        }
        self._titles = [
            (one.platform, one.account, re.compile(one.title), str(number), _joined(one.artists))
            for number, one in together
            if one.title
        ]

    def knows(self, platform: str, account: str) -> bool:
        """Say whether the account is an artist's or a label's."""
        if (platform, account) not in self._owners:
            return False
        self.met.add(("account", platform, account))
        return True

    def artist_of(self, platform: str, account: str) -> str | None:
        """Give the artist's id whose account it is; None where it is a label's."""
        owner = self._owners.get((platform, account))
        return owner.id if isinstance(owner, Artist) else None

    def owner(self, platform: str, account: str, post: str) -> str | None:
        """Give the artist that an account speaks for; None for a label's, or where the post itself is declared."""
        return None if (platform, post) in self._posts else self.artist_of(platform, account)

    def credit(self, platform: str, account: str, post: str, title: str, named: Sequence[str] = ()) -> Credit:
        r"""Give whose a post is by one row of it.

        The season's declaration of the post comes first, then the row's own column,
        a collaboration by title, the account's artist, and a label's patterns.

        Raises
        ------
        Unusable : the row names an artist the season does not know, or too many.

        Examples
        --------
        >>> from plaudit.rulebook.artists import Account, Artist, Artists, Label, TitlePattern
        >>> exo = Artist("exo", {"en": "EXO"}, "group")
        >>> label = Label("youtube", "SMTOWN", (TitlePattern("exo", r"^EXO\b"),))
        >>> identity = Identity(Artists((exo,), (label,)))
        >>> identity.credit("youtube", "SMTOWN", "a1", "EXO 엑소 'Universe' MV").artists
        'exo'
        >>> identity.credit("youtube", "SMTOWN", "a2", "[STATION] SMTOWN 'Dear My Family'").artists
        ''
        """
        if declared := self._posts.get((platform, post)):
            self.met.add(("collaboration", declared[0]))
            return Credit(declared[1], True, None)  # noqa: FBT003
        if named:
            return Credit(self._known(named), True, None)  # noqa: FBT003
        for of_platform, of_account, pattern, number, artists in self._titles:
            if of_platform == platform and of_account in {"", account} and title and pattern.search(title):
                self.met.add(("collaboration", number))
                return Credit(artists, False, None)  # noqa: FBT003
        if artist := self.artist_of(platform, account):
            return Credit(artist, False, artist)  # noqa: FBT003
        for which, (pattern, artist) in enumerate(self._patterns.get((platform, account), [])):
            if pattern.search(title):
                self.met.add(("pattern", platform, account, str(which)))
                return Credit(artist, False, artist)  # noqa: FBT003
        return Credit("", False, "nobody") if title else Credit(None, False, None)  # noqa: FBT003

    def _known(self, named: Sequence[str]) -> str:
        unknown = next((artist for artist in named if artist not in self._ids), None)
        if unknown is not None:
            raise Unusable(
                "unknown artist", f"{unknown!r} is not an id in artists.toml; several ids need [source.separators]"
            )
        if len(set(named)) > ARTISTS_MOST:
            raise Unusable("out of range", f"{len(set(named))} artists of one post; {ARTISTS_MOST} at most")
        return _joined(named)


def _joined(artists: Sequence[str]) -> str:
    return " ".join(sorted(set(artists)))
