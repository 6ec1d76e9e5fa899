"""AT Protocol (Bluesky): profiles, an author's posts and their counters, accounts' documents.

Counters are the AppView's: they are what that service counts. What an account wrote itself is in its
repository, on its own server; the live tail is `atproto_tail`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from plaudit.platforms.answers import (
    Item,
    as_instant,
    as_written,
    batches,
    document,
    dug,
    each,
    unseen,
    usual_outcome,
)
from plaudit.platforms.atproto_tail import AtprotoTail
from plaudit.platforms.contract import Ask, Limit, Outcome, Said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Answer, Unread, Wish

__all__ = ["Atproto"]

_APPVIEW: Final = "https://public.api.bsky.app"
_DIRECTORY: Final = "https://plc.directory"
_BATCH: Final = 25
_COUNTERS: Final = {
    "likes": ("likeCount",),
    "reposts": ("repostCount",),
    "quotes": ("quoteCount",),
    "comments": ("replyCount",),
}
_GONE: Final = {
    "AccountTakedown": "suspended",
    "RepoTakendown": "suspended",
    "RepoSuspended": "suspended",
    "AccountDeactivated": "deactivated",
    "RepoDeactivated": "deactivated",
    "RepoNotFound": "absent",
    "NotFound": "absent",
    "RecordNotFound": "absent",
    "BlockedActor": "private",
    "BlockedByActor": "private",
}
_NO_SUCH: Final = ("profile not found", "actor not found", "could not find repo", "could not locate record")


class Atproto(AtprotoTail):
    """AT Protocol; an account is a DID (which it keeps) or a handle (which it may give away).

    References
    ----------
    The lexicons app.bsky.actor.getProfiles, app.bsky.feed.getAuthorFeed and getPosts,
    com.atproto.repo.listRecords; https://web.plc.directory/spec/v0.1/did-plc
    """

    id = "atproto"
    offers: Mapping[str, frozenset[str]] = {
        "followers": frozenset({"followers"}),
        "posts": frozenset({*_COUNTERS, "photos", "videos"}),
        "records": frozenset({"photos", "videos"}),
        "identities": frozenset(),
        "tags": frozenset(),
        "frames": frozenset(),
    }
    keys: tuple[str, ...] = ()
    headers = frozenset({"atproto-repo-rev", "content-type", "ratelimit-limit", "ratelimit-reset", "retry-after"})
    limits: tuple[Limit, ...] = (
        Limit("api", 3000, 300, source="https://docs.bsky.app/docs/advanced-guides/rate-limits, read November 2026"),
        Limit("directory", 500, 300, source="https://web.plc.directory: no published figure; ours, November 2026"),
    )

    def begin(self, wish: Wish) -> Sequence[Ask]:
        """Give the asks that begin a cycle; tags have none: they are followed live."""
        asks: list[Ask] = []
        base = (wish.server or _APPVIEW).rstrip("/")
        accounts = tuple(account.removeprefix("@") for account in wish.accounts)
        if "followers" in wish.what:
            method = "app.bsky.actor.getProfiles"
            asks += [
                self._ask("followers", base, method, {"actors": tuple(map(_actor, some))}, some)
                for some in batches(accounts, _BATCH)
            ]
        if "posts" in wish.what:
            asks += [self._feed(base, account, "", 1) for account in accounts]
            method = "app.bsky.feed.getPosts"
            asks += [
                self._ask("posts", base, method, {"uris": some}, accounts, posts=some)
                for some in batches(wish.posts, _BATCH)
            ]
        if "records" in wish.what:
            asks += [self._records(base, account, "", 1) for account in accounts]
        if "identities" in wish.what:
            asks += [
                Ask(self.id, "identities", address, (account,), pool="directory")
                for account in accounts
                if (address := _address(account, wish.server))
            ]
        return asks

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:
        """Give the next page, unless all that this one lists is older than what is wished for."""
        said = document(answer) if self.outcome(answer).verdict == "answered" else None
        cursor, ask = dug(said, "cursor"), answer.ask
        lists = {"posts": "feed", "records": "records"}.get(ask.what)
        if not lists or ask.posts or not isinstance(cursor, str) or not cursor:
            return ()
        times = [time for raw in Item(said).items(lists) if (time := _listed_at(raw)) is not None]
        if not Item(said).items(lists) or (times and max(times) < wish.since):
            return ()
        base = ask.url.partition("/xrpc/")[0]
        again = self._feed if ask.what == "posts" else self._records
        return (again(base, ask.accounts[0], cursor, ask.page + 1),)

    def outcome(self, answer: Answer) -> Outcome:
        """Say what an answer amounts to; errors are told by their code, whatever the status."""
        if answer.ask.what in {"tail", "frames"}:
            word = answer.failure or self.gap(answer)
            return Outcome("failed", detail=word) if word else Outcome("answered")
        usual = usual_outcome(answer, "ratelimit-reset")
        if answer.failure or usual.verdict in {"answered", "limited"}:
            return usual
        said = document(answer)
        code, message = dug(said, "error"), dug(said, "message")
        if isinstance(code, str) and code in _GONE:
            return Outcome("absent", detail=_GONE[code])
        if isinstance(message, str) and message.lower().startswith(_NO_SUCH):
            return Outcome("absent", detail="absent")
        if answer.ask.what == "identities" and answer.status == 410:
            return Outcome("absent", detail="deleted")
        return Outcome(usual.verdict, usual.retry_at, code) if isinstance(code, str) and code else usual

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give what an answer says, in its order."""
        if answer.ask.what in {"tail", "frames"}:
            yield from self.tail_rows(answer)
            return
        if self.outcome(answer).verdict != "answered":
            return
        ask, whole = answer.ask, Item(document(answer))
        if ask.what == "followers":
            yield from each(whole.items("profiles"), lambda item: _profile(item, ask))
            yield from _not_seen(ask, whole)
        elif ask.what == "posts":
            listed = whole.items("posts") if ask.posts else whole.items("feed")
            yield from each(listed, lambda item: _post(item, ask))
            if ask.posts and whole.has("posts") and not whole.unread:
                yield from map(_withdrawn, unseen(ask.posts, listed, lambda raw: dug(raw, "uri")))
        elif ask.what == "records":
            yield from each(whole.items("records"), lambda item: _record(item, ask))
        elif ask.what == "identities":
            yield from each([whole.raw], lambda item: _identity(item, ask))
        yield from whole.unread

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:  # noqa: ARG002
        """Give the ask as it is: what is read here is public."""
        return ask

    def _ask(
        self,
        what: str,
        base: str,
        method: str,
        query: dict[str, object],
        accounts: tuple[str, ...],
        page: int = 1,
        posts: tuple[str, ...] = (),
    ) -> Ask:
        url = f"{base}/xrpc/{method}?{urlencode(query, doseq=True)}"
        return Ask(self.id, what, url, accounts, posts, page=page, pool="api")

    def _feed(self, base: str, account: str, cursor: str, page: int) -> Ask:
        query: dict[str, object] = {"actor": _actor(account), "filter": "posts_with_replies", "limit": 100}
        query |= {"cursor": cursor} if cursor else {}
        return self._ask("posts", base, "app.bsky.feed.getAuthorFeed", query, (account,), page)

    def _records(self, base: str, account: str, cursor: str, page: int) -> Ask:
        query: dict[str, object] = {"repo": _actor(account), "collection": "app.bsky.feed.post", "limit": 100}
        query |= {"cursor": cursor} if cursor else {}
        return self._ask("records", base, "com.atproto.repo.listRecords", query, (account,), page)


