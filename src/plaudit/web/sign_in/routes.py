"""The endpoints of signing in and out.

Programs send JSON and get JSON. The page's forms go to the same paths and get a
cookie and the way back to the page, so that signing in needs no script.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Meta, Struct

from plaudit.base.errors import BallotMalformed, PlauditError, SignInNeeded, SlowDown, VoteUnavailable
from plaudit.rulebook.live import EMAIL, GUEST, Provider
from plaudit.vote.keys import voter_key
from plaudit.web.edition import edition_path
from plaudit.web.problems import documented
from plaudit.web.sessions import COOKIE
from plaudit.web.sign_in.addresses import normal_address
from plaudit.web.sign_in.codes import CODE_SECONDS, Codes
from plaudit.web.sign_in.described import taking
from plaudit.web.sign_in.desk import Desk, SignedIn, is_form, sent
from plaudit.web.sign_in.guests import new_guest
from plaudit.web.sign_in.mail_state import write_state
from plaudit.web.sign_in.mailer import Mailer
from plaudit.web.sign_in.oidc import TRIP_SECONDS, OidcSignIn
from plaudit.web.sign_in.work import Work
from plaudit.web.signed_in import header_of, session_of

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from plaudit.vote.live import LiveVote
    from plaudit.web.limits import Limits
    from plaudit.web.sessions import Sessions

__all__ = ["routes"]

_TRIP: str = "plaudit_trip"
_ASKING: str = "plaudit_asking"
_BODY_MOST: int = 16_384
_TAGS = ["sign in"]
_REFUSALS = (BallotMalformed, SignInNeeded, SlowDown, VoteUnavailable)
Asked = Request[Any, Any, Any]


class GuestSent(Struct, frozen=True):
    """A guest's sign-in."""

    work: Annotated[str, Meta(max_length=4096, description="The solved challenge, where the season asks for work.")] = (
        ""
    )


class EmailSent(Struct, frozen=True):
    """A request for a code."""

    email: Annotated[str, Meta(max_length=254, description="Where to send the code.")]
    work: Annotated[str, Meta(max_length=4096, description="The solved challenge, where the season asks for work.")] = (
        ""
    )


class CodeSent(Struct, frozen=True):
    """A code that came by e-mail."""

    email: Annotated[str, Meta(max_length=254, description="Where the code was sent.")]
    code: Annotated[str, Meta(max_length=64, description="Its eight digits.")]
    asking: Annotated[
        str,
        Meta(max_length=200, description="What asking for the code answered; a browser has it as a cookie instead."),
    ] = ""


class SignOutSent(Struct, frozen=True):
    """A form's sign-out; a program sends the token as X-Plaudit-CSRF."""

    csrf: Annotated[str, Meta(max_length=100, description="The session's CSRF token.")] = ""


class CodeOnItsWay(Struct, frozen=True):
    """The same answer whatever the address."""

    sent: bool
    asking: Annotated[str, Meta(description="To send with the code, which is good for nobody else.")]


class SessionAnswer(Struct, frozen=True):
    """Who is signed in, and what is left to them."""

    left: Annotated[int | None, Meta(description="Votes left in this period; null if there is no cap.")]
    csrf: str
    ends_at: str
    voter_kind: Annotated[str, Meta(description="The way of signing in; the ballots' source.")]


class Challenge(Struct, frozen=True):
    """An ALTCHA challenge of version 2."""

    parameters: dict[str, Any]
    signature: str


def season_mailer(vote: LiveVote) -> Mailer | None:
    """Give what sends the season's codes, which whoever asks for it closes in the end; None where it sends none.

    Raises
    ------
    RuleInvalid : see Mailer.
    """
    live = vote.season.live
    if live is None or live.email is None:
        return None
    told = partial(write_state, vote.season.folder / "vote" / "mail.json")
    return Mailer(live.email, vote.season.title, told=told)


