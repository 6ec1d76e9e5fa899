"""What the vote is: names, windows, cap, ways of signing in, and the log it is written in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Final, Literal
from urllib.parse import quote

from litestar import get
from msgspec import Meta, Struct

from plaudit.base.errors import VoteUnavailable
from plaudit.nominate.nominate import named_nominees
from plaudit.rulebook.live import EMAIL, GUEST
from plaudit.web.problems import documented

if TYPE_CHECKING:
    from litestar.handlers import HTTPRouteHandler

    from plaudit.rulebook.season import Season
    from plaudit.vote.live import LiveVote

__all__ = [
    "EditionAnswer",
    "NomineeName",
    "SignInWay",
    "edition_answer",
    "edition_path",
    "label",
    "moment",
    "nominee_names",
    "routes",
]

DEMONSTRATION: Final = "guest ballots: a demonstration"
TROUBLE: Final = "the published log is behind the ballots; every ballot that was answered is safe"
"""What everybody is told; why, with the organiser's paths and disks in it, is on the organiser's stderr."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class NomineeName(Struct, frozen=True):
    """A nominee's id, which ballots use, and name."""

    id: str
    name: str


class WindowTimes(Struct, frozen=True):
    """A voting window, half-open; with no channels, for all."""

    id: str
    opens_at: datetime
    closes_at: datetime
    channels: tuple[str, ...]


class CapAnswer(Struct, frozen=True):
    """The most votes of one voter, per period and scope."""

    votes: int
    per: Literal["day", "window", "vote"]
    scope: Literal["award", "nominee"]


class SignInWay(Struct, frozen=True):
    """A way of signing in and where it begins."""

    id: str
    name: str
    path: str


class LogAnswer(Struct, frozen=True):
    """The log: its name, the key that verifies its checkpoints, and where its files are."""

    origin: str
    verifier_key: str
    path: str


class EditionAnswer(Struct, frozen=True):
    """Everything a voter's program needs to know of the vote."""

    title: str
    about: str
    award: str
    edition: str
    rule: Annotated[str, Meta(description="The counting rule, id@version.")]
    channel: Annotated[str, Meta(description="The channel that ballots sent here are cast in.")]
    nominees: list[NomineeName]
    windows: list[WindowTimes]
    is_open: bool
    opens_at: Annotated[datetime | None, Meta(description="When the open window opened, or the next one opens.")]
    closes_at: Annotated[datetime | None, Meta(description="When that window closes.")]
    cap: CapAnswer | None
    standings: Literal["public", "hidden", "sealed"]
    sign_in: list[SignInWay]
    work: Annotated[int, Meta(description="The proof of work that a sign-in costs; 0 asks for none.")]
    evidence: Annotated[str, Meta(description="What the ballots are evidence of.")]
    trouble: Annotated[str, Meta(description="What keeps ballots out of the log now; empty if all is well.")]
    log: LogAnswer


def routes(vote: LiveVote) -> list[HTTPRouteHandler]:
    """Give the endpoint that tells what the vote is."""
    edition = vote.season.edition
    names = nominee_names(vote.season)

    @get(
        edition_path(edition),
        operation_id="vote",
        summary="What the vote is",
        response_description="The vote.",
        description="Nominees, windows, cap, ways of signing in, and the log that ballots are written in.",
        tags=["vote"],
        responses=documented(VoteUnavailable),
        sync_to_thread=False,
    )
    def what_the_vote_is() -> EditionAnswer:
        return edition_answer(vote, names)

    return [what_the_vote_is]


def edition_path(edition: str, rest: str = "") -> str:
    """Give the path of an endpoint of the edition.

    Examples
    --------
    >>> edition_path("2018", "ballots")
    '/v1/2018/ballots'
    """
    return f"/v1/{edition}/{rest}".rstrip("/")


def edition_answer(vote: LiveVote, names: dict[str, str]) -> EditionAnswer:
    """Say what the vote is at this instant."""
    season, rule, live = vote.season, vote.rule, vote.season.live
    assert live is not None
    channel = rule.channel_named(live.channel)
    assert channel is not None
    windows = sorted(
        (window for window in season.windows() if window.takes(live.channel)), key=lambda window: window.opens_at
    )
    now = vote.now()
    near = next((window for window in windows if now < window.closes_at and vote.closed_at is None), None)
    return EditionAnswer(
        title=season.title,
        about=season.about,
        award=season.award,
        edition=season.edition,
        rule=rule.name,
        channel=live.channel,
        nominees=[NomineeName(nominee, names.get(nominee, nominee)) for nominee in vote.names.nominees],
        windows=[
            WindowTimes(window.id, moment(window.opens_at), moment(window.closes_at), window.channels)
            for window in windows
        ],
        is_open=vote.is_open(now),
        opens_at=moment(near.opens_at) if near else None,
        closes_at=moment(near.closes_at) if near else None,
        cap=CapAnswer(channel.cap.votes, channel.cap.per, channel.cap.scope) if channel.cap else None,
        standings=rule.intake.standings,
        sign_in=sign_in_ways(season),
        work=live.work,
        evidence=label(season),
        trouble=TROUBLE if vote.trouble else "",
        log=LogAnswer(
            vote.signer.verifier.name, str(vote.signer.verifier), quote(edition_path(season.edition, "log")) + "/"
        ),
    )


def sign_in_ways(season: Season) -> list[SignInWay]:
    """Give the season's ways of signing in."""
    assert season.live is not None
    path = quote(edition_path(season.edition, "sign-in"))
    named = {GUEST: ("as a guest", f"{path}/guest"), EMAIL: ("by a code sent by e-mail", f"{path}/email")}
    named |= {provider.id: (provider.name, f"{path}/oidc/{provider.id}") for provider in season.live.provider}
    return [SignInWay(way, *named[way]) for way in season.live.ways]


def label(season: Season) -> str:
    """Say what the ballots are evidence of."""
    assert season.live is not None
    if season.live.guests:
        return DEMONSTRATION
    return "ballots of signed-in voters"


def nominee_names(season: Season) -> dict[str, str]:
    """Give the name of every artist and work that could be nominated, by id."""
    names = {artist.id: artist.name for artist in season.artists.artists}
    if season.nomination:
        named = named_nominees(season.folder, season.nomination)
        names |= {item["nominee"]: item["name"] for item in named if item["name"]}
    return names


def moment(instant: int) -> datetime:
    """Give an instant as a datetime, in UTC."""
    return _EPOCH + timedelta(microseconds=instant)
