"""Last.fm: listeners and plays of an artist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode

from msgspec.structs import replace

from plaudit.platforms.answers import Item, document, dug, each, usual_outcome
from plaudit.platforms.contract import Ask, Limit, Outcome, Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Answer, Unread, Wish

__all__ = ["LastFm"]

_SERVER: Final = "https://ws.audioscrobbler.com"
_KEY: Final = "LASTFM_API_KEY"
_MBID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_COUNTERS: Final = {"listeners": ("stats", "listeners"), "plays": ("stats", "playcount")}
_ABSENT: Final = frozenset({6, 7})
_AGAIN: Final = frozenset({8, 11, 16})
_TOO_FAST: Final = 29


class LastFm:
    """Last.fm; an account is a MusicBrainz id, or a name as Last.fm spells it, which may be several artists'.

    References
    ----------
    https://www.last.fm/api/show/artist.getInfo, https://www.last.fm/api/errorcodes
    """

    id = "lastfm"
    offers: Mapping[str, frozenset[str]] = {"plays": frozenset(_COUNTERS)}
    keys: tuple[str, ...] = (_KEY,)
    headers = frozenset({"content-type", "date", "retry-after"})
    limits: tuple[Limit, ...] = (
        Limit("requests", 5, 1, source="https://www.last.fm/api/tos gives none; five a second by custom, 2026"),
    )

    def begin(self, wish: Wish) -> Sequence[Ask]:
        """Give one ask for each artist."""
        if "plays" not in wish.what:
            return ()
        base = (wish.server or _SERVER).rstrip("/")
        return [self._ask(base, account) for account in dict.fromkeys(wish.accounts)]

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:  # noqa: ARG002
        """Give nothing: an answer is whole."""
        return ()

    def outcome(self, answer: Answer) -> Outcome:
        """Say what an answer amounts to; errors have numbers of their own, whatever the status."""
        usual = usual_outcome(answer)
        number = None if answer.failure else dug(document(answer), "error")
        if not isinstance(number, int) or isinstance(number, bool):
            return usual
        if number == _TOO_FAST or usual.verdict == "limited":
            return Outcome("limited", usual.retry_at, str(number))
        if number in _ABSENT:
            return Outcome("absent", detail="absent")
        return Outcome("failed" if number in _AGAIN else "refused", detail=str(number))

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give listeners and plays, which are texts here."""
        if self.outcome(answer).verdict == "answered":
            artist = dug(document(answer), "artist")
            yield from each([artist], lambda item: _artist(item, answer.ask))

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        """Give the ask as it is sent: the key can only stand in its address."""
        return replace(ask, url=f"{ask.url}&api_key={quote(keys[_KEY], safe='')}") if keys.get(_KEY) else ask

    def _ask(self, base: str, account: str) -> Ask:
        by = "mbid" if _MBID.fullmatch(account) else "artist"
        query = {"method": "artist.getInfo", by: account, "autocorrect": "0", "format": "json"}
        return Ask(self.id, "plays", f"{base}/2.0/?{urlencode(query)}", (account,), pool="requests")


def _artist(item: Item, ask: Ask) -> Iterator[Said]:
    account = ask.accounts[0]
    found = item.said(stable_id=("mbid",), name=("name",))
    if found:
        yield Said("accounts", {"account": account, "state": "active", **found})
    for metric, value in item.metrics(_COUNTERS).items():
        yield Said("readings", {"account": account, "metric": metric, "value": value})
