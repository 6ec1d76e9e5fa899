"""Mastodon: accounts and statuses, each asked at the author's home server; tag timelines and tag streams."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlencode, urlsplit

import msgspec
from msgspec.structs import replace

from plaudit.platforms.answers import Item, as_instant, batches, document, dug, each, unseen, usual_outcome
from plaudit.platforms.contract import Ask, Limit, Outcome, Said, Unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from plaudit.platforms.contract import Answer, Wish

__all__ = ["Mastodon"]

_SERVER: Final = "https://mastodon.social"
_KEY: Final = "MASTODON_ACCESS_TOKEN"
_PAGE: Final = 40
_BATCH: Final = 20
_COUNTERS: Final = {"likes": ("favourites_count",), "reposts": ("reblogs_count",), "comments": ("replies_count",)}
_OF_ACCOUNTS: Final = {"followers": ("followers_count",), "posts": ("statuses_count",)}
_KINDS: Final = {"image": "photo", "gifv": "video", "video": "video"}
_NEXT: Final = re.compile(r'<([^<>"\s]+)>;\s*rel="next"')


class Mastodon:
    """Mastodon; an account is `user@its.server`, and every count is what the asked server is aware of.

    At the author's home server that is nearly all; anywhere else a status says of itself `is_partial`.

    References
    ----------
    https://docs.joinmastodon.org/methods/accounts, statuses, timelines, streaming; /api/rate-limits
    """

    id = "mastodon"
    offers: Mapping[str, frozenset[str]] = {
        "followers": frozenset(_OF_ACCOUNTS),
        "posts": frozenset({*_COUNTERS, "photos", "videos"}),
        "tags": frozenset(),
    }
    keys: tuple[str, ...] = (_KEY,)
    headers = frozenset(
        {"content-type", "link", "retry-after", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}
    )
    limits: tuple[Limit, ...] = (
        Limit("server", 300, 300, source="https://docs.joinmastodon.org/api/rate-limits, read November 2026"),
    )

    def begin(self, wish: Wish) -> Sequence[Ask]:
        """Give the asks that begin a cycle, each at the account's home server."""
        asks = []
        if {"followers", "posts"} & set(wish.what):
            what = "followers" if "followers" in wish.what else "posts"
            for account in dict.fromkeys(wish.accounts):
                user, home = _home(account, wish.server)
                asks.append(self._ask(what, home, "accounts/lookup", {"acct": user}, (account,)))
        if "posts" in wish.what:
            for server, posts in _by_server(wish.posts).items():
                for some in batches(posts, _BATCH):
                    query = {"id[]": [post.rpartition("/")[2] for post in some]}
                    asks.append(self._ask("posts", server, "statuses", query, wish.accounts, some))
        if "tags" in wish.what:
            base = _base(wish.server or _SERVER)
            asks += [self._tag(base, tag, 1) for tag in dict.fromkeys(wish.tags)]
        return asks

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:
        """Give the statuses of the account that was looked up, or the next page of a list."""
        ask, said = answer.ask, document(answer)
        if not {"posts", "tags"} & set(wish.what) or ask.posts or self.outcome(answer).verdict != "answered":
            return ()
        base = ask.url.partition("/api/v1/")[0]
        if "/accounts/lookup" in ask.url:
            number = dug(said, "id")
            query = {"limit": _PAGE, "exclude_reblogs": "true"}
            is_number = isinstance(number, str) and number.isascii() and number.isdigit()
            is_wanted = is_number and "posts" in wish.what
            return (self._ask("posts", base, f"accounts/{number}/statuses", query, ask.accounts),) if is_wanted else ()
        times = [at for raw in _listed(said) if (at := _written_at(raw)) is not None]
        further = _NEXT.search(answer.headers.get("link", ""))
        is_older = bool(times) and max(times) < wish.since
        if not further or is_older or not _listed(said):
            return ()
        there, here = urlsplit(further[1]), urlsplit(ask.url)
        if there.path != here.path or not there.query:  # a page is not sent elsewhere
            return ()
        return (replace(ask, url=here._replace(query=there.query).geturl(), page=ask.page + 1),)

    def outcome(self, answer: Answer) -> Outcome:
        """Say what an answer amounts to; a suspended account is answered with 410, or says so itself."""
        usual = usual_outcome(answer, "x-ratelimit-reset")
        if usual.verdict == "absent" and answer.status == 410:
            return Outcome("absent", detail="suspended")
        if usual.verdict == "absent":
            return Outcome("absent", detail="absent")
        return usual

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give what an answer says, in its order."""
        ask = answer.ask
        if ask.what == "tail":
            yield from _tail_rows(answer)
            return
        if self.outcome(answer).verdict != "answered":
            return
        said = document(answer)
        if "/accounts/lookup" in ask.url:
            yield from each([said], lambda item: _account(item, ask))
            return
        if not isinstance(said, list):
            yield Unread("not a list", f"{ask.what} of {' '.join(ask.accounts) or ask.url}")
            return
        if ask.what == "tags":
            yield from each(said, lambda item: _tagged(item, ask))
            return
        yield from each(said, lambda item: _status(item, ask))
        if ask.posts:
            numbers = {post.rpartition("/")[2]: post for post in ask.posts}
            gone = unseen(tuple(numbers), said, lambda raw: dug(raw, "id"))
            yield from (Said("deletions", {"post": numbers[number]}) for number in gone)

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        """Give the ask as it is sent: a token is one server's, so it goes to that server alone.

        The secret reads `server.name TOKEN`, several by commas.
        """
        host = urlsplit(ask.url).hostname or ""
        tokens = dict(pair.split() for pair in keys.get(_KEY, "").split(",") if len(pair.split()) == 2)
        return (
            replace(ask, headers={**ask.headers, "authorization": f"Bearer {tokens[host]}"}) if host in tokens else ask
        )

    def tail(self, wish: Wish, cursor: str) -> Ask:  # noqa: ARG002
        """Give the stream of one tag; it has no cursor, so whatever was said while nobody listened is missed."""
        base = _base(wish.server or _SERVER).replace("http", "ws", 1)
        query = urlencode({"stream": "hashtag", "tag": wish.tags[0] if wish.tags else ""})
        return Ask(self.id, "tail", f"{base}/api/v1/streaming?{query}", wish.accounts, pool="server")

    def cursor(self, answer: Answer) -> str:  # noqa: ARG002
        """Give nothing: a stream of Mastodon begins now, always."""
        return ""

    def gap(self, answer: Answer) -> str:
        """Give the server's word where it refuses the stream."""
        word = dug(document(answer), "error")
        return word if isinstance(word, str) else ""

    def _tag(self, base: str, tag: str, page: int) -> Ask:
        address = f"{base}/api/v1/timelines/tag/{quote(tag, safe='')}?limit={_PAGE}"
        return Ask(self.id, "tags", address, page=page, pool="server")

    def _ask(
        self,
        what: str,
        base: str,
        method: str,
        query: Mapping[str, object],
        accounts: tuple[str, ...],
        posts: tuple[str, ...] = (),
    ) -> Ask:
        url = f"{base}/api/v1/{method}?{urlencode(query, doseq=True)}"
        return Ask(self.id, what, url, accounts, posts, pool="server")


