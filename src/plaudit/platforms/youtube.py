"""YouTube Data API v3: channels, their uploads, counters of videos in batches."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from plaudit.base.weeks import to_instant
from plaudit.platforms.answers import Item, as_instant, as_written, batches, document, dug, each, unseen, usual_outcome
from plaudit.platforms.contract import Ask, Limit, Outcome, Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Answer, Unread, Wish

__all__ = ["YouTube"]

_SERVER: Final = "https://youtube.googleapis.com"
_KEY: Final = "YOUTUBE_API_KEY"
_BATCH: Final = 50
_ZONE: Final = "America/Los_Angeles"
_COUNTERS: Final = {
    "views": ("statistics", "viewCount"),
    "likes": ("statistics", "likeCount"),
    "comments": ("statistics", "commentCount"),
}
_OF_CHANNELS: Final = {
    "followers": ("statistics", "subscriberCount"),
    "views": ("statistics", "viewCount"),
    "posts": ("statistics", "videoCount"),
}
_SPENT: Final = frozenset({"quotaExceeded", "dailyLimitExceeded"})
_TOO_FAST: Final = frozenset({"rateLimitExceeded", "userRateLimitExceeded"})
_HIDDEN: Final = {
    "accountClosed": "closed",
    "accountSuspended": "suspended",
    "authenticatedUserAccountSuspended": "refused",
    "channelClosed": "closed",
    "channelForbidden": "private",
    "channelNotFound": "absent",
    "channelSuspended": "suspended",
    "commentsDisabled": "commentsDisabled",
    "playlistItemsNotAccessible": "private",
    "playlistNotFound": "absent",
    "videoNotFound": "absent",
}


class YouTube:
    """YouTube; an account is a channel's id (`UC…`, which it keeps) or a handle (`@…`, which it may change).

    References
    ----------
    https://developers.google.com/youtube/v3/docs, and the discovery document of revision 20261104
    """

    id = "youtube"
    offers: Mapping[str, frozenset[str]] = {
        "followers": frozenset({"followers", "views", "posts"}),
        "posts": frozenset(_COUNTERS),
    }
    keys: tuple[str, ...] = (_KEY,)
    headers = frozenset({"content-type", "date", "etag", "retry-after"})
    limits: tuple[Limit, ...] = (
        Limit("units", 10_000, 86_400, _ZONE, "https://developers.google.com/youtube/v3/determine_quota_cost, 2026"),
    )

    def begin(self, wish: Wish) -> Sequence[Ask]:
        """Give the asks that begin a cycle: channels in batches, and known videos in batches."""
        asks: list[Ask] = []
        base = (wish.server or _SERVER).rstrip("/")
        if {"followers", "posts"} & set(wish.what):
            what = "followers" if "followers" in wish.what else "posts"
            ids = [account for account in wish.accounts if not account.startswith("@")]
            asks += [self._channels(what, base, some, {"id": ",".join(some)}) for some in batches(ids, _BATCH)]
            asks += [
                self._channels(what, base, (account,), {"forHandle": account})
                for account in dict.fromkeys(wish.accounts)
                if account.startswith("@")
            ]
        if "posts" in wish.what:
            asks += [self._videos(base, (), some) for some in batches(wish.posts, _BATCH)]
        return asks

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:
        """Give the uploads of the channels that were listed, the next page of uploads, and the videos on it.

        Uploads stand in the order in which they were uploaded, and a video can be published long after: all
        videos of a page are asked for, and the list ends where a whole page was uploaded before `since`.
        """
        ask, said = answer.ask, document(answer)
        if "posts" not in wish.what or ask.posts or self.outcome(answer).verdict != "answered":
            return ()
        base = ask.url.partition("/youtube/")[0]
        if "/playlistItems" not in ask.url:
            lists = [
                (_channel_name(raw, ask), dug(raw, "contentDetails", "relatedPlaylists", "uploads"))
                for raw in Item(said).items("items")
            ]
            return [self._uploads(base, name, at, "", 1) for name, at in lists if name and isinstance(at, str) and at]
        items = Item(said).items("items")
        videos = [video for raw in items if isinstance(video := dug(raw, "contentDetails", "videoId"), str) and video]
        asks = [self._videos(base, ask.accounts, some) for some in batches(videos, _BATCH)]
        uploaded = [at for raw in items if (at := _time(dug(raw, "snippet", "publishedAt"))) is not None]
        token = dug(said, "nextPageToken")
        is_older = bool(uploaded) and max(uploaded) < wish.since
        if isinstance(token, str) and token and items and not is_older:
            playlist = dict(parse_qsl(ask.url.partition("?")[2])).get("playlistId", "")
            asks.append(self._uploads(base, ask.accounts[0], playlist, token, ask.page + 1))
        return asks

    def outcome(self, answer: Answer) -> Outcome:
        """Say what an answer amounts to; a 403 is a spent quota, a hidden thing or a refusal, by its reason."""
        usual = usual_outcome(answer)
        if answer.failure or usual.verdict == "answered":
            return usual
        errors = Item(dug(document(answer), "error")).items("errors")
        reasons = [reason for raw in errors if isinstance(reason := dug(raw, "reason"), str)]
        reason = reasons[0] if reasons else ""
        if reason in _SPENT:
            return Outcome("limited", _next_midnight(answer.answered_at), reason)
        if reason in _TOO_FAST or usual.verdict == "limited":
            return Outcome("limited", usual.retry_at, reason or usual.detail)
        if reason in _HIDDEN:
            return Outcome("absent", detail=_HIDDEN[reason])
        return Outcome(usual.verdict, usual.retry_at, reason) if reason else usual

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give what an answer says, in its order; `items` can be missing, which says that there are none."""
        if self.outcome(answer).verdict != "answered":
            return
        ask, whole = answer.ask, Item(document(answer))
        if "/playlistItems" in ask.url:
            return  # it says which videos there are; their own answers say the rest
        listed = whole.items("items")
        if ask.posts:
            yield from each(listed, lambda item: _video(item, ask))
            gone = () if whole.unread else unseen(ask.posts, listed, lambda raw: dug(raw, "id"))
            yield from (Said("deletions", {"post": post}) for post in gone)
        else:
            yield from each(listed, lambda item: _channel(item, ask))
            gone = () if whole.unread else unseen(ask.accounts, listed, lambda raw: _channel_name(raw, ask))
            yield from (Said("accounts", {"account": account, "state": "absent"}) for account in gone)
        yield from whole.unread

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        """Give the ask as it is sent: the key is a header, so that it stands in no address."""
        return replace(ask, headers={**ask.headers, "x-goog-api-key": keys[_KEY]}) if keys.get(_KEY) else ask

    def _channels(self, what: str, base: str, accounts: tuple[str, ...], query: dict[str, str]) -> Ask:
        query = {"part": "snippet,statistics,contentDetails,status", "maxResults": str(_BATCH), **query}
        return self._ask(what, base, "channels", query, accounts)

    def _uploads(self, base: str, account: str, playlist: str, token: str, page: int) -> Ask:
        query = {"part": "snippet,contentDetails", "playlistId": playlist, "maxResults": str(_BATCH)}
        query |= {"pageToken": token} if token else {}
        return self._ask("posts", base, "playlistItems", query, (account,), page=page)

    def _videos(self, base: str, accounts: tuple[str, ...], posts: tuple[str, ...]) -> Ask:
        query = {"part": "snippet,statistics,contentDetails,status", "id": ",".join(posts)}
        return self._ask("posts", base, "videos", query, accounts, posts)

    def _ask(
        self,
        what: str,
        base: str,
        method: str,
        query: dict[str, str],
        accounts: tuple[str, ...],
        posts: tuple[str, ...] = (),
        page: int = 1,
    ) -> Ask:
        return Ask(
            self.id, what, f"{base}/youtube/v3/{method}?{urlencode(query)}", accounts, posts, page=page, pool="units"
        )


