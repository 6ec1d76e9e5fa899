"""ListenBrainz: how often an artist was played by its users, and by how many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec
from msgspec.structs import replace

from plaudit.platforms.answers import Item, as_written, batches, document, each, usual_outcome
from plaudit.platforms.contract import Ask, Limit, Said, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Answer, Outcome, Wish

__all__ = ["ListenBrainz"]

_SERVER: Final = "https://api.listenbrainz.org"
_KEY: Final = "LISTENBRAINZ_TOKEN"
_BATCH: Final = 100
_COUNTERS: Final = {"plays": ("total_listen_count",), "listeners": ("total_user_count",)}


class ListenBrainz:
    """ListenBrainz; an account is an artist's MusicBrainz id.

    The figures are computed in batches every few days: that a reading does not grow says nothing of a day.

    References
    ----------
    https://listenbrainz.readthedocs.io, POST /1/popularity/artist
    """

    id = "listenbrainz"
    offers: Mapping[str, frozenset[str]] = {"plays": frozenset(_COUNTERS)}
    keys: tuple[str, ...] = (_KEY,)
    headers = frozenset({"content-type", "retry-after", "x-ratelimit-remaining", "x-ratelimit-reset-in"})
    limits: tuple[Limit, ...] = (
        Limit("requests", 30, 10, source="X-RateLimit-* of its answers rule; ours until the first, November 2026"),
    )

    def begin(self, wish: Wish) -> Sequence[Ask]:
        """Give one ask for each hundred artists."""
        if "plays" not in wish.what:
            return ()
        url = f"{(wish.server or _SERVER).rstrip('/')}/1/popularity/artist"
        headers = {"content-type": "application/json"}
        return [
            Ask(self.id, "plays", url, some, (), "POST", headers, _body(some), pool="requests")
            for some in batches(wish.accounts, _BATCH)
        ]

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:  # noqa: ARG002
        """Give nothing: an answer is whole."""
        return ()

    def outcome(self, answer: Answer) -> Outcome:
        """Say what an answer amounts to."""
        return usual_outcome(answer, "x-ratelimit-reset-in")

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give plays and listeners; of an artist whom nobody has played both are null, which is nothing, not 0."""
        if self.outcome(answer).verdict != "answered":
            return
        said = document(answer)
        if isinstance(said, list):
            yield from each(said, lambda item: _popularity(item, answer.ask))
        else:
            yield Unread("not a list", "popularity of artists")

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        """Give the ask as it is sent; it is answered without a token, too, under tighter limits."""
        return replace(ask, headers={**ask.headers, "authorization": f"Token {keys[_KEY]}"}) if keys.get(_KEY) else ask


def _body(artists: tuple[str, ...]) -> str:
    return msgspec.json.encode({"artist_mbids": artists}).decode()


def _popularity(item: Item, ask: Ask) -> Iterator[Said]:
    account = as_written(ask.accounts, item.need("artist_mbid"))
    for metric, value in item.metrics(_COUNTERS).items():
        yield Said("readings", {"account": account, "metric": metric, "value": value})