def _base(server: str) -> str:
    return (server if "://" in server else f"https://{server}").rstrip("/")


def _home(account: str, server: str) -> tuple[str, str]:
    user, _, home = account.removeprefix("@").partition("@")
    return (user if home else account), _base(server or home or _SERVER)


def _by_server(posts: Sequence[str]) -> dict[str, list[str]]:
    """Give statuses by the server of their address, which is what a post is called here."""
    found: dict[str, list[str]] = {}
    for post in posts:
        parts = urlsplit(post)
        if parts.scheme and parts.netloc:
            found.setdefault(f"{parts.scheme}://{parts.netloc}", []).append(post)
    return found


def _asked(ask: Ask) -> str:
    """Give the server that an ask goes to, as posts name it."""
    parts = urlsplit(ask.url)
    return f"{parts.scheme.replace('ws', 'http', 1)}://{parts.netloc}"


def _listed(said: object) -> list[object]:
    return said if isinstance(said, list) else []


def _written_at(raw: object) -> int | None:
    """Give when a status was written; nothing for one that is pinned, which may stand out of its place."""
    at = dug(raw, "created_at")
    return as_instant(at) if isinstance(at, str) and dug(raw, "pinned") is not True else None


def _account(item: Item, ask: Ask) -> Iterator[Said]:
    account, moved = ask.accounts[0], item.text("moved", "acct")
    is_suspended = dug(item.raw, "suspended") is True
    state = "suspended" if is_suspended else "moved" if moved else "active"
    where = {"moved_to": moved} if moved else {}
    names = item.said(stable_id=("uri",) if item.has("uri") else ("id",), name=("acct",))
    yield Said("accounts", {"account": account, "state": state, **names, **where})
    for metric, value in ({} if is_suspended else item.metrics(_OF_ACCOUNTS)).items():
        yield Said("readings", {"account": account, "metric": metric, "value": value})