def _channel_name(raw: object, ask: Ask) -> str:
    found, custom = dug(raw, "id"), dug(raw, "snippet", "customUrl")
    if not isinstance(found, str):
        return ""
    names = [name for name in (found, custom) if isinstance(name, str)]
    if len(ask.accounts) == 1 and ask.accounts[0].startswith("@"):
        return ask.accounts[0]  # it was asked for by that handle alone
    return as_written(ask.accounts, *names)


def _channel(item: Item, ask: Ask) -> Iterator[Said]:
    channel = item.need("id")
    account = _channel_name(item.raw, ask)
    name = item.said(name=("snippet", "customUrl"))
    privacy = item.text("status", "privacyStatus")
    state = privacy if privacy in {"private", "unlisted"} else "active"
    yield Said("accounts", {"account": account, "stable_id": channel, "state": state, **name})
    is_hidden = dug(item.raw, "statistics", "hiddenSubscriberCount")
    for metric, value in item.metrics(_OF_CHANNELS).items():
        if metric == "followers" and (is_hidden is True or (is_hidden is not False and not value)):
            continue  # hidden subscribers read 0
        yield Said("readings", {"account": account, "metric": metric, "value": value})


def _video(item: Item, ask: Ask) -> Iterator[Said]:
    video, channel = item.need("id"), item.need("snippet", "channelId")
    account = ask.accounts[0] if len(ask.accounts) == 1 else as_written(ask.accounts, channel)  # one: its uploads
    values: dict[str, str | int | bool] = {
        "post": video,
        "account": account,
        "is_repost": False,
        "media": "video",
        **item.said(published_at=("snippet", "publishedAt"), title=("snippet", "title")),
        **item.metrics(_COUNTERS),
    }
    yield Said("counters", values)


def _time(value: object) -> int | None:
    return as_instant(value) if isinstance(value, str) else None


def _next_midnight(instant: int) -> int:
    """Give when the next day begins in California, where the day's units come back."""
    zone = ZoneInfo(_ZONE)
    here = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=instant)
    tomorrow = here.astimezone(zone).date() + timedelta(days=1)
    return to_instant(datetime.combine(tomorrow, time(0), zone))