def _actor(account: str) -> str:
    return account if account.startswith("did:") else account.lower()


def _address(account: str, server: str) -> str:
    if account.startswith("did:web:"):
        return f"https://{account.removeprefix('did:web:')}/.well-known/did.json"
    return f"{(server or _DIRECTORY).rstrip('/')}/{account}" if account.startswith("did:plc:") else ""


def _profile(item: Item, ask: Ask) -> Iterator[Said]:
    did = item.need("did")
    account = as_written(ask.accounts, did, item.text("handle"))
    yield Said("accounts", {"account": account, "stable_id": did, "state": "active", **item.said(name=("handle",))})
    followers = item.count("followersCount")
    if followers is not None:
        yield Said("readings", {"account": account, "metric": "followers", "value": followers})


def _not_seen(ask: Ask, whole: Item) -> Iterator[Said]:
    """Give the accounts that a batch leaves out: it says nothing of those that are gone, hidden or never were."""
    if not whole.has("profiles") or whole.unread:
        return
    for account in unseen(ask.accounts, whole.items("profiles"), lambda raw: _profile_name(raw, ask)):
        yield Said("accounts", {"account": account, "state": "absent"})


def _profile_name(raw: object, ask: Ask) -> str:
    did, handle = dug(raw, "did"), dug(raw, "handle")
    return as_written(ask.accounts, did, handle) if isinstance(did, str) and isinstance(handle, str) else ""


