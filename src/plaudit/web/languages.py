"""In which language a page is shown: the one that was chosen on a page, else the one that the browser asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from litestar.datastructures import Cookie

from plaudit.words.words import SOURCE_LANGUAGE, languages_known

if TYPE_CHECKING:
    from litestar import Request

__all__ = ["CHOICE", "LANGUAGES", "chosen", "language_of"]

CHOICE: Final = "plaudit_language"
"""The cookie that keeps the choice."""
LANGUAGES: Final = tuple(languages_known())
_YEAR: Final = 365 * 86_400


def language_of(request: Request[Any, Any, Any]) -> str:
    """Give the page's language: of the address's `language`, of the cookie, of Accept-Language, or English."""
    for wanted in (request.query_params.get("language", ""), request.cookies.get(CHOICE, "")):
        if wanted in LANGUAGES:
            return wanted
    return _asked(request.headers.get("accept-language", ""))


def chosen(request: Request[Any, Any, Any], *, is_secure: bool) -> list[Cookie]:
    """Give the cookie that keeps the language in the address, if there is one."""
    wanted = request.query_params.get("language", "")
    if wanted not in LANGUAGES:
        return []
    return [Cookie(CHOICE, value=wanted, max_age=_YEAR, path="/", secure=is_secure, httponly=True, samesite="lax")]


def _asked(header: str) -> str:
    """Give the language that an Accept-Language header likes best.

    Examples
    --------
    >>> _asked("de, ko-KR;q=0.9, en;q=0.8")
    'ko'
    >>> _asked("de;q=0.5, *;q=0.1")
    'en'
    """
    liked: list[tuple[float, int, str]] = []
    for place, part in enumerate(header.split(",")[:20]):
        name, _, weight = part.partition(";")
        language = name.strip().partition("-")[0].lower()
        if language in LANGUAGES:
            liked.append((-_weight(weight), place, language))
    return min(liked, default=(0, 0, SOURCE_LANGUAGE))[2]


def _weight(text: str) -> float:
    try:
        return float(text.strip().removeprefix("q=") or 1)
    except ValueError:
        return 0.0
