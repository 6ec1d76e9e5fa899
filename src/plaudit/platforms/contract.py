"""The platform contract: what to ask, what an answer says, what its errors mean.

A platform has no clock, no disk, no network and no state: it makes asks from a wish, and rows
from an answer. Whatever asks it again with the same bytes gets the same rows. Instants are the
machine's, in microseconds UTC; a time that the platform or an author states is a claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct, field

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["Answer", "Ask", "Limit", "Outcome", "Platform", "Said", "Tail", "Unread", "Wish"]


class Wish(Struct, frozen=True):
    """What a live source wants in one cycle.

    accounts : as artists.toml writes them
    what : some of the platform's `offers`
    since : an instant; posts that claim an earlier publication are not asked for
    server : the address to ask, where a platform has many
    posts : known posts, as the platform writes them, whose counters are wanted again
    until : the instant at which the cycle begins; for platforms that are asked for whole days
    """

    accounts: tuple[str, ...]
    what: tuple[str, ...]
    since: int
    tags: tuple[str, ...] = ()
    server: str = ""
    posts: tuple[str, ...] = ()
    until: int = 0


class Ask(Struct, frozen=True):
    """One request, without secrets: they are added on the way out and are archived nowhere.

    what : what of the wish it answers
    accounts, posts : whom and what it asks about, as artists.toml and the platform write them
    page : from 1; an ask that follows another's answer counts on
    pool, units : which quota it takes from, and how much
    """

    platform: str
    what: str
    url: str
    accounts: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    method: Literal["GET", "POST"] = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    page: int = 1
    pool: str = ""
    units: int = 1


class Answer(Struct, frozen=True):
    """What came back, as received.

    asked_at, answered_at : instants by the machine's clock
    headers : the ones that matter, names in lower case
    failure : why there is no whole answer: `timeout`, `cut`, `too large`, `redirect`, `unreachable`
    """

    ask: Ask
    asked_at: int
    answered_at: int
    status: int
    headers: dict[str, str]
    body: bytes
    failure: str = ""


class Outcome(Struct, frozen=True):
    """What an answer amounts to.

    verdict : `answered`; `absent` where there is no such account or post, or it is hidden, with the
        platform's word in `detail`; `refused` where asking again changes nothing; `limited` where a
        quota is spent; `failed` where asking again may help
    retry_at : the instant before which asking again is vain; 0 where the platform does not say
    """

    verdict: Literal["answered", "absent", "refused", "limited", "failed"]
    retry_at: int = 0
    detail: str = ""


class Said(Struct, frozen=True):
    """One row that an answer gives, in the columns of a source of its kind.

    kind :
        `counters`: a post (`post`, `account`, `published_at`, `title`, `media`, `is_repost`) and its metrics
        `readings`: one number of an account (`account`, `metric`, `value`); with `day` it is the figure
        of that day (UTC) alone, not a running counter
        `deletions`: a post (`post`, `account`) that its author or the platform has withdrawn
        `accounts`: an account (`account`) with its `stable_id`, its `name` of now and its `state`: `active`,
        or the platform's word for why it is not seen
        `tagged`: a public post that bears tags (`post`, `author`, `tags` and `mentions` by spaces, `gesture`:
        `post`, `repost` or `quote`, `of` which post, `published_at`, `is_edit`)
    values : our column or metric to what the platform said; what it did not say is not there, never 0.
        `published_at` is a claim; `account` is as the ask writes it, where the answer is of one that it names.
        `observed_at` is never there: it is the answer's `answered_at`
    """

    kind: Literal["counters", "readings", "deletions", "accounts", "tagged"]
    values: dict[str, str | int | bool]


class Unread(Struct, frozen=True):
    """One item of an answer that cannot be read: it costs itself and is listed with its reason."""

    reason: str
    detail: str


class Limit(Struct, frozen=True):
    """A published limit: so many units of a pool in so many seconds, or in a day that begins at midnight in a zone.

    source : where the platform says so, and when that was read
    """

    pool: str
    units: int
    seconds: int
    zone: str = ""
    source: str = ""


class Platform(Protocol):
    """One platform; docs/how-to/add-a-platform.md makes one, step by step.

    id : as sources and accounts name it
    offers : what can be wished for, each with the metrics that come of it
    keys : names of the secrets that it needs or may use
    headers : names of the answer's headers that are archived
    """

    id: str
    offers: Mapping[str, frozenset[str]]
    keys: tuple[str, ...]
    headers: frozenset[str]
    limits: tuple[Limit, ...]

    def begin(self, wish: Wish) -> Sequence[Ask]:
        """Give the asks that begin a cycle, in order."""

    def follow(self, wish: Wish, answer: Answer) -> Sequence[Ask]:
        """Give what to ask next: the next page, or the counters of the posts that an answer lists."""

    def outcome(self, answer: Answer) -> Outcome:
        """Say what an answer amounts to."""

    def rows(self, answer: Answer) -> Iterator[Said | Unread]:
        """Give what an answer says, in its order; of one that did not answer, nothing."""

    def with_keys(self, ask: Ask, keys: Mapping[str, str]) -> Ask:
        """Give the ask as it is sent, secrets included."""


class Tail(Protocol):
    """What a platform that can be followed live also has; each message of the stream is an answer to its ask.

    A stream tells at least once: `rows` of a message that comes again are the same rows.
    """

    def tail(self, wish: Wish, cursor: str) -> Ask:
        """Give the address to follow (wss or server-sent events), from a cursor on, or from now."""

    def cursor(self, answer: Answer) -> str:
        """Give where to go on after this message; nothing where it does not say."""

    def told_at(self, answer: Answer) -> int:
        """Give when the platform says that it sent this message, which is a claim; 0 where it does not say."""

    def gap(self, answer: Answer) -> str:
        """Give the platform's word for what this message says was missed; nothing where it says nothing."""