def routes(
    vote: LiveVote, sessions: Sessions, limits: Limits, public_url: str, mailer: Mailer | None = None
) -> list[HTTPRouteHandler]:
    """Give the endpoints of the ways in which the season lets voters sign in.

    Parameters
    ----------
    limits : of sign-ins, per network; not those of ballots
    public_url : the page's address as voters' browsers see it
    mailer : where the season sends codes; see `season_mailer`

    Raises
    ------
    RuleInvalid : a secret is not in its environment variable.
    """
    live = vote.season.live
    assert live is not None
    key = voter_key(vote.season.folder)
    desk = Desk(vote, sessions, limits, limits.twin(), Work(live.work), key, public_url.rstrip("/"))
    found = [*_session_routes(desk), _work_route(desk)]
    if live.guests:
        found.append(_guest_route(desk))
    if live.email:
        assert mailer is not None
        found += _email_routes(desk, Codes(), mailer)
    for provider in live.provider:
        found += _oidc_routes(desk, provider)
    return found


def _work_route(desk: Desk) -> HTTPRouteHandler:
    @get(
        _path(desk, "work"),
        operation_id="sign_in_work",
        summary="A proof of work to solve",
        tags=_TAGS,
        responses=documented(VoteUnavailable),
        sync_to_thread=False,
    )
    def challenge() -> Response[Challenge]:
        """Solve it and send it with the sign-in, as `work`: base64 of {"challenge": …, "solution": …}."""
        made = desk.work.challenge(desk.now())
        return Response(Challenge(made["parameters"], made["signature"]), headers={"cache-control": "no-store"})

    return challenge


def _guest_route(desk: Desk) -> HTTPRouteHandler:
    @post(
        _path(desk, "guest"),
        status_code=200,
        operation_id="sign_in_guest",
        summary="Sign in as a guest",
        tags=_TAGS,
        operation_class=taking(GuestSent),
        responses=_answers(*_REFUSALS),
        request_max_body_size=_BODY_MOST,
    )
    async def guest(request: Asked) -> Response[SignedIn]:
        """Each time a new voter, so only for demonstrations. A form's answer is 303 to the page."""
        desk.admit(request)
        desk.work.accept((await sent(request, GuestSent)).work, desk.now())
        return desk.welcome(new_guest(desk.voter_key), GUEST, to_page=is_form(request))

    return guest


def _email_routes(desk: Desk, codes: Codes, mailer: Mailer) -> list[HTTPRouteHandler]:
    @post(
        _path(desk, "email"),
        status_code=202,
        operation_id="sign_in_email",
        summary="Have a code sent by e-mail",
        tags=_TAGS,
        operation_class=taking(EmailSent),
        responses=_answers(*_REFUSALS),
        request_max_body_size=_BODY_MOST,
    )
    async def email(request: Asked) -> Response[CodeOnItsWay]:
        """The answer is the same whatever the address, and comes after the same time.

        The code is good for whoever asked: a browser by its cookie, a program by `asking`. A form's answer is 303 to
        the page.
        """
        desk.admit(request)
        asked = await sent(request, EmailSent)
        address = normal_address(asked.email)
        desk.work.accept(asked.work, desk.now())
        asking = codes.ask(address, desk.now())
        try:
            if asking.code:
                await mailer.send(address, asking.code, desk.now())
            else:
                await mailer.wait_as_long()
        except VoteUnavailable:
            if asking.code:
                codes.withdraw(address, asking)
            raise
        cookie = desk.cookie(_ASKING, asking.token, CODE_SECONDS)
        if is_form(request):
            return desk.back([cookie])
        return Response(CodeOnItsWay(sent=True, asking=asking.token), status_code=202, cookies=[cookie])

    @post(
        _path(desk, "email/code"),
        status_code=200,
        operation_id="sign_in_email_code",
        summary="Sign in with a code",
        tags=_TAGS,
        operation_class=taking(CodeSent),
        responses=_answers(*_REFUSALS),
        request_max_body_size=_BODY_MOST,
    )
    async def email_code(request: Asked) -> Response[SignedIn]:
        """A code is good for ten minutes, five tries and one sign-in, for whoever asked for it.

        A form's answer is 303 to the page.
        """
        desk.admit_end(request)
        asked = await sent(request, CodeSent)
        address = normal_address(asked.email)
        codes.use(address, asked.asking or desk.held(request, _ASKING), asked.code, desk.now())
        welcome = desk.welcome(desk.voter(f"email {address}"), EMAIL, to_page=is_form(request))
        welcome.cookies.append(desk.cookie(_ASKING, "", 0))
        return welcome

    return [email, email_code]


