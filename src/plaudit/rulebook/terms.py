"""Terms: what a source's licence or agreement allows, as data."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct, field

from plaudit.rulebook.values import Text

__all__ = ["Terms"]


class Terms(Struct, frozen=True, forbid_unknown_fields=True):
    """What the season says that it may do with a source; `because` names the licence or agreement that says so.

    since : the day from which it applies, or on which it was read
    keep_days : so many days a body may be kept; without it, any time
    derive : whether figures may be made of it and published
    redistribute : whether its rows may be published; else only what is made of them
    """

    because: Text
    since: date = field(name="from")
    keep_days: Annotated[int, Meta(ge=1)] | None = None
    derive: bool = True
    redistribute: bool = True
