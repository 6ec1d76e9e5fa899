"""The plain page: sign in, choose, vote, keep the receipt; forms and links, no script needed.

A form carries its ballot's idempotency key, so that a form sent twice, or a
reloaded answer, is one ballot.
"""

from __future__ import annotations

import secrets
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from litestar import MediaType, Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Meta

from plaudit.base.errors import SignInNeeded, UnknownName
from plaudit.web.ballots import BallotSent, taken
from plaudit.web.edition import edition_path, nominee_names
from plaudit.web.markup import document
from plaudit.web.page_parts import cast_part, page_body
from plaudit.web.problems import BALLOT_PROBLEMS, documented
from plaudit.web.sessions import COOKIE, Session, Sessions
from plaudit.web.signed_in import header_of, refuse_foreign, session_of

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.params import FromPath, URLEncodedBody

    from plaudit.vote.live import LiveVote
    from plaudit.web.limits import Limits

__all__ = ["routes"]

_STATIC: Final = Path(__file__).parent / "static"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript"}
_FRESH: Final = {"cache-control": "no-store"}
_HTML: Final = "text/html"


class BallotForm(BallotSent, frozen=True, kw_only=True):
    """A ballot as the page's form sends it."""

    csrf: Annotated[str, Meta(max_length=200, description="The session's token, which the page puts into the form.")]


def routes(vote: LiveVote, sessions: Sessions, limits: Limits, public_url: str) -> list[HTTPRouteHandler]:
    """Give the page, its form's target and its static files."""
    names = nominee_names(vote.season)
    static = {path.name: path.read_bytes() for path in sorted(_STATIC.iterdir()) if path.suffix in _TYPES}

    @get(
        "/",
        media_type=MediaType.HTML,
        operation_id="page",
        summary="The page",
        description="Vote with a browser, with or without scripts.",
        tags=["page"],
        responses=_html("The page."),
        sync_to_thread=False,
    )
    def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        session, notice = _visitor(request, sessions)
        csrf = sessions.csrf(session.text) if session else ""
        body, head = page_body(vote, names, session, csrf, secrets.token_urlsafe(16), notice)
        return Response(document(vote.season.title, body, head), media_type=_HTML, headers=_FRESH)

    @post(
        "/vote",
        media_type=MediaType.HTML,
        status_code=200,
        operation_id="vote_form",
        summary="The page's form",
        description="Casts the form's ballot and shows its receipt. Programs use the ballots endpoint.",
        tags=["page"],
        responses={**_html("The receipt."), **documented(*BALLOT_PROBLEMS, also=(408, 411, 413))},
    )
    async def vote_form(
        request: Request[Any, Any, Any],
        data: URLEncodedBody[BallotForm],
    ) -> Response[bytes]:
        limits.allow(request.client.host if request.client else "", time.monotonic())
        session = session_of(header_of(request), sessions, is_change=False)
        refuse_foreign(request, sessions, session, data.csrf, public_url)
        cast = await taken(vote, session, data)
        body = cast_part(cast, names.get(cast.nominee, cast.nominee), edition_path(vote.season.edition, "receipts"))
        return Response(document(vote.season.title, body), media_type=_HTML, headers=_FRESH)

    @get(
        "/static/{name:str}",
        operation_id="static",
        summary="Style and script of the page",
        tags=["page"],
        responses={
            200: ResponseSpec(bytes, generate_examples=False, description="The file.", media_type="text/css"),
            **documented(UnknownName, also=(400,)),
        },
        sync_to_thread=False,
    )
    def static_file(name: FromPath[str]) -> Response[bytes]:
        if name not in static:
            raise UnknownName(f"no file {name[:80]!r}", f"there are: {', '.join(static)}")
        headers = {"cache-control": "public, max-age=300"}
        return Response(static[name], media_type=_TYPES[Path(name).suffix], headers=headers)

    return [page, vote_form, static_file]


def _html(described: str) -> dict[int, ResponseSpec]:
    return {200: ResponseSpec(str, generate_examples=False, description=described, media_type=MediaType.HTML)}


def _visitor(request: Request[Any, Any, Any], sessions: Sessions) -> tuple[Session | None, str]:
    """Give the page's visitor, and what to tell one whose session has ended."""
    if COOKIE not in request.cookies:
        return None, ""
    try:
        return session_of(header_of(request), sessions, is_change=False), ""
    except SignInNeeded as error:
        return None, f"{error.what}: {error.remedy}."
