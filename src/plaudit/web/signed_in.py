"""Who asks: the session that a request brings, and whether our own page sent it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from plaudit.base.errors import SignInNeeded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from litestar import Request

    from plaudit.web.sessions import Session, Sessions

__all__ = ["cookie_of", "header_of", "headers_of", "refuse_foreign", "session_of"]


def session_of(header: Callable[[str], str], sessions: Sessions, *, is_change: bool) -> Session:
    """Give the session that a request carries.

    A bearer's token is sent on purpose. A cookie is sent by any page that makes the
    browser ask, so a change needs the session's CSRF token beside it, and the
    browser must not say that another site asked.

    Parameters
    ----------
    header : gives a header by its name in lower case, empty where there is none

    Raises
    ------
    SignInNeeded : there is none, it has ended, or it is forged.
    """
    now = int(time.time())
    kind, _, token = header("authorization").partition(" ")
    if kind.lower() == "bearer":
        return sessions.read(token.strip(), now)
    text = cookie_of(header, sessions.cookie)
    if not text:
        raise SignInNeeded("nobody is signed in", "sign in, and send the session as a bearer token or a cookie")
    session = sessions.read(text, now)
    if is_change:
        if header("sec-fetch-site") not in {"", "same-origin", "none"}:
            raise SignInNeeded("the request came from another site", "vote on the vote's own page")
        if not sessions.is_csrf(text, header("x-plaudit-csrf")):
            raise SignInNeeded("the CSRF token is not the session's", "send it as X-Plaudit-CSRF")
    return session


def refuse_foreign(
    request: Request[Any, Any, Any], sessions: Sessions, session: Session, token: str, public_url: str
) -> None:
    """Refuse a form that another site's page sent with our voter's cookie.

    Raises
    ------
    SignInNeeded : the browser says that it comes from elsewhere, or its token is not the session's.
    """
    site, origin = request.headers.get("sec-fetch-site", ""), request.headers.get("origin", "")
    own = {"", public_url, f"{request.url.scheme}://{request.headers.get('host', '')}"}
    is_foreign = site not in {"same-origin", "none"} if site else origin not in own
    if is_foreign:
        raise SignInNeeded("the form was sent by another site's page", "use the vote's own page")
    if not sessions.is_csrf(session.text, token):
        raise SignInNeeded("the form's token does not belong to this session", "open the page again and send its form")


def headers_of(headers: Iterable[tuple[bytes, bytes]]) -> Callable[[str], str]:
    """Give what gives a request's headers, as ASGI has them; one that came several times is joined, as HTTP says."""
    held: dict[str, str] = {}
    for name, value in ((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers):
        joint = "; " if name == "cookie" else ", "
        held[name] = f"{held[name]}{joint}{value}" if name in held else value
    return lambda name: held.get(name, "")


def header_of(request: Request[Any, Any, Any]) -> Callable[[str], str]:
    """Give what gives the headers of one of Litestar's requests."""
    headers = request.headers
    return lambda name: "; ".join(headers.getall(name, [])) if name == "cookie" else headers.get(name, "")


def cookie_of(header: Callable[[str], str], wanted: str) -> str:
    """Give a cookie of ours, or an empty text; http.cookies gives none where any other cookie is ill-formed."""
    cookies = (cookie.strip().partition("=") for cookie in header("cookie").split(";"))
    return next((value for name, _, value in cookies if name == wanted), "")