def _oidc_routes(desk: Desk, provider: Provider) -> list[HTTPRouteHandler]:
    path = _path(desk, f"oidc/{provider.id}")
    back = f"{path}/callback"
    trips = f"{_TRIP}_{provider.id}"
    way = OidcSignIn(provider, f"{desk.public_url}{quote(back)}")

    @get(
        path,
        status_code=302,
        operation_id=f"sign_in_{provider.id}",
        summary=f"Sign in with {provider.name}",
        tags=_TAGS,
        responses=documented(SlowDown, VoteUnavailable),
    )
    async def leave(request: Asked) -> Response[bytes]:
        """Sends a browser to the provider."""
        desk.admit_visit(request)
        address, trip = await way.leave(desk.now())
        cookie = desk.cookie(trips, trip, TRIP_SECONDS)
        headers = {"location": address, "cache-control": "no-store"}
        return Response(b"", status_code=302, headers=headers, cookies=[cookie])

    @get(
        back,
        status_code=303,
        operation_id=f"sign_in_{provider.id}_callback",
        summary=f"Come back from {provider.name}",
        tags=_TAGS,
        responses=documented(SignInNeeded, SlowDown, VoteUnavailable),
    )
    async def arrive(request: Asked) -> Response[bytes]:
        """The provider sends a browser here; the answer sends it on to the page, signed in."""
        desk.admit_arrival(request)
        name = await way.arrive(dict(request.query_params), desk.held(request, trips), desk.now())
        welcome = desk.welcome(desk.voter(name), provider.id, to_page=True)
        welcome.cookies.append(desk.cookie(trips, "", 0))
        return welcome

    return [leave, arrive]


def _session_routes(desk: Desk) -> list[HTTPRouteHandler]:
    sessions, vote = desk.sessions, desk.vote

    @get(
        edition_path(vote.season.edition, "session"),
        operation_id="session",
        summary="Who is signed in",
        tags=_TAGS,
        responses=documented(SignInNeeded, VoteUnavailable),
        sync_to_thread=False,
    )
    def session(request: Asked) -> Response[SessionAnswer]:
        """Votes left, and the token that changes need beside a cookie."""
        found = session_of(header_of(request), sessions, is_change=False)
        known = desk.signed_in(found)
        answer = SessionAnswer(vote.left(found.voter), known.csrf, known.ends_at, known.voter_kind)
        return Response(answer, headers={"cache-control": "no-store"})

    @post(
        edition_path(vote.season.edition, "sign-out"),
        status_code=204,
        operation_id="sign_out",
        summary="Sign out",
        tags=_TAGS,
        operation_class=taking(SignOutSent),
        responses={
            204: ResponseSpec(None, generate_examples=False, description="Signed out."),
            **_answers(BallotMalformed, SignInNeeded, VoteUnavailable),
        },
        request_max_body_size=_BODY_MOST,
    )
    async def sign_out(request: Asked) -> Response[None]:
        """Takes the cookie away; a bearer forgets the session. A form's answer is 303 to the page."""
        has_form = is_form(request)
        found = session_of(header_of(request), sessions, is_change=not has_form)
        told = await sent(request, SignOutSent)
        if has_form:
            desk.refuse_foreign(request)
            desk.refuse_token(found, told.csrf)
        ended = [desk.cookie(COOKIE, "", 0)]
        return desk.back(ended) if has_form else Response(None, status_code=204, cookies=ended)

    return [session, sign_out]


def _answers(*kinds: type[PlauditError]) -> dict[int, ResponseSpec]:
    """Give what an endpoint answers that takes a form too."""
    to_page = ResponseSpec(None, generate_examples=False, description="To the page, where a form was sent.")
    return {303: to_page, **documented(*kinds, also=(408, 411, 413, 415))}


def _path(desk: Desk, rest: str) -> str:
    return edition_path(desk.vote.season.edition, f"sign-in/{rest}")
