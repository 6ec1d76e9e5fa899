"""Errors over HTTP: RFC 9457 problems, and for a browser the same as a page.

    {"type": "https://plaudit.dev/problems/VoteClosed", "title": "VoteClosed", "status": 403, "detail": "…", …}

A defect of ours is a problem too, with its traceback in the log and none of it
in the answer.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Annotated, Any, Final

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.openapi.datastructures import ResponseSpec
from msgspec import Meta, Struct

from plaudit.base.errors import (
    AllowanceSpent,
    BallotMalformed,
    KeyReused,
    OutOfTurn,
    PlauditError,
    SignInNeeded,
    SlowDown,
    UnknownName,
    UnknownNominee,
    VoteClosed,
    VoteUnavailable,
)
from plaudit.web.languages import language_of
from plaudit.web.views import view

__all__ = [
    "BALLOT_PROBLEMS",
    "PROBLEM_TYPE",
    "STATUS",
    "Problem",
    "answer",
    "documented",
    "handlers",
    "plain",
    "problem",
    "status_of",
    "unexpected",
]

PROBLEM_TYPE: Final = "application/problem+json"
STATUS: Final[dict[type[PlauditError], int]] = {
    BallotMalformed: 400,
    SignInNeeded: 401,
    AllowanceSpent: 403,
    VoteClosed: 403,
    UnknownName: 404,
    OutOfTurn: 409,
    KeyReused: 422,
    UnknownNominee: 422,
    SlowDown: 429,
    VoteUnavailable: 503,
}
"""The status of each error; any other of ours is a 500."""
BALLOT_PROBLEMS: Final = tuple(kind for kind in STATUS if kind not in {UnknownName, OutOfTurn})
"""What a ballot may be refused with."""
_ADVICE: Final = {
    400: "correct the request; the paths and what they take are listed at /docs",
    404: "the paths are listed at /docs, each in its only spelling",
    405: "the methods are listed at /docs",
    408: "send the whole request at once",
    411: "send Content-Length",
    413: "send less",
    415: "the media types are listed at /docs",
    500: "the organiser's log says more; tell the organiser when it happened",
}
_log = logging.getLogger("plaudit.web")

Answer = tuple[int, dict[str, str], bytes]
"""Status, headers and body."""


class Problem(Struct, frozen=True):
    """What went wrong, and what to do.

    Members that only some problems have, such as `left`, stand beside these.
    """

    type: Annotated[str, Meta(description="An address that names the problem, or about:blank.")]
    title: Annotated[str, Meta(description="The problem's name.")]
    status: Annotated[int, Meta(description="The HTTP status.")]
    detail: Annotated[str, Meta(description="The fact, with its values.")]
    remedy: Annotated[str, Meta(description="What to do.")]
    exit_code: Annotated[int, Meta(description="The exit code that the command plaudit gives the same error.")] = 1


def status_of(error: PlauditError) -> int:
    """Give the HTTP status of an error of ours."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 500)


def problem(error: PlauditError, status: int = 0) -> Answer:
    """Give an error of ours as an answer, with Retry-After where waiting helps."""
    status = status or status_of(error)
    if status == 500:  # what is wrong in the organiser's files is for the organiser
        _log.error("%s: %s", type(error).__name__, error)
        return plain(500, "the season or its evidence must be repaired")
    headers = {"content-type": PROBLEM_TYPE}
    if retry_after := error.values.get("retry_after", 1 if status in {429, 503} else None):
        headers["retry-after"] = str(retry_after)
    if status == 401:
        headers["www-authenticate"] = "Bearer"
    return status, headers, msgspec.json.encode({**error.problem(), "status": status})


def unexpected(error: BaseException) -> Answer:
    """Give a defect of ours as an answer that says nothing of it, and write its traceback to the log."""
    _log.error("a defect", exc_info=error)
    return plain(500, "a defect in the server; nothing was taken that was not acknowledged")


def plain(status: int, detail: str) -> Answer:
    """Give an answer that HTTP has a name for and we have not."""
    found = Problem("about:blank", HTTPStatus(status).phrase, status, detail, _ADVICE.get(status, "see /docs"))
    return status, {"content-type": PROBLEM_TYPE}, msgspec.json.encode(found)


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
    """Give any error as Litestar's answer: a page where a browser asks for one, else a problem."""
    if isinstance(error, PlauditError):
        status, headers, body = problem(error)
    elif isinstance(error, HTTPException) and error.status_code < 500:
        status, headers, body = plain(error.status_code, _detail(error))
        headers |= error.headers or {}
    else:
        status, headers, body = unexpected(error)
    if "text/html" in request.headers.get("accept", "") and request.url.path != "/docs/openapi.json":
        headers["content-type"] = "text/html"
        body = _page(request, msgspec.json.decode(body))
    media_type = headers.pop("content-type")
    return Response(body, status_code=status, headers=headers | {"cache-control": "no-store"}, media_type=media_type)


def handlers() -> dict[int | type[Exception], Any]:
    """Give Litestar's exception handlers."""
    return {PlauditError: answer, HTTPException: answer, Exception: answer}


def documented(*kinds: type[PlauditError], also: tuple[int, ...] = ()) -> dict[int, ResponseSpec]:
    """Give the problems that an endpoint may answer, for its OpenAPI description.

    Parameters
    ----------
    also : statuses that HTTP has a name for and we have not
    """
    said: dict[int, list[str]] = {status: [f"{HTTPStatus(status).phrase}."] for status in also}
    for kind in kinds:
        summary = (kind.__doc__ or "").splitlines()[0]
        said.setdefault(STATUS[kind], []).append(f"{kind.__name__}: {summary}")
    return {
        status: ResponseSpec(Problem, generate_examples=False, description=" ".join(lines), media_type=PROBLEM_TYPE)
        for status, lines in sorted(said.items())
    }


def _detail(error: HTTPException) -> str:
    """Give what Litestar found, with each field it found fault with."""
    if not isinstance(error.extra, list):
        return error.detail
    faults = [f"{fault.get('key', 'the body')}: {fault.get('message', '')}" for fault in error.extra]
    return "; ".join([error.detail, *faults])


def _page(request: Request[Any, Any, Any], found: dict[str, Any]) -> bytes:
    return view("live_problem.html", language_of(request), request.app.state.frame, **found)
