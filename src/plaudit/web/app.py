"""The server's application: ballots by their own endpoint, all else by Litestar, the same headers on both.

POST /v1/2018/ballots        web/ballots.py, mostly straight from web/connection.py
everything else              Litestar
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Final

from litestar import Litestar
from litestar.datastructures import State

from plaudit.web import ballot_document, edition, log, pages, standings
from plaudit.web.ballots import BALLOT_MOST, BallotEndpoint
from plaudit.web.bodies import BodyRefused, again, whole_body
from plaudit.web.docs import openapi
from plaudit.web.edition import edition_path
from plaudit.web.lane import Lane
from plaudit.web.limits import Limits
from plaudit.web.problems import handlers, plain, unexpected
from plaudit.web.proxies import Proxies
from plaudit.web.shares import Shares
from plaudit.web.sign_in.routes import routes as sign_in_routes
from plaudit.web.sign_in.routes import season_mailer
from plaudit.web.signed_in import headers_of
from plaudit.web.standings import Feed
from plaudit.web.targets import is_host, is_plain
from plaudit.web.views import frame_of

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable, Collection

    from plaudit.vote.live import LiveVote
    from plaudit.web.lane import Plain
    from plaudit.web.problems import Answer
    from plaudit.web.sessions import Sessions

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Header = tuple[bytes, bytes]

__all__ = ["BODY_MOST", "BODY_SECONDS", "CONNECTIONS_MOST", "App"]

BODY_MOST: Final = 65_536
"""The most bytes of another request."""
BODY_SECONDS: Final = 10.0
"""How long a request's body may take to arrive."""
CONNECTIONS_MOST: Final = 16_384
"""How many connections may be open, where the system lets the process have so many."""
_NOWHERE: Final = "/no-path-is-spelled-so"
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_SECURITY: Final = {
    b"content-security-policy": _POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",  # with no-referrer, browsers send our own forms with Origin: null
    b"permissions-policy": b"camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"x-frame-options": b"DENY",
    b"cache-control": b"no-store",  # what the vote is and how it stands changes; files say so themselves
}


