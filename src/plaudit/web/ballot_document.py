"""The ballots endpoint as OpenAPI describes it; the application answers it before Litestar hears of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import post
from litestar.openapi.datastructures import ResponseSpec

from plaudit.base.errors import UnknownName
from plaudit.web.ballots import BallotAnswer, BallotSent
from plaudit.web.edition import edition_path
from plaudit.web.problems import BALLOT_PROBLEMS, documented

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler
    from litestar.params import JSONBody

    from plaudit.rulebook.season import Season

__all__ = ["routes"]


def routes(season: Season) -> list[HTTPRouteHandler]:
    """Give the endpoint's description, with the raw endpoint's types; it takes no ballot itself."""

    @post(
        edition_path(season.edition, "ballots"),
        operation_id="ballots",
        summary="Cast a ballot",
        response_description="The ballot is durable.",
        description="The ballot is durable before the answer. The same key always gets the same receipt; send it "
        "again if no answer came. A session in a cookie also needs the header X-Plaudit-CSRF.",
        tags=["vote"],
        security=[{"session": []}],
        responses={
            200: ResponseSpec(BallotAnswer, generate_examples=False, description="The key was sent before."),
            **documented(*BALLOT_PROBLEMS, also=(408, 411, 413)),
        },
    )
    async def ballots(data: JSONBody[BallotSent]) -> BallotAnswer:  # noqa: ARG001 - described, never called
        raise UnknownName("ballots are not taken here", f"send them to {edition_path(season.edition, 'ballots')}")

    return [ballots]
