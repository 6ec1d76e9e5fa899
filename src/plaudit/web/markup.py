"""HTML of the API's page, in English alone: templates whose values are escaped, so that a name is text."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Markup", "document", "joined", "markup"]

_DOCUMENT: Final = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<link rel="stylesheet" href="/static/site.css">
<link rel="stylesheet" href="/static/vote.css">
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
</head>
<body>
{body}
</body>
</html>
"""


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def markup(template: str, **values: object) -> Markup:
    """Fill a template; every value that is no `Markup` is escaped.

    Examples
    --------
    >>> markup("<b>{name}</b>", name="<script>")
    '<b>&lt;script&gt;</b>'
    """
    return Markup(template.format_map({name: _escaped(value) for name, value in values.items()}))


def joined(parts: Iterable[Markup]) -> Markup:
    """Put pieces of HTML one after the other."""
    return Markup("\n".join(parts))


def document(title: str, body: Markup) -> bytes:
    """Give a whole page; it asks for nothing but our style sheets."""
    return markup(_DOCUMENT, title=title, body=body).encode()


def _escaped(value: object) -> str:
    return value if isinstance(value, Markup) else escape(str(value))
