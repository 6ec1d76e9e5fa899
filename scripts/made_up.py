"""A made-up world: what artists who do not exist had posted by an instant, and what came of it.

Everything follows from a seed, whole numbers only, so the same question gets the same answer.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from plaudit.rulebook.artists import Artists

__all__ = ["DAY", "HOUR", "FastClock", "Post", "World", "ballots", "drawn"]

SECOND: Final = 1_000_000
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
_BEFORE: Final = 10
_HALF_LIFE: Final = 30 * HOUR
_EVERY_DAYS: Final = {"atproto": 1, "youtube": 3, "mastodon": 2}
"""An account posts once in so many days."""


def drawn(most: int, *words: object) -> int:
    """Give a number below `most` that the words alone decide."""
    return int.from_bytes(hashlib.sha256("|".join(map(str, words)).encode()).digest()[:8], "big") % most


class FastClock:
    """A clock that whoever waits sets forward: nobody waits for it."""

    def __init__(self, at: int) -> None:
        self.at = at

    def now(self) -> int:
        """Give the instant; a thousandth of a second later than the last."""
        self.at += 1_000
        return self.at

    async def until(self, instant: int) -> None:
        """Be there at once."""
        self.at = max(self.at, instant)


@dataclass(frozen=True)
class Post:
    """One made-up post; `reach` is how many see it in the end."""

    platform: str
    account: str
    number: int
    at: int
    reach: int

    @property
    def key(self) -> str:
        """Eleven characters that name it on its platform."""
        return hashlib.sha256(f"{self.account}|{self.number}".encode()).hexdigest()[:11]

    def seen(self, now: int) -> int:
        """Give how many have seen it; half of its reach in the first thirty hours."""
        age = max(0, now - self.at)
        return self.reach * age // (age + _HALF_LIFE)

    def counts(self, now: int) -> dict[str, int]:
        """Give its counters at an instant."""
        seen = self.seen(now)
        one_in = 8 + drawn(9, "likes", self.account, self.number)
        likes = seen // one_in
        return {"views": seen, "likes": likes, "reposts": likes // 5, "quotes": likes // 40, "comments": likes // 9}


class World:
    """What there is on made-up platforms, as of any instant.

    Parameters
    ----------
    begin : the first instant of the span; some posts are older
    days : so long people go on posting
    """

    def __init__(self, artists: Artists, begin: int, days: int, seed: str = "live") -> None:
        self._begin, self._days, self._seed = begin, days, seed
        self.artist = {(one.platform, one.account): artist.id for artist in artists.artists for one in artist.accounts}

    def accounts(self, platform: str) -> list[str]:
        """Give the platform's accounts."""
        return sorted(account for of, account in self.artist if of == platform)

    def fans(self, platform: str, account: str) -> int:
        """Give how many follow at the beginning."""
        return 20_000 + drawn(400_000, self._seed, "fans", self.artist[platform, account])

    def followers(self, platform: str, account: str, now: int) -> int:
        """Give how many follow."""
        fans = self.fans(platform, account)
        a_day = fans * (1 + drawn(9, self._seed, "growth", platform, account)) // 1_000
        return fans + a_day * max(0, now - self._begin) // DAY

    def plays(self, account: str, now: int) -> dict[str, int]:
        """Give plays and listeners."""
        listeners = self.followers("listenbrainz", account, now) // 12
        a_day = listeners * (2 + drawn(3, self._seed, "plays", account))
        return {"plays": listeners * 90 + a_day * max(0, now - self._begin) // DAY, "listeners": listeners}

    def posts(self, platform: str, account: str, now: int) -> list[Post]:
        """Give the posts of an account that are out, the last first."""
        made = [post for post in self._all(platform, account) if post.at <= now]
        return sorted(made, key=lambda post: -post.at)

    def _all(self, platform: str, account: str) -> Iterator[Post]:
        fans = self.fans(platform, account)
        for day in range(-_BEFORE, self._days, _EVERY_DAYS[platform]):
            words = (self._seed, platform, account, day)
            at = self._begin + day * DAY + drawn(DAY // SECOND, "at", *words) * SECOND
            reach = fans // 10 + drawn(fans * (4 if platform == "youtube" else 1), "reach", *words)
            yield Post(platform, account, day + _BEFORE, at, reach)


def ballots(nominees: Sequence[str], begin: int, days: int, voters: int, seed: str = "live") -> list[dict[str, Any]]:
    """Give made-up ballots: each voter has a favourite, and votes on most days, some of them twice."""
    found = []
    for voter in range(voters):
        at_heart = drawn(len(nominees) * (len(nominees) + 1) // 2, seed, "favourite", voter)
        favourite = next(n for n in range(len(nominees)) if at_heart < (n + 1) * (n + 2) // 2)
        for day in range(days):
            for again in range(drawn(8, seed, "casts", voter, day) % 3):
                at = begin + day * DAY + drawn(DAY // SECOND, seed, "cast", voter, day, again) * SECOND
                found.append({"nominee": nominees[favourite], "voter": f"made-up-{voter:04}", "cast_at": at})
    return sorted(found, key=lambda row: (row["cast_at"], row["voter"]))
