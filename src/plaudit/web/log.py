"""The log over HTTP: its files as they lie on disk, and each ballot's receipt under the last checkpoint.

While the rule keeps standings hidden or sealed, entry bundles are withheld,
since they hold the votes: checkpoint and hash tiles still bind every one of
them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any, Final

from litestar import Request, Response, get
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, PathParameter

from plaudit.base.errors import OutOfTurn, SignInNeeded, UnknownName
from plaudit.web.edition import edition_path
from plaudit.web.problems import documented, problem
from plaudit.web.signed_in import header_of, session_of
from plaudit.web.standings import are_shown

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from plaudit.vote.live import LiveVote
    from plaudit.web.sessions import Sessions

__all__ = ["routes"]

_FILE: Final = re.compile(
    r"checkpoint|opened|verifier\.key|tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/(x[0-9]{3}/)*[0-9]{3}"
    r"(\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?"
)
_TEXT: Final = "text/plain"
_BYTES: Final = "application/octet-stream"
_PUBLIC: Final = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
"""Anybody's page may read the log."""
_FOREVER: Final = "public, max-age=31536000, immutable"


def routes(vote: LiveVote, sessions: Sessions) -> list[HTTPRouteHandler]:
    """Give the endpoints of log and receipts."""
    edition = vote.season.edition

    @get(
        edition_path(edition, "log/{file:path}"),
        operation_id="log_file",
        summary="A file of the log",
        description="`checkpoint`, `verifier.key` and the tiles of C2SP tlog-tiles; where witnesses are named, "
        "`opened`, the checkpoint of the opening. A tile never changes. While standings are not to be seen, entry "
        "bundles are withheld with 403.",
        tags=["log"],
        responses={
            200: ResponseSpec(bytes, generate_examples=False, description="The file.", media_type=_BYTES),
            **documented(UnknownName, also=(400, 403)),
        },
        sync_to_thread=False,
    )
    def log_file(
        file: Annotated[str, PathParameter(description="Below the log, as in `tile/0/000`.")],
    ) -> Response[bytes]:
        return _file(vote, file.lstrip("/"))

    @get(
        edition_path(edition, "receipts/{leaf:int}"),
        operation_id="receipt",
        summary="A ballot's receipt under the last checkpoint",
        description="A C2SP tlog-proof; its `extra` is the ballot's record. `plaudit verify RECEIPT` checks it "
        "offline. While standings are not to be seen, only the ballot's voter gets it.",
        tags=["log"],
        responses={
            200: ResponseSpec(str, generate_examples=False, description="The receipt.", media_type=_TEXT),
            **documented(UnknownName, SignInNeeded, also=(400,)),
        },
        sync_to_thread=False,
    )
    def receipt(request: Request[Any, Any, Any], leaf: FromPath[int]) -> Response[str]:
        if not 0 < leaf < 1 << 62:
            raise UnknownName(f"no ballot at leaf {leaf}", "ballots begin at leaf 1")
        if not are_shown(vote):
            _refuse_strangers(vote, sessions, request, leaf)
        return Response(str(vote.receipt(leaf)), media_type=_TEXT, headers={"cache-control": "no-store"})

    return [log_file, receipt]


def _file(vote: LiveVote, name: str) -> Response[bytes]:
    if not _FILE.fullmatch(name):
        raise UnknownName(f"no file {name[:80]!r} in the log", "begin with checkpoint")
    if name.startswith("tile/entries/") and not are_shown(vote):
        withheld = OutOfTurn(
            "the entries are withheld while the rule hides the standings",
            "checkpoint and hash tiles bind them; ask again after the vote",
            rule=vote.rule.name,
        )
        status, headers, body = problem(withheld, 403)
        return Response(body, status_code=status, media_type=headers["content-type"])
    try:
        data = (vote.season.log / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise UnknownName(
            f"the log holds no file {name}", f"the last checkpoint is of {vote.log.size} leaves"
        ) from None
    is_tile = name.startswith("tile/")
    headers = {**_PUBLIC, "cache-control": _FOREVER if is_tile else "no-store"}
    return Response(data, media_type=_BYTES if is_tile else _TEXT, headers=headers)


def _refuse_strangers(vote: LiveVote, sessions: Sessions, request: Request[Any, Any, Any], leaf: FromPath[int]) -> None:
    """Refuse whoever did not cast the ballot; the answer is the same for another's leaf and for none."""
    session = session_of(header_of(request), sessions, is_change=False)
    try:
        is_own = vote.names.unpack(vote.record(leaf))["voter"] == session.voter
    except UnknownName:
        is_own = False
    if not is_own:
        raise UnknownName(f"leaf {leaf} is not a ballot of this session's voter", "ask for your own", leaf=leaf)
