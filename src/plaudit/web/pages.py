"""The live pages: sign in, choose, vote, keep the receipt; forms and links, no script needed.

They stand in the frame of all pages, in the visitor's language. A form carries its
ballot's idempotency key, so that a form sent twice, or a reloaded answer, is one
ballot.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from litestar import MediaType, Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Meta, Struct

from plaudit.base.errors import BallotMalformed, EvidenceError, SignInNeeded, UnknownName
from plaudit.vote.receipt import open_receipt
from plaudit.web.ballots import BALLOT_MOST, BallotSent, taken
from plaudit.web.edition import edition_path
from plaudit.web.languages import chosen, language_of
from plaudit.web.page_parts import QR_MOST_BYTES, cast_values, nominee_texts, qr_code, verify_values, vote_values
from plaudit.web.problems import BALLOT_PROBLEMS, documented
from plaudit.web.signed_in import header_of, refuse_foreign, session_of
from plaudit.web.views import VERIFY, VOTE, frame_of, view

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.params import FromPath, URLEncodedBody

    from plaudit.vote.live import LiveVote
    from plaudit.web.limits import Limits
    from plaudit.web.sessions import Session, Sessions

__all__ = ["routes"]

_STATIC: Final = Path(__file__).parent / "static"
_SHARED: Final = files("plaudit.frame") / "assets"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
_FRESH: Final = {"cache-control": "no-store"}
_HTML: Final = "text/html"
_TAGS: Final = ["page"]


class BallotForm(BallotSent, frozen=True, kw_only=True):
    """A ballot as the page's form sends it."""

    csrf: Annotated[str, Meta(max_length=200, description="The session's token, which the page puts into the form.")]


class ReceiptForm(Struct, frozen=True):
    """A receipt as the page's form sends it."""

    receipt: Annotated[str, Meta(max_length=8_192, description="The receipt's text.")]


def routes(vote: LiveVote, sessions: Sessions, limits: Limits, public_url: str) -> list[HTTPRouteHandler]:
    """Give the pages, their forms' targets and their static files."""
    return [
        *_vote_routes(vote, sessions, limits, public_url),
        *_receipt_routes(vote, limits, public_url),
        _static_route(),
    ]


def _vote_routes(vote: LiveVote, sessions: Sessions, limits: Limits, public_url: str) -> list[HTTPRouteHandler]:
    names, frame, edition = nominee_texts(vote.season), frame_of(vote.season), vote.season.edition

    @get(
        "/",
        media_type=MediaType.HTML,
        operation_id="page",
        summary="The page",
        description="Vote with a browser, with or without scripts.",
        tags=_TAGS,
        responses=_html("The page."),
        sync_to_thread=False,
    )
    def page(request: Request[Any, Any, Any]) -> Response[bytes]:
        session, has_ended = _visitor(request, sessions)
        csrf, language = sessions.csrf(session.text) if session else "", language_of(request)
        shown = vote_values(vote, names, session, csrf, secrets.token_urlsafe(16), language)
        body = view("live_vote.html", language, frame, VOTE, has_ended=has_ended, **shown)
        return _page(body, request, public_url)

    @post(
        "/vote",
        media_type=MediaType.HTML,
        status_code=200,
        operation_id="vote_form",
        summary="The page's form",
        description="Casts the form's ballot and shows its receipt. Programs use the ballots endpoint.",
        tags=_TAGS,
        request_max_body_size=BALLOT_MOST,
        responses={**_html("The receipt."), **documented(*BALLOT_PROBLEMS, also=(408, 411, 413))},
    )
    async def vote_form(
        request: Request[Any, Any, Any],
        data: URLEncodedBody[BallotForm],
    ) -> Response[bytes]:
        limits.allow(request.client.host if request.client else "", time.monotonic())
        session = session_of(header_of(request), sessions, is_change=False)
        refuse_foreign(request, sessions, session, data.csrf, public_url)
        shown = cast_values(await taken(vote, session, data), names, edition)
        return _page(view("live_receipt.html", language_of(request), frame, **shown), request, public_url)

    return [page, vote_form]