class App:
    """One vote over HTTP, as an ASGI application.

    Parameters
    ----------
    public_url : scheme, host and port that voters see, without a slash at the end
    trusted_proxies : addresses and networks whose X-Forwarded-For is believed
    connections : how many may be open at once

    Attributes
    ----------
    headers : every answer has them
    lane : which requests may go the short way
    proxies : who asks through whom
    connections : who holds how many of those that the server can have open

    Raises
    ------
    AskError : a trusted proxy is no address.
    """

    def __init__(
        self,
        vote: LiveVote,
        sessions: Sessions,
        *,
        public_url: str,
        trusted_proxies: Collection[str] = (),
        connections: int = CONNECTIONS_MOST,
    ) -> None:
        live = vote.season.live
        assert live is not None
        self.feed = Feed(vote)
        self.proxies = Proxies(trusted_proxies)
        self.connections = Shares(connections)
        headers = dict(_SECURITY)
        if public_url.startswith("https:"):
            headers[b"strict-transport-security"] = b"max-age=31536000"
        self.headers = tuple(headers.items())
        self._dated: list[Header] = []
        self._lines = b""
        self._path = edition_path(vote.season.edition, "ballots")
        self.lane = Lane(self._path, BALLOT_MOST)
        limits = Limits(secrets.token_bytes(32), live.ballots_per_minute)
        sign_ins = Limits(
            secrets.token_bytes(32), live.sign_ins_per_minute, "season.toml [vote.live] sign_ins_per_minute"
        )
        self._mailer = season_mailer(vote)
        self._ballots = BallotEndpoint(vote, sessions, limits)
        self.litestar = Litestar(
            [
                *edition.routes(vote),
                *ballot_document.routes(vote.season),
                *log.routes(vote, sessions),
                *standings.routes(vote, self.feed),
                *sign_in_routes(vote, sessions, sign_ins, public_url, self._mailer),
                *pages.routes(vote, sessions, limits, public_url),
            ],
            exception_handlers=handlers(),
            openapi_config=openapi(vote.season),
            state=State({"frame": frame_of(vote.season)}),
            request_max_body_size=BODY_MOST,
            logging_config=None,
        )

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        header = headers_of(scope["headers"])
        is_ballot = scope["path"] == self._path and scope["method"] == "POST"
        is_head = scope["method"] == "HEAD"
        answer = _Answer(send, self.headers, is_head=is_head)
        try:
            _refuse_host(scope, header)
            most = BALLOT_MOST if is_ballot else BODY_MOST
            body = await whole_body(header, receive, most=most, seconds=BODY_SECONDS)
            if not is_ballot:
                _refuse_bytes(body)
        except BodyRefused as refused:
            status, headers, data = plain(refused.status, refused.detail)
            await answer.give(status, {**headers, "connection": "close"}, data)
            return
        address = scope["client"][0] if scope["client"] else ""
        client = self._client(address, header)
        if is_ballot:
            await answer.give(*await self._ballots(header, body, client))
            return
        asked = {**scope, "client": (client, 0)}
        if is_head:
            asked["method"] = "GET"  # the headers are the same
        if not is_plain(scope["path"]):
            asked |= {"path": _NOWHERE, "raw_path": _NOWHERE.encode()}  # whatever Litestar would make of it
        try:
            await self.litestar(asked, again(body, receive), answer.send)  # type: ignore[arg-type]
        except Exception as error:  # noqa: BLE001 - its traceback is logged, and the client gets an answer
            status, headers, data = unexpected(error)
            await answer.give(status, {**headers, "connection": "close"}, data)

    def close(self) -> None:
        """End what goes on beside the requests."""
        if self._mailer is not None:
            self._mailer.close()

    def lines(self, dated: list[Header]) -> bytes:
        """Give the lines of the headers that every answer has: the server's own, a new list each second, and ours."""
        if self._dated is not dated:
            self._dated, self._lines = dated, b"".join(b"%b: %b\r\n" % line for line in (*dated, *self.headers))
        return self._lines

    def cast(
        self, request: Plain, address: str, done: Callable[[Answer], object], loop: asyncio.AbstractEventLoop
    ) -> None:
        """Answer a ballot that came by the short way."""
        client = self._client(address, request.header)
        self._ballots.begin(request.header, request.body, client, done, loop)

    def _client(self, address: str, header: Callable[[str], str]) -> str:
        return self.proxies.client(address, header("x-forwarded-for"))


class _Answer:
    """What is sent to the client, with the headers that every answer has; to HEAD, nothing else."""

    __slots__ = ("_headers", "_is_begun", "_is_head", "_send")

    def __init__(self, send: Send, headers: tuple[Header, ...], *, is_head: bool = False) -> None:
        self._send = send
        self._headers = headers
        self._is_head = is_head
        self._is_begun = False

    async def send(self, message: dict[str, Any]) -> None:
        if not self._is_begun:
            self._is_begun = True
            given: list[Header] = message["headers"]
            if message["status"] == 413:
                given = [*given, (b"connection", b"close")]  # the rest of the body is not read
            names = {name for name, _ in given}
            message["headers"] = [*given, *(line for line in self._headers if line[0] not in names)]
            await self._send(message)
            if self._is_head:  # a stream would go on for ever
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        elif not self._is_head:
            await self._send(message)

    async def give(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """Send a whole answer, if none was begun."""
        if self._is_begun:
            return
        lines = [(name.encode(), value.encode()) for name, value in headers.items()]
        lines.append((b"content-length", b"%d" % len(body)))
        await self.send({"type": "http.response.start", "status": status, "headers": lines})
        await self.send({"type": "http.response.body", "body": body})


def _refuse_host(scope: dict[str, Any], header: Callable[[str], str]) -> None:
    """Refuse a request that names no host, as RFC 9112 asks; in HTTP/1.0 it need not name one."""
    sent = header("host")
    if not is_host(sent.encode("latin-1")) and (sent or scope["http_version"] != "1.0"):
        raise BodyRefused(400, "the request's Host header names no host")


def _refuse_bytes(body: bytes) -> None:
    """Refuse a body that is no text: all of ours are JSON or forms."""
    try:
        body.decode()
    except UnicodeDecodeError as error:
        raise BodyRefused(400, f"the request's body is not UTF-8 at byte {error.start}") from None
