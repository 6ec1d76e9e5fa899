"""The API's own description: OpenAPI at /docs/openapi.json, and the same as a plain page at /docs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import MediaType
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, OpenAPIRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Server

from plaudit.base.version import version
from plaudit.web.api_document import Endpoint, Field, endpoints, shapes
from plaudit.web.markup import Markup, document, joined, markup

if TYPE_CHECKING:
    from collections.abc import Iterable

    from litestar import Request

    from plaudit.rulebook.season import Season

__all__ = ["openapi"]


def openapi(season: Season) -> OpenAPIConfig:
    """Give the description's settings."""
    return OpenAPIConfig(
        title=f"{season.title}: the vote",
        version=version(),
        description="Cast ballots, read standings, and check the log that ballots are written in. "
        "Errors are RFC 9457 problems.",
        path="/docs",
        servers=[Server(url="/")],
        components=Components(
            security_schemes={
                "session": SecurityScheme(type="http", scheme="bearer", description="What a sign-in answers.")
            }
        ),
        render_plugins=[PlainPage(path="/"), JsonRenderPlugin(path="/openapi.json", media_type=MediaType.JSON)],
        use_handler_docstrings=True,
    )


class PlainPage(OpenAPIRenderPlugin):
    """The document as HTML, which asks for nothing from elsewhere."""

    def __init__(self, path: str) -> None:
        super().__init__(path=path, media_type=MediaType.HTML, favicon="", style="")

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:  # noqa: ARG002
        """Give the page."""
        info = openapi_schema["info"]
        found = endpoints(openapi_schema)
        body = markup(
            '<main><h1>{title}</h1>\n<p>{about} The <a href="/docs/openapi.json">OpenAPI document</a> says the same '
            'to programs. <a href="/">The vote</a></p>\n<ul>{contents}</ul>\n{endpoints}\n'
            "<h2>Shapes</h2>\n{shapes}</main>",
            title=info["title"],
            about=info["description"],
            contents=joined(markup('<li><a href="#{id}">{method} {path}</a></li>', **_names(one)) for one in found),
            endpoints=joined(_endpoint(one) for one in found),
            shapes=joined(_shape(name, said, fields) for name, (said, fields) in shapes(openapi_schema).items()),
        )
        return document(info["title"], body)


def _names(one: Endpoint) -> dict[str, str]:
    place = f"{one.method}-{one.path}".lower()
    return {"id": "".join(c if c.isalnum() else "-" for c in place), "method": one.method, "path": one.path}


def _endpoint(one: Endpoint) -> Markup:
    send = "<p>Send {type} as <code>{media}</code>.</p>"
    return markup(
        '<section><h2 id="{id}"><code>{method} {path}</code></h2>\n<p>{summary}. {about}</p>\n{parameters}{sends}\n'
        "{answers}</section>",
        **_names(one),
        summary=one.summary,
        about=one.description,
        parameters=_fields(one.parameters) if one.parameters else Markup(),
        sends=joined(markup(send, type=kind, media=media) for media, kind in one.sends),
        answers=_table(
            ["status", "what", "as"],
            (
                [one.status, f"{one.type}: {one.description}".removeprefix(": "), ", ".join(one.media_types)]
                for one in one.answers
            ),
        ),
    )


def _shape(name: str, said: str, fields: Iterable[Field]) -> Markup:
    return markup('<h3 id="{name}">{name}</h3>\n<p>{said}</p>\n{fields}', name=name, said=said, fields=_fields(fields))


def _fields(fields: Iterable[Field]) -> Markup:
    return _table(
        ["name", "type", "what"],
        (
            [field.name, field.type + ("" if field.is_required else ", may be absent"), field.description]
            for field in fields
        ),
    )


def _table(columns: list[str], rows: Iterable[list[str]]) -> Markup:
    head = joined(markup('<th scope="col">{cell}</th>', cell=column) for column in columns)
    body = joined(
        markup("<tr>{cells}</tr>", cells=joined(markup("<td>{cell}</td>", cell=cell) for cell in row)) for row in rows
    )
    return markup(
        '<table class="said"><thead><tr>{head}</tr></thead>\n<tbody>{body}</tbody></table>', head=head, body=body
    )