def _status(item: Item, ask: Ask) -> Iterator[Said]:
    """Read a status; what an account boosts is another's and gives no row."""
    if isinstance(dug(item.raw, "reblog"), dict):
        return
    media = [kind for raw in item.items("media_attachments") if isinstance(kind := dug(raw, "type"), str)]
    kinds = [_KINDS[kind] for kind in media if kind in _KINDS]
    author = item.need("account", "acct")
    values: dict[str, str | int | bool] = {
        "post": _name(item),
        "account": ask.accounts[0] if len(ask.accounts) == 1 else _owner(author, ask),
        "is_repost": False,
        "is_partial": "@" in author,
        **item.said(published_at=("created_at",)),
        **item.metrics(_COUNTERS),
    }
    if item.has("media_attachments"):
        values |= {
            "media": kinds[0] if kinds else "text",
            "photos": kinds.count("photo"),
            "videos": kinds.count("video"),
        }
    yield Said("counters", values)


def _name(item: Item) -> str:
    """Give a status's name: its address at the home server, with its number there."""
    uri, number = item.text("uri"), item.need("id")
    parts = urlsplit(uri or "")
    local = "@" not in item.need("account", "acct")
    if local and parts.netloc:
        return f"{parts.scheme}://{parts.netloc}/{number}"
    return uri or number


def _owner(author: str, ask: Ask) -> str:
    full = author if "@" in author else f"{author}@{urlsplit(ask.url).netloc}"
    by_name = {account.removeprefix("@").casefold(): account for account in ask.accounts}
    return by_name.get(full.casefold(), full)


def _tagged(item: Item, ask: Ask) -> Iterator[Said]:
    """Read a public status with its tags; a stream's deletions name a remote one by its number here (`seen_as`)."""
    tags = [name for raw in item.items("tags") if isinstance(name := dug(raw, "name"), str) and name]
    mentions = [name for raw in item.items("mentions") if isinstance(name := dug(raw, "acct"), str) and name]
    author = item.text("account", "uri") or item.need("account", "url")
    here = f"{_asked(ask)}/{item.need('id')}"
    values: dict[str, str | int | bool] = {"post": _name(item), "author": author, "gesture": "post"}
    values |= {"seen_as": here} if here != values["post"] else {}
    values |= {"is_edit": item.text("edited_at") is not None, **item.said(published_at=("created_at",))}
    if quoted := item.text("quote", "quoted_status", "uri"):
        values |= {"gesture": "quote", "of": quoted}
    values |= {"tags": " ".join(tags)} if tags else {}
    values |= {"mentions": " ".join(mentions)} if mentions else {}
    yield Said("tagged", values)


def _tail_rows(answer: Answer) -> Iterator[Said | Unread]:
    """Read an event of a stream: its payload is a text that holds JSON, or a status's number."""
    said = document(answer)
    kind, payload = dug(said, "event"), dug(said, "payload")
    if not isinstance(payload, str):
        return
    if kind in {"update", "status.update"}:
        try:
            status = msgspec.json.decode(payload)
        except (msgspec.DecodeError, RecursionError):
            yield Unread("not JSON", f"payload of {kind}")
            return
        yield from each([status], lambda item: _tagged(item, answer.ask))
    elif kind == "delete":
        yield Said("deletions", {"post": f"{_asked(answer.ask)}/{payload}"})
