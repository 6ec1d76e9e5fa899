"""season.toml: what may be written in it."""

from __future__ import annotations

from datetime import date
from typing import Literal

from msgspec import Struct, field

from plaudit.rulebook.calendar import Calendar
from plaudit.rulebook.languages import InLanguages
from plaudit.rulebook.live import Live
from plaudit.rulebook.operators import Operators
from plaudit.rulebook.releasing import ChartHistory, Releasing
from plaudit.rulebook.simulation import Simulation
from plaudit.rulebook.site import Site
from plaudit.rulebook.sources import Source
from plaudit.rulebook.values import Aware, Slug, Text
from plaudit.rulebook.witnesses import Witnesses

__all__ = [
    "Audit",
    "ChartUse",
    "Event",
    "GrowthUse",
    "Honours",
    "NamedNominee",
    "Nomination",
    "SeasonFile",
    "Vote",
    "Window",
]


class ChartUse(Struct, frozen=True, forbid_unknown_fields=True):
    """A chart of the season: its rule and the dates within which its weeks lie.

    history : what artists had reached before the first week.
    """

    rule: Text
    first_on: date = field(name="from")
    last_on: date = field(name="to")
    history: ChartHistory | None = None


class GrowthUse(Struct, frozen=True, forbid_unknown_fields=True):
    """What is told of growth: the rule, and the first and last day."""

    rule: Text
    first_on: date = field(name="from")
    last_on: date = field(name="to")


class Event(Struct, frozen=True, forbid_unknown_fields=True):
    """Something of a day that artists or others did: a release, a concert, a show.

    id : its name in tables, in lower case with hyphens.
    on : the day.
    artists : whose it is.
    title : what it was.
    source : who says so.
    """

    id: Slug
    on: date
    artists: tuple[Text, ...]
    title: InLanguages
    source: Text


class NamedNominee(Struct, frozen=True, forbid_unknown_fields=True):
    """A nominee by name, and who says so."""

    nominee: Text
    source: Text


class Nomination(Struct, frozen=True, forbid_unknown_fields=True):
    """How the edition's nominees are found; the dates are the eligibility period.

    nominees_file : a CSV file with columns nominee, name, artist; for awards to
        works, whose nominees are not artists.
    """

    rule: Text
    chart: str = ""
    first_on: date | None = field(name="from", default=None)
    last_on: date | None = field(name="to", default=None)
    named: tuple[NamedNominee, ...] = ()
    nominees_file: str = ""
    nominees_source: str = ""


class Window(Struct, frozen=True, forbid_unknown_fields=True):
    """A voting window, half-open; for some channels, or for all."""

    id: Text
    opens_at: Aware = field(name="from")
    closes_at: Aware = field(name="to")
    channels: tuple[str, ...] = ()


class Vote(Struct, frozen=True, forbid_unknown_fields=True):
    """The edition's vote: its counting rule and its windows.

    live : present where the season takes ballots itself; else they come from files.
    witnesses : present where others are to sign the log's opening and closing.
    """

    rule: Text
    window: tuple[Window, ...]
    live: Live | None = None
    witnesses: Witnesses | None = None


class Audit(Struct, frozen=True, forbid_unknown_fields=True):
    """The purge rules of the vote, in the order in which they are applied.

    purges : declared before the vote opens; the log's first leaf holds their digests.
    late : added later; applied beside the result, never in it.
    """

    purges: tuple[str, ...] = ()
    late: tuple[str, ...] = ()


class Honours(Struct, frozen=True, forbid_unknown_fields=True):
    """Whose certificates of earlier editions count.

    keys : verifier keys of their signers.
    """

    keys: tuple[Text, ...] = ()


class SeasonFile(Struct, frozen=True, forbid_unknown_fields=True):
    """The file as it is written, key by key."""

    title: InLanguages
    about: InLanguages
    award: Text
    edition: Text
    origin: Text
    source: tuple[Source, ...] = ()
    chart: tuple[ChartUse, ...] = ()
    release: Releasing | None = None
    growth: GrowthUse | None = None
    event: tuple[Event, ...] = ()
    nomination: Nomination | None = None
    vote: Vote | None = None
    audit: Audit = Audit()
    honours: Honours = Honours()
    operators: Operators | None = None
    calendar: Calendar | None = None
    simulate: Simulation | None = None
    site: Site = Site()
    award_artists: Literal["artists", "works"] = "artists"
