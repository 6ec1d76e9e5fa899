"""X API v2: public metrics of accounts and posts, and how many posts a day bear a tag. Every read is paid for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from msgspec.structs import replace

from plaudit.base.weeks import instant_text
from plaudit.platforms.answers import Item, as_instant, as_written, batches, document, dug, each, usual_outcome
from plaudit.platforms.contract import Ask, Limit, Outcome, Said, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Answer, Wish

__all__ = ["X"]

_SERVER: Final = "https://api.x.com"
_KEY: Final = "X_BEARER_TOKEN"
_BATCH: Final = 100
_MONTH: Final = 31 * 86_400
_FIELDS: Final = {
    "post.fields": "public_metrics,created_at,author_id,attachments,referenced_posts,text",
    "expansions": "attachments.media_keys",
    "media.fields": "type",
}
_COUNTERS: Final = {
    "likes": ("public_metrics", "like_count"),
    "quotes": ("public_metrics", "quote_count"),
    "comments": ("public_metrics", "reply_count"),
    "views": ("public_metrics", "impression_count"),
}
_REPOSTS: Final = (("public_metrics", "repost_count"), ("public_metrics", "retweet_count"))
"""Its name of 2026, and the one before."""
_KINDS: Final = {"photo": "photo", "video": "video", "animated_gif": "video"}


class X:
    """X; an account is its number, which it keeps, or its name, which it may change.

    References
    ----------
    https://docs.x.com/x-api, and the models that its own package `xdk` generates from its OpenAPI document
    """

    id = "x"
    offers: Mapping[str, frozenset[str]] = {
        "followers": frozenset({"followers", "posts"}),
        "posts": frozenset({*_COUNTERS, "reposts", "photos", "videos"}),
        "counts": frozenset({"mentions"}),
    }
    keys: tuple[str, ...] = (_KEY,)
    headers = frozenset(
        {"content-type", "retry-after", "x-rate-limit-limit", "x-rate-limit-remaining", "x-rate-limit-reset"}
    )
    limits: tuple[Limit, ...] = (
        Limit("posts", 2_000_000, _MONTH, source="pay per use: two million post reads a month, November 2026"),
        Limit("requests", 300, 900, source="https://docs.x.com/x-api/fundamentals/rate-limits, November 2026"),
    )

    def begin(self, wish: Wish) -> Sequence[Ask]:
        """Give the asks that begin a cycle; posts are reckoned at a full page, since that is the most it can cost."""
        asks: list[Ask] = []
        base = f"{(wish.server or _SERVER).rstrip('/')}/2"
        if {"followers", "posts"} & set(wish.what):
            what = "followers" if "followers" in wish.what else "posts"
            names = [account.removeprefix("@") for account in wish.accounts]
            for is_number, address, key in ((True, "users", "ids"), (False, "users/by", "usernames")):
                for some in batches([name for name in names if name.isdigit() == is_number], _BATCH):
                    query = {key: ",".join(some), "user.fields": "public_metrics,protected"}
                    asks.append(Ask(self.id, what, f"{base}/{address}?{urlencode(query)}", some, pool="requests"))
        if "posts" in wish.what:
            for some in batches(wish.posts, _BATCH):
                url = f"{base}/tweets?{urlencode({'ids': ','.join(some), **_FIELDS})}"
                asks.append(Ask(self.id, "posts", url, wish.accounts, some, pool="posts", units=len(some)))
        if "counts" in wish.what:
            asks += [self._count(base, tag) for tag in dict.fromkeys(wish.tags)]
        return asks

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:
        """Give the posts of each account that was listed, or the next page of them."""
        ask, said = answer.ask, document(answer)
        if "posts" not in wish.what or ask.what == "counts" or ask.posts:
            return ()
        if self.outcome(answer).verdict != "answered":
            return ()
        base = f"{ask.url.partition('/2/')[0]}/2"
        if ask.pool == "requests":
            users = [(dug(raw, "id"), dug(raw, "username")) for raw in Item(said).items("data")]
            return [
                self._timeline(base, number, as_written(ask.accounts, number, str(name)), wish.since, "", 1)
                for number, name in users
                if isinstance(number, str) and number.isdigit()
            ]
        token, number = dug(said, "meta", "next_token"), ask.url.partition("/users/")[2].partition("/")[0]
        if not isinstance(token, str) or not token or not Item(said).items("data"):
            return ()
        return (self._timeline(base, number, ask.accounts[0], wish.since, token, ask.page + 1),)

    def outcome(self, answer: Answer) -> Outcome:
        """Say what an answer amounts to; a cap that is reached is a limit without an end that X would tell."""
        usual = usual_outcome(answer, "x-rate-limit-reset")
        said = document(answer)
        kind = dug(said, "type")
        word = kind.rpartition("/")[2] if isinstance(kind, str) else ""
        if not answer.failure and word in {"usage-capped", "credits"}:
            return Outcome("limited", usual.retry_at, word)
        errors, data = Item(said).items("errors"), dug(said, "data")
        if usual.verdict == "answered" and errors and data is None and len(answer.ask.accounts) == 1:
            return Outcome("absent", detail=_why(errors[0]))
        return Outcome(usual.verdict, usual.retry_at, word) if word and usual.verdict != "answered" else usual

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give what an answer says, in its order; what it lists as errors is why something is not there."""
        if self.outcome(answer).verdict != "answered":
            return
        ask, whole = answer.ask, Item(document(answer))
        if ask.what == "counts":
            yield from each(whole.items("data"), lambda item: _counted(item, ask))
        elif ask.pool == "requests":
            yield from each(whole.items("data"), lambda item: _user(item, ask))
            yield from _missing(whole, ask)
        else:
            media = list(each(whole.items("includes", "media"), _medium))
            yield from (one for one in media if isinstance(one, Unread))
            kinds = {one.values["key"]: str(one.values["kind"]) for one in media if isinstance(one, Said)}
            yield from each(whole.items("data"), lambda item: _post(item, ask, kinds))
            yield from _missing(whole, ask)
        yield from whole.unread

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        """Give the ask as it is sent."""
        return replace(ask, headers={**ask.headers, "authorization": f"Bearer {keys[_KEY]}"}) if keys.get(_KEY) else ask

    def _count(self, base: str, tag: str) -> Ask:
        query = urlencode({"query": f"#{tag}", "granularity": "day"})
        return Ask(self.id, "counts", f"{base}/tweets/counts/recent?{query}", (f"#{tag}",), pool="requests")

    def _timeline(self, base: str, number: str, account: str, since: int, token: str, page: int) -> Ask:
        query = {"max_results": str(_BATCH), "start_time": instant_text(since // 1_000_000 * 1_000_000), **_FIELDS}
        query |= {"pagination_token": token} if token else {}
        url = f"{base}/users/{number}/tweets?{urlencode(query)}"
        return Ask(self.id, "posts", url, (account,), page=page, pool="posts", units=_BATCH)


def _user(item: Item, ask: Ask) -> Iterator[Said]:
    number = item.need("id")
    account = as_written(ask.accounts, number, item.text("username"))
    state = "private" if dug(item.raw, "protected") is True else "active"
    yield Said("accounts", {"account": account, "stable_id": number, "state": state, **item.said(name=("username",))})
    paths = {"followers": ("public_metrics", "followers_count")}
    posts = item.count("public_metrics", "post_count")
    counts = item.metrics(paths) | ({} if posts is None else {"posts": posts})
    for metric, value in counts.items():
        yield Said("readings", {"account": account, "metric": metric, "value": value})


def _post(item: Item, ask: Ask, kinds: Mapping[str | int | bool, str]) -> Iterator[Said]:
    gestures = [dug(raw, "type") for raw in item.items("referenced_posts") + item.items("referenced_tweets")]
    keys = item.items("attachments", "media_keys")
    found = [_KINDS[kinds[key]] for key in keys if isinstance(key, str) and kinds.get(key) in _KINDS]
    account = (
        ask.accounts[0]
        if len(ask.accounts) == 1 and not ask.posts
        else as_written(ask.accounts, item.text("author_id"))
    )
    is_repost = "retweeted" in gestures
    values: dict[str, str | int | bool] = {"post": item.need("id"), "account": account, "is_repost": is_repost}
    values |= item.said(published_at=("created_at",), title=("text",))
    if not keys or len(found) == len(keys):  # a medium that is not described may be either
        values |= {
            "media": found[0] if found else "text",
            "photos": found.count("photo"),
            "videos": found.count("video"),
        }
    reposts = [count for path in _REPOSTS if (count := item.count(*path)) is not None]
    values |= item.metrics(_COUNTERS) | ({"reposts": reposts[0]} if reposts else {})
    yield Said("counters", values)


def _counted(item: Item, ask: Ask) -> Iterator[Said | Unread]:
    """Read one day's count; the first and the last day of an answer are cut, and such a day is not one."""
    begin, end = item.need("start"), item.need("end")
    first, last = as_instant(begin), as_instant(end)
    posts = item.count("post_count") if item.has("post_count") else item.count("tweet_count")
    if first is None or last is None:
        yield Unread("not a day", f"{begin} to {end}")
    elif posts is not None and last - first == 86_400_000_000:
        yield Said("readings", {"account": ask.accounts[0], "metric": "mentions", "value": posts, "day": begin[:10]})


def _missing(whole: Item, ask: Ask) -> Iterator[Said]:
    """Give what an answer says is not there, and why."""
    for raw in whole.items("errors"):
        value = dug(raw, "value") or dug(raw, "resource_id")
        why = _why(raw)
        if not isinstance(value, str):
            continue
        if value in ask.posts and why == "absent":
            yield Said("deletions", {"post": value})
        elif value in ask.accounts:
            yield Said("accounts", {"account": value, "state": why})


def _why(raw: object) -> str:
    detail, kind = str(dug(raw, "detail")).lower(), str(dug(raw, "type"))
    if "suspended" in detail:
        return "suspended"
    if kind.endswith("not-authorized-for-resource"):
        return "private"
    return "absent" if kind.endswith("resource-not-found") and detail.startswith("could not find") else "not shown"


def _medium(item: Item) -> Iterator[Said]:
    """Give a medium's key and kind; this row never leaves the module."""
    yield Said("counters", {"key": item.need("media_key"), "kind": item.need("type")})
