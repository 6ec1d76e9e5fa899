"""The desk: what every way of signing in has in common, before and after."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Response
from litestar.datastructures import Cookie
from litestar.exceptions import HTTPException
from msgspec import Struct

from plaudit.base.errors import BallotMalformed, SignInNeeded
from plaudit.base.weeks import instant_text
from plaudit.collect.ballots import pseudonym
from plaudit.web.sessions import COOKIE, cookie_name
from plaudit.web.signed_in import cookie_of, header_of

if TYPE_CHECKING:
    from litestar import Request

    from plaudit.vote.live import LiveVote
    from plaudit.web.limits import Limits
    from plaudit.web.sessions import Session, Sessions
    from plaudit.web.sign_in.work import Work

__all__ = ["FORM", "Desk", "SignedIn", "is_form", "sent"]

FORM: Final = "application/x-www-form-urlencoded"
_JSON: Final = "application/json"
_FRESH: Final = {"cache-control": "no-store"}
_Sent = TypeVar("_Sent", bound=Struct)


class SignedIn(Struct, frozen=True):
    """A session, for a program; a browser has it as a cookie too.

    session : to send as `Authorization: Bearer SESSION`
    csrf : to send as `X-Plaudit-CSRF` beside the cookie
    voter_kind : the way of signing in; the ballots' source
    """

    session: str
    csrf: str
    ends_at: str
    voter_kind: str


@dataclass(frozen=True)
class Desk:
    """Where sign-ins arrive and sessions are handed out.

    limits : of sign-ins that are begun, per network
    ends : of sign-ins that are ended, by a code or on the way back from a provider
    voter_key : the edition's, read once: whoever destroys it stops the server first
    public_url : the page's address as voters' browsers see it, without a path
    """

    vote: LiveVote
    sessions: Sessions
    limits: Limits
    ends: Limits
    work: Work
    voter_key: bytes
    public_url: str

    def now(self) -> int:
        """Give the vote's time, in seconds."""
        return self.vote.now() // 1_000_000

    def admit_visit(self, request: Request[Any, Any, Any]) -> None:
        """Count a visit for its network.

        Raises
        ------
        SlowDown : the network came too often.
        """
        self.limits.allow(request.client.host if request.client else "", time.monotonic())

    def admit_arrival(self, request: Request[Any, Any, Any]) -> None:
        """Count a sign-in that is ended.

        Raises
        ------
        SlowDown : the network came too often.
        """
        self.ends.allow(request.client.host if request.client else "", time.monotonic())

    def admit_end(self, request: Request[Any, Any, Any]) -> None:
        """Let the end of a sign-in come to the desk; see `admit`."""
        self.admit_arrival(request)
        self.refuse_foreign(request)

    def admit(self, request: Request[Any, Any, Any]) -> None:
        """Let a sign-in come to the desk.

        Raises
        ------
        SlowDown : its network came too often.
        SignInNeeded : another site's page sent it, which would sign a voter in as somebody else.
        """
        self.admit_visit(request)
        self.refuse_foreign(request)

    def refuse_foreign(self, request: Request[Any, Any, Any]) -> None:
        """Refuse what a page of another site had a voter's browser send.

        Raises
        ------
        SignInNeeded : the browser says that it comes from elsewhere.
        """
        site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "")
        own = {self.public_url, f"{request.url.scheme}://{request.headers.get('host', '')}"}
        is_foreign = site not in {"same-origin", "none"} if site else bool(origin) and origin not in own
        if is_foreign:
            raise SignInNeeded(
                "another site's page sent this",
                f"use the vote's own page, {self.public_url}",
                rule="sign-ins and sign-outs come from the vote's own page, or from no page",
            )

    def refuse_token(self, session: Session, token: str) -> None:
        """Refuse a form that does not bear the token of the cookie's session.

        Raises
        ------
        SignInNeeded : the token is not the session's.
        """
        if not self.sessions.is_csrf(session.text, token):
            raise SignInNeeded(
                "the form's token does not belong to this session", "open the page again and send its form"
            )

    def voter(self, name: str) -> int:
        """Give a voter's pseudonym, the only thing that is kept of who signs in."""
        return pseudonym(name, self.voter_key)

    def welcome(self, voter: int, way: str, *, to_page: bool) -> Response[Any]:
        """Hand out a session: to a browser's form by a cookie and the way back to the page, else as JSON too."""
        now = self.now()
        session = self.sessions.read(self.sessions.issue(voter, way, now), now)
        cookie = self.cookie(COOKIE, session.text, session.ends_at - now)
        if to_page:
            return self.back([cookie])
        return Response(self.signed_in(session), status_code=200, headers=_FRESH, cookies=[cookie])

    def signed_in(self, session: Session) -> SignedIn:
        """Give a session as a program reads it."""
        ends_at = instant_text(session.ends_at * 1_000_000)
        return SignedIn(session.text, self.sessions.csrf(session.text), ends_at, session.way)

    def back(self, cookies: list[Cookie]) -> Response[Any]:
        """Send a browser back to the page; nothing that was asked decides where to."""
        return Response(b"", status_code=303, headers={"location": "/", **_FRESH}, cookies=cookies)

    def cookie(self, name: str, value: str, seconds: int) -> Cookie:
        """Give a cookie that scripts cannot read and other sites' forms do not send; with no seconds, its end."""
        is_secure = self.sessions.is_secure
        return Cookie(
            key=cookie_name(name, is_secure=is_secure),
            value=value,
            max_age=seconds,
            path="/",
            httponly=True,
            samesite="lax",
            secure=is_secure,
        )

    def held(self, request: Request[Any, Any, Any], name: str) -> str:
        """Give what a cookie of ours holds, empty where there is none."""
        return cookie_of(header_of(request), cookie_name(name, is_secure=self.sessions.is_secure))


def is_form(request: Request[Any, Any, Any]) -> bool:
    """Say whether a page's form was sent."""
    return _media_type(request) == FORM


async def sent(request: Request[Any, Any, Any], shape: type[_Sent]) -> _Sent:
    """Read what was sent, by a program as JSON or by a page's form.

    Raises
    ------
    BallotMalformed : it does not have that shape.
    HTTPException : 415, it is neither.
    """
    body = await request.body()
    media_type = _media_type(request)
    if media_type not in {FORM, _JSON} and (body or media_type):
        raise HTTPException(f"{media_type or 'what was sent'} is neither {_JSON} nor {FORM}", status_code=415)
    try:
        if media_type == FORM:
            return msgspec.convert(dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20)), shape)
        return msgspec.json.decode(body or b"{}", type=shape)
    except (ValueError, msgspec.MsgspecError) as error:
        raise BallotMalformed(f"what was sent is not a sign-in: {error}", "see /docs") from None


def _media_type(request: Request[Any, Any, Any]) -> str:
    kind: str = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind
