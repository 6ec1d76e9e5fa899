"""Write the reference page of the HTTP API from the OpenAPI document that the server publishes.

python scripts/write_http_reference.py            write it
python scripts/write_http_reference.py --check    exit 1 if it is not what would be written
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from plaudit.rulebook.season import read_season
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from plaudit.web.api_document import Endpoint, Field, endpoints, shapes
from plaudit.web.app import App
from plaudit.web.problems import STATUS
from plaudit.web.sessions import Sessions

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PAGE: Final = Path(__file__).resolve().parents[1] / "docs" / "reference" / "http-api.md"
EDITION: Final = "EDITION"
PROVIDER: Final = "PROVIDER"

_SEASON: Final = f"""
title = "A vote"
about = "Every way of signing in."
award = "award"
edition = "{EDITION}"
origin = "vote.example/award"

[nomination]
rule = "named-list@1"
[[nomination.named]]
nominee = "bts"
source = "the rules"

[vote]
rule = "one-a-day@1"
[[vote.window]]
id = "vote"
from = 2026-01-01T00:00:00Z
to = 2026-01-02T00:00:00Z
[vote.live]
guests = true
[vote.live.email]
host = "localhost"
sender = "vote@example.org"
[[vote.live.provider]]
id = "{PROVIDER.lower()}"
name = "{PROVIDER}"
issuer = "https://id.example.org"
client_id = "vote"
"""
_ARTISTS: Final = '[[artist]]\nid = "bts"\nnames = { en = "BTS" }\nkind = "group"\n'
_INTRO: Final = """# The HTTP API

This page is made by `python scripts/write_http_reference.py` from the OpenAPI document that every server publishes at
`/docs/openapi.json`, and for people at `/docs`. `{edition}` is the season's `edition`; `{provider}` is the `id` of one
of its providers.

    SESSION=$(curl -s -X POST $VOTE/v1/2018-demo/sign-in/guest | sed 's/.*"session":"\\([^"]*\\).*/\\1/')
    BALLOT='{"nominee": "bts", "key": "my-first-ballot"}'
    curl -s $VOTE/v1/2018-demo/ballots -H "Authorization: Bearer $SESSION" -d "$BALLOT"
    curl -s $VOTE/v1/2018-demo/receipts/1

`plaudit serve SEASON --demo` prints lines like these with its own address. A program sends the session as a bearer's
token. A browser has it as the cookie `plaudit_session`, over https `__Host-plaudit_session`, and a change then needs
the session's CSRF token beside it, as the header `X-Plaudit-CSRF` or a form's field `csrf`.

Who asks for a code by e-mail gets `asking` beside it, a browser as a cookie, and sends both: a code is good for nobody
else. The answer comes after half a second, whether or not there is such a mailbox.

A path has one spelling: with a doubled slash, one at the end, or dots as a part, it is 404. A request names its host,
has at most 100 headers and 65,536 bytes of them, and a body in UTF-8 that says how long it is, arrives within 10
seconds and has at most 65,536 bytes, a ballot's 4,096 and a sign-in's 16,384. Whoever leaves an answer unread for 20
seconds is cut off.

Every answer has a content security policy without inline scripts or styles, `nosniff`, a referrer and a permissions
policy, forbids framing, and has HSTS where the public address is https. Any site's page may read files of the log.
"""


def page() -> str:
    """Give the page's text."""
    with tempfile.TemporaryDirectory() as scratch:
        document = _document(Path(scratch))
    lines = [_INTRO, "## Endpoints\n"]
    for one in sorted(endpoints(document), key=lambda one: (one.path.startswith("/v1") is False, one.path)):
        lines += _endpoint(one)
    lines += ["## Problems\n", *_problems(), "## Shapes\n"]
    for name, (said, fields) in shapes(document).items():
        lines += [f"### {name}\n", *([f"{said}\n"] if said else []), *_fields(fields)]
    return "\n".join(lines).rstrip() + "\n"


def _document(folder: Path) -> dict[str, Any]:
    """Give the document of a season that has every way of signing in."""
    (folder / "season.toml").write_text(_SEASON, "utf-8")
    (folder / "artists.toml").write_text(_ARTISTS, "utf-8")
    season = read_season(folder)
    open_vote(season, ["bts"])
    with LiveVote(season) as vote:
        app = App(vote, Sessions(bytes(32), EDITION, 60), public_url="https://vote.example")
        found: dict[str, Any] = app.litestar.openapi_schema.to_schema()
        return found


def _generic(text: str) -> str:
    return (
        text.replace(EDITION, "{edition}")
        .replace(f"oidc/{PROVIDER.lower()}", "oidc/{provider}")
        .replace(PROVIDER, "a provider")
    )


def _endpoint(one: Endpoint) -> list[str]:
    lines = [
        f"### `{one.method} {_generic(one.path)}`\n",
        f"{_generic(one.summary)}. {_generic(one.description)}".strip() + "\n",
    ]
    parameters = [field for field in one.parameters if field.place != "path" or field.description]
    if parameters:
        lines += _fields(parameters)
    lines += [f"Sends {_linked(kind)} as `{media}`." for media, kind in one.sends]
    lines += [""] if one.sends else []
    rows = [
        [
            answer.status,
            _linked(answer.type),
            _generic(answer.description),
            ", ".join(f"`{media}`" for media in answer.media_types),
        ]
        for answer in one.answers
    ]
    return [*lines, *_table(["status", "shape", "when", "as"], rows)]


def _linked(kind: str) -> str:
    is_shape = kind[:1].isupper() and kind.isidentifier()
    return f"[{kind}](#{kind.lower()})" if is_shape else kind


def _problems() -> Iterable[str]:
    yield "Errors are RFC 9457 problems, `application/problem+json`; see [Problem](#problem) and [errors](errors.md).\n"
    yield "Where waiting helps, the header `Retry-After` says how many seconds.\n"
    yield from _table(["status", "type"], [[str(status), f"`{kind.__name__}`"] for kind, status in STATUS.items()])
    yield "What HTTP has a name for and Plaudit has not is `about:blank`: 404, 405, 408, 413, 415, 500.\n"


def _fields(fields: Sequence[Field]) -> list[str]:
    rows = [
        [f"`{one.name}`", one.type.replace("|", "\\|"), "yes" if one.is_required else "no", one.description]
        for one in fields
    ]
    return _table(["name", "type", "always there", "what"], rows)


def _table(columns: list[str], rows: list[list[str]]) -> list[str]:
    head = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    return [*head, *(f"| {' | '.join(row)} |" for row in rows), ""]


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if the page is stale")
    text = page()
    if not parser.parse_args().check:
        PAGE.write_text(text, "utf-8")
        return 0
    if not PAGE.is_file() or PAGE.read_text("utf-8") != text:
        sys.stderr.write(f"{PAGE} is stale; run: python {Path(__file__).name}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
