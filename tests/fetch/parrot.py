"""Parrot, a made-up platform, and a server that speaks for it: the smallest that the contract allows."""

from __future__ import annotations

import json
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, urlsplit

from msgspec.structs import replace

from plaudit.platforms.contract import Answer, Ask, Limit, Outcome, Said, Unread, Wish

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from types import TracebackType

SECRET: Final = "parrot-secret-0123456789"


class Parrot:
    """Followers of one account an ask, and posts in pages of two."""

    id = "parrot"
    offers: Mapping[str, frozenset[str]] = {
        "followers": frozenset({"followers"}),
        "posts": frozenset({"likes", "views"}),
    }
    keys: tuple[str, ...] = ("token",)
    headers = frozenset({"retry-after", "x-echo"})

    def __init__(self, *limits: Limit) -> None:
        self.limits: tuple[Limit, ...] = limits or (Limit("asks", 100_000, 3_600),)

    def begin(self, wish: Wish) -> Sequence[Ask]:
        return [
            Ask("parrot", what, f"{wish.server}/{what}?account={account}", (account,), pool="asks")
            for what in wish.what
            for account in wish.accounts
        ]

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:
        said = json.loads(answer.body)
        if not said.get("next"):
            return ()
        return [replace(answer.ask, url=f"{wish.server}{said['next']}", page=answer.ask.page + 1)]

    def outcome(self, answer: Answer) -> Outcome:
        if answer.failure:
            return Outcome("refused" if answer.failure in {"redirect", "too large"} else "failed", 0, answer.failure)
        if answer.status == 429:
            after = answer.headers.get("retry-after")
            return Outcome("limited", answer.answered_at + int(after) * 1_000_000 if after else 0)
        if answer.status >= 500:
            return Outcome("failed")
        if answer.status == 404:
            return Outcome("absent", 0, "no such parrot")
        return Outcome("answered") if answer.status == 200 else Outcome("refused")

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        if self.outcome(answer).verdict != "answered":
            return
        said = json.loads(answer.body)
        (account,) = answer.ask.accounts
        if "followers" in said:
            yield Said("readings", {"account": account, "metric": "followers", "value": said["followers"]})
        for post in said.get("posts", ()):
            if "id" not in post:
                yield Unread("no id", json.dumps(post))
            elif post.get("gone"):
                yield Said("deletions", {"post": post["id"], "account": account})
            else:
                named = {key: post[key] for key in ("likes", "views", "title", "media") if key in post}
                values = {"post": post["id"], "account": account, "published_at": post["at"], **named}
                yield Said("counters", values)

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        return replace(ask, url=f"{ask.url}&token={keys['token']}") if "token" in keys else ask


class ParrotServer:
    """A server on this machine; `answers` may replace what it says, by path and query."""

    def __init__(self, say: Callable[[str, dict[str, str], int], tuple[int, Any]] | None = None) -> None:
        self.asked: list[str] = []
        self._lock = Lock()
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                query = {key: values[0] for key, values in parse_qs(parts.query).items()}
                with server._lock:
                    server.asked.append(f"{parts.path}?{parts.query}")
                    times = server.asked.count(server.asked[-1])
                status, said = (say or spoken)(parts.path, query, times)
                if callable(said):
                    said(self)
                    return
                body = json.dumps(said).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                if status == 429 and "after" in said:
                    self.send_header("retry-after", str(said["after"]))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> ParrotServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def spoken(path: str, query: dict[str, str], _times: int) -> tuple[int, Any]:
    """Give what the parrot says: more every time the clock goes on, so that something is gained."""
    account, gained = query["account"], int(time.time())
    if path == "/followers":
        return 200, {"followers": len(account) * 1000 + gained % 1000}
    page = int(query.get("page", "1"))
    posts = [
        {"id": f"{account}-{page}{number}", "at": "2018-05-01T00:00:00Z", "likes": 10 * page + number, "views": gained}
        for number in range(2)
    ]
    if page == 3:
        return 200, {"posts": [{"likes": 3}, {"id": f"{account}-gone", "gone": True}]}
    return 200, {"posts": posts, "next": f"/posts?account={account}&page={page + 1}"}
