"""Wikimedia: daily page views of an artist's article, in each language that the artist has one in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from plaudit.platforms.answers import Item, document, each, usual_outcome
from plaudit.platforms.contract import Ask, Limit, Outcome, Said, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Answer, Wish

__all__ = ["Wikimedia"]

_SERVER: Final = "https://wikimedia.org"
_MONTH: Final = 31 * 86_400_000_000


class Wikimedia:
    """Wikimedia; an account is a language and an article, as in `ko:방탄소년단`.

    Views are of whole days (UTC), by people as far as Wikimedia can tell, and come a day late. Views of an
    article's old title stay with that title. A day that is not there had no views or is not loaded yet: the
    API does not tell which, so it is nothing, never 0.

    References
    ----------
    https://doc.wikimedia.org/generated-data-platform/aqs/analytics-api, per-article page views
    """

    id = "wikimedia"
    offers: Mapping[str, frozenset[str]] = {"page_views": frozenset({"page_views"})}
    keys: tuple[str, ...] = ()
    headers = frozenset({"content-type", "etag", "retry-after"})
    limits: tuple[Limit, ...] = (
        Limit("requests", 300, 60, source="no figure found for the limits of March 2026; ours, November 2026"),
    )

    def begin(self, wish: Wish) -> Sequence[Ask]:
        """Give one ask for each article."""
        if "page_views" not in wish.what:
            return ()
        base = f"{(wish.server or _SERVER).rstrip('/')}/api/rest_v1/metrics/pageviews/per-article"
        days = f"{_day(wish.since)}00/{_day(wish.until or wish.since + _MONTH)}00"
        named = [(account, *_article(account)) for account in dict.fromkeys(wish.accounts)]
        return [
            Ask(
                self.id,
                "page_views",
                f"{base}/{project}/all-access/user/{quote(article, safe='')}/daily/{days}",
                (account,),
                pool="requests",
            )
            for account, project, article in named
            if article
        ]

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:  # noqa: ARG002
        """Give nothing: an answer is whole."""
        return ()

    def outcome(self, answer: Answer) -> Outcome:
        """Say what an answer amounts to; an article without views and days that are not loaded read the same."""
        usual = usual_outcome(answer)
        return Outcome("absent", detail="no data") if usual.verdict == "absent" else usual

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give the views of each day."""
        if self.outcome(answer).verdict == "answered":
            whole = Item(document(answer))
            yield from each(whole.items("items"), lambda item: _views(item, answer.ask))
            yield from whole.unread

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:  # noqa: ARG002
        """Give the ask as it is; whoever sends it names a contact in its User-Agent."""
        return ask


def _article(account: str) -> tuple[str, str]:
    project, _, title = account.partition(":")
    return (project if "." in project else f"{project}.wikipedia"), title.strip().replace(" ", "_")


def _day(instant: int) -> str:
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)).strftime("%Y%m%d")


def _views(item: Item, ask: Ask) -> Iterator[Said | Unread]:
    time, views = item.need("timestamp"), item.count("views")
    if len(time) != 10 or not (time.isascii() and time.isdigit()):
        yield Unread("not a day", f"timestamp is {time!r}")
    elif views is not None:
        day = f"{time[:4]}-{time[4:6]}-{time[6:8]}"
        yield Said("readings", {"account": ask.accounts[0], "metric": "page_views", "value": views, "day": day})