def _receipt_routes(vote: LiveVote, limits: Limits, public_url: str) -> list[HTTPRouteHandler]:
    names, frame = nominee_texts(vote.season), frame_of(vote.season)
    receipts = f"{public_url}{edition_path(vote.season.edition, 'receipts')}"

    @get(
        "/verify",
        media_type=MediaType.HTML,
        operation_id="verify_page",
        summary="Verify",
        description="Checks a receipt in the browser, with scripts; nothing is sent here.",
        tags=_TAGS,
        responses=_html("The page."),
        sync_to_thread=False,
    )
    def verify(request: Request[Any, Any, Any]) -> Response[bytes]:
        language = language_of(request)
        body = view("verify.html", language, frame, VERIFY, **verify_values(vote, names, language))
        return _page(body, request, public_url)

    @post(
        "/qr",
        media_type=MediaType.HTML,
        status_code=200,
        operation_id="qr_form",
        summary="A receipt as a QR code",
        description="Draws a receipt of this vote; one that is too long for a screen, as its address.",
        tags=_TAGS,
        responses={**_html("The QR code."), **documented(*BALLOT_PROBLEMS, also=(408, 411, 413))},
    )
    async def qr_form(request: Request[Any, Any, Any], data: URLEncodedBody[ReceiptForm]) -> Response[bytes]:
        limits.allow(request.client.host if request.client else "", time.monotonic())
        receipt = data.receipt.replace("\r\n", "\n")  # forms send lines so
        leaf = _leaf(vote, receipt)
        is_whole = len(receipt.encode()) <= QR_MOST_BYTES
        drawn = await asyncio.to_thread(qr_code, receipt if is_whole else f"{receipts}/{leaf}")
        body = view(
            "live_code.html",
            language_of(request),
            frame,
            code=drawn,
            is_whole=is_whole,
            receipt=receipt,
            address=f"{receipts}/{leaf}",
            leaf=leaf,
        )
        return _page(body, request, public_url)

    return [verify, qr_form]


def _leaf(vote: LiveVote, receipt: str) -> int:
    """Give the leaf of one of the vote's own receipts; others are not drawn."""
    try:
        return open_receipt(receipt, vote.signer.verifier).leaf
    except EvidenceError as error:
        raise BallotMalformed(
            f"this is not a receipt of this vote: {error.what}", "send the receipt's whole text"
        ) from None


def _static_route() -> HTTPRouteHandler:
    shared = [_SHARED / name for name in ("icon.svg", "site.css", "verify.js", "folder.js", "verify-page.js")]
    shared += [path for path in sorted(_SHARED.iterdir(), key=lambda one: one.name) if path.name.endswith(".woff2")]
    own = [path for path in sorted(_STATIC.iterdir()) if path.suffix in _TYPES]
    static = {path.name: path.read_bytes() for path in [*own, *shared]}

    @get(
        "/static/{name:str}",
        operation_id="static",
        summary="Style and script of the page",
        tags=_TAGS,
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

    return static_file


def _page(body: bytes, request: Request[Any, Any, Any], public_url: str) -> Response[bytes]:
    cookies = chosen(request, is_secure=public_url.startswith("https:"))
    return Response(body, media_type=_HTML, headers=_FRESH, cookies=cookies)


def _html(described: str) -> dict[int, ResponseSpec]:
    return {200: ResponseSpec(str, generate_examples=False, description=described, media_type=MediaType.HTML)}


def _visitor(request: Request[Any, Any, Any], sessions: Sessions) -> tuple[Session | None, bool]:
    """Give the page's visitor, and whether a session has ended or was none."""
    if sessions.cookie not in request.cookies:
        return None, False
    try:
        return session_of(header_of(request), sessions, is_change=False), False
    except SignInNeeded:
        return None, True
