"""How a season takes its own ballots: who may sign in, and how."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from plaudit.base.spelling import meant
from plaudit.rulebook.values import Count, Text

if TYPE_CHECKING:
    from plaudit.rulebook.counting_rule import CountingRule
    from plaudit.rulebook.strict_toml import TomlFile

__all__ = ["EMAIL", "GUEST", "EmailCodes", "Live", "Provider", "check_live"]


GUEST: Final = "guest"
"""The way of signing in that asks nothing; what a guest's ballot names as its source."""
EMAIL: Final = "email"
"""The way of signing in by a code sent by e-mail."""
_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]*")
_ADDRESS: Final = re.compile(r"https://[^\s]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/[^\s]*)?")


class Provider(Struct, frozen=True, forbid_unknown_fields=True):
    """An OpenID Connect provider; its ballots name `id` as their source.

    secret_env : the environment variable that holds the client's secret; the file never does.
    """

    id: Text
    name: Text
    issuer: Text
    client_id: Text
    secret_env: str = ""


class EmailCodes(Struct, frozen=True, forbid_unknown_fields=True):
    """A mail server that sends one-time codes.

    connections : how many are kept to it at most.
    """

    host: Text
    sender: Text
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_env: str = ""
    connections: Annotated[int, Meta(ge=1, le=100)] = 16


class Live(Struct, frozen=True, forbid_unknown_fields=True):
    """The vote that this season takes itself; without it ballots come from files.

    channel : the channel of the ballots that page and API take.
    page : the address of the page that takes ballots; the published site links to it.
    guests : whether anybody may vote without signing in; for demonstrations;
        ballots and certificate say so.
    work : the size of the proof of work that a sign-in costs; 0 asks for none.
    sign_ins_per_minute, ballots_per_minute : the most from one network; 0 is no limit.
    """

    channel: Text = "web"
    page: str = ""
    guests: bool = False
    provider: tuple[Provider, ...] = ()
    email: EmailCodes | None = None
    work: Annotated[int, Meta(ge=0, le=10_000_000)] = 50_000
    session_minutes: Annotated[int, Meta(ge=1, le=24 * 60)] = 60
    sign_ins_per_minute: Count = 600
    ballots_per_minute: Count = 3_000

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways of signing in; each is the source that its ballots name."""
        return (
            *((GUEST,) if self.guests else ()),
            *((EMAIL,) if self.email else ()),
            *(provider.id for provider in self.provider),
        )


def check_live(live: Live, rule: CountingRule, sources: list[str], file: TomlFile) -> None:
    """Refuse a live vote that nobody could take part in, or whose names clash.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    place = ("vote", "live")
    channel = rule.channel_named(live.channel)
    if channel is None or channel.counts != "ballots" or channel.gestures.vote != "counts":
        legal = [one.id for one in rule.channel if one.counts == "ballots" and one.gestures.vote == "counts"]
        raise file.invalid(
            (*place, "channel"),
            f"{live.channel!r} is not a channel of {rule.name} in which a vote counts",
            meant(live.channel, legal, f"use one of: {', '.join(legal) or 'none there is; choose another rule'}"),
        )
    if live.page and not _ADDRESS.fullmatch(live.page):
        raise file.invalid(
            (*place, "page"), f"{live.page!r} is not an https address", "give the page's, or leave it out"
        )
    if not live.ways:
        raise file.invalid(
            place, "nobody can sign in", "add [[vote.live.provider]], [vote.live.email] or guests = true"
        )
    taken = {GUEST, EMAIL, *sources}
    for position, provider in enumerate(live.provider):
        where = (*place, "provider", position)
        if not _ID.fullmatch(provider.id) or provider.id in taken:
            raise file.invalid(
                (*where, "id"), f"{provider.id!r} is taken or no name", "use another, in lower case with hyphens"
            )
        taken.add(provider.id)
        if not _ADDRESS.fullmatch(provider.issuer):
            raise file.invalid((*where, "issuer"), f"{provider.issuer!r} is not an https address", "give the issuer's")