def _withdrawn(post: str) -> Said:
    return Said("deletions", {"post": post, "account": post.removeprefix("at://").partition("/")[0]})


def _post(item: Item, ask: Ask) -> Iterator[Said]:
    """Read a post of a feed, or of a list of posts; what an account reposts is another's and gives no row."""
    if dug(item.raw, "reason", "$type") == "app.bsky.feed.defs#reasonRepost":
        return
    view = Item(dug(item.raw, "post") if item.has("post") else item.raw)
    view.unread = item.unread
    did = view.need("author", "did")
    account = as_written(ask.accounts, did, view.text("author", "handle"))
    if item.has("post") and account not in ask.accounts:
        return  # a repost that does not say so
    values: dict[str, str | int | bool] = {
        "post": view.need("uri"),
        "account": account,
        "is_repost": False,
        **view.said(published_at=("record", "createdAt"), title=("record", "text")),
        **_media(view, "record"),
        **view.metrics(_COUNTERS),
    }
    yield Said("counters", values)


def _record(item: Item, ask: Ask) -> Iterator[Said]:
    uri = item.need("uri")
    did = uri.removeprefix("at://").partition("/")[0]
    values: dict[str, str | int | bool] = {
        "post": uri,
        "account": as_written(ask.accounts, did) if len(ask.accounts) != 1 else ask.accounts[0],
        "is_repost": False,
        **item.said(published_at=("value", "createdAt"), title=("value", "text")),
        **_media(item, "value"),
    }
    yield Said("counters", values)


def _media(item: Item, at: str) -> dict[str, str | int | bool]:
    """Give the kind of media of a record, and how many; a link and a quoted post are text."""
    if not isinstance(dug(item.raw, at), dict):
        return {}
    inner = (at, "embed", "media") if item.has(at, "embed", "media") else (at, "embed")
    kind = item.text(*inner, "$type") or ""
    photos = len(item.items(*inner, "images")) if kind == "app.bsky.embed.images" else 0
    videos = int(kind == "app.bsky.embed.video")
    media = "photo" if photos else "video" if videos else "text"
    return {"media": media, "photos": photos, "videos": videos}


def _identity(item: Item, ask: Ask) -> Iterator[Said]:
    did = item.need("id")
    values: dict[str, str | int | bool] = {
        "account": as_written(ask.accounts, did),
        "stable_id": did,
        "state": "active",
    }
    names = [name for name in item.items("alsoKnownAs") if isinstance(name, str)]
    if names:
        values["name"] = names[0].removeprefix("at://")
    for service in item.items("service"):
        at, kind = dug(service, "serviceEndpoint"), dug(service, "type")
        if kind == "AtprotoPersonalDataServer" and isinstance(at, str):
            values["server"] = at
    yield Said("accounts", values)


def _listed_at(raw: object) -> int | None:
    """Give the time by which an item stands in its list; nothing for one that is pinned on top."""
    if dug(raw, "reason", "$type") == "app.bsky.feed.defs#reasonPin":
        return None
    claim = dug(raw, "post", "record", "createdAt") or dug(raw, "value", "createdAt")
    told = [time for time in (dug(raw, "reason", "indexedAt"), dug(raw, "post", "indexedAt"), claim) if time]
    return as_instant(told[0]) if told and isinstance(told[0], str) else None
