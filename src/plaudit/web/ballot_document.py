"""The ballots endpoint as OpenAPI describes it; the application answers it without Litestar in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from litestar import Request, post
from litestar.openapi.datastructures import ResponseSpec

from plaudit.web.ballots import BallotAnswer, BallotSent, taken
from plaudit.web.edition import edition_path
from plaudit.web.problems import BALLOT_PROBLEMS, documented
from plaudit.web.signed_in import header_of, session_of

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.params import JSONBody

    from plaudit.vote.live import LiveVote
    from plaudit.web.sessions import Sessions

__all__ = ["routes"]


def routes(vote: LiveVote, sessions: Sessions) -> list[HTTPRouteHandler]:
    """Give the endpoint's description; its types and what it calls are the raw endpoint's."""

    @post(
        edition_path(vote.season.edition, "ballots"),
        operation_id="ballots",
        summary="Cast a ballot",
        response_description="The ballot is durable.",
        description="The ballot is durable before the answer. The same key gets the same receipt, ever; send it "
        "again when an answer did not come. A session in a cookie needs the header X-Plaudit-CSRF beside it.",
        tags=["vote"],
        security=[{"session": []}],
        responses={
            200: ResponseSpec(BallotAnswer, generate_examples=False, description="The key was sent before."),
            **documented(*BALLOT_PROBLEMS, also=(408, 411, 413)),
        },
    )
    async def ballots(request: Request[Any, Any, Any], data: JSONBody[BallotSent]) -> BallotAnswer:
        return await taken(vote, session_of(header_of(request), sessions, is_change=True), data)

    return [ballots]
