"""The live pages' templates with this server's addresses."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from plaudit.certify.statement import evidence_kind
from plaudit.frame.environment import Templates, frame_head
from plaudit.web.languages import LANGUAGES

if TYPE_CHECKING:
    from plaudit.rulebook.season import Season

__all__ = ["VERIFY", "VOTE", "frame_of", "link", "view"]

VOTE = "index.html"
VERIFY = "verify.html"
_TEMPLATES = Templates("plaudit.web")
_ADDRESSES = {VOTE: "/", VERIFY: "/verify"}


def frame_of(season: Season) -> dict[str, Any]:
    """Give what every page of the vote bears."""
    return {
        **frame_head(season),
        "evidence": "demonstration" if season.live and season.live.guests else evidence_kind(season),
        "languages": list(LANGUAGES),
        "menu": [
            {"path": VOTE, "text": "Vote"},  # messages of the site's own pages
            {"path": VERIFY, "text": "Verify"},
            {"path": "docs", "text": "API"},
        ],
    }


def view(template: str, language: str, frame: dict[str, Any], path: str = "", **values: Any) -> bytes:
    """Give a page.

    Parameters
    ----------
    path : the page among those of the menu; other languages' links lead to it, or to the vote
    """
    page = {"path": path, "language": language, "kind": "live"}
    context = {"page": page, "link": link, "asset": _asset, "in_language": partial(_in_language, path)}
    return _TEMPLATES.filled(template, language, frame, context | values)


def link(path: str) -> str:
    """Give the address of a page."""
    return _ADDRESSES.get(path, f"/{path}")


def _asset(path: str) -> str:
    return f"/static/{path.rpartition('/')[2]}"


def _in_language(path: str, language: str) -> str:
    return f"{link(path or VOTE)}?language={language}"
