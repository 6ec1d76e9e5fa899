"""A live source: what of a platform is asked, of which accounts, how often and how far back."""

from __future__ import annotations

import re
from typing import Annotated, Final

from msgspec import Meta, Struct

from plaudit.rulebook.values import Text

__all__ = ["FRAMES", "Fetch", "seconds_of"]

FRAMES: Final = "frames"
"""What is asked of a platform whose signed posts are followed."""

_EVERY: Final = re.compile(r"([1-9]\d{0,3})(m|h|d)")
_SECONDS: Final = {"m": 60, "h": 3_600, "d": 86_400}


class Fetch(Struct, frozen=True, forbid_unknown_fields=True):
    """What a live source asks its platform for.

    what : of what the platform offers
    accounts : all of the platform in artists.toml where none is listed
    every : how often, as in `1h`: a cycle begins at each multiple of it since midnight UTC
    days : posts that claim an earlier publication than so many days before are not asked for
    directory : of a stream that is followed: where documents of accounts are asked for, with their keys
    """

    what: Annotated[tuple[Text, ...], Meta(min_length=1)]
    accounts: tuple[Text, ...] = ()
    every: str = "1h"
    days: Annotated[int, Meta(ge=1, le=3_660)] = 30
    server: str = ""
    tags: tuple[Text, ...] = ()
    directory: str = ""

    @property
    def every_seconds(self) -> int:
        """The seconds from one cycle to the next."""
        return seconds_of(self.every)


def seconds_of(every: str) -> int:
    """Give the seconds of a text like 15m, 1h or 7d; 0 if it is none.

    Examples
    --------
    >>> seconds_of("6h"), seconds_of("now and then")
    (21600, 0)
    """
    found = _EVERY.fullmatch(every)
    return int(found[1]) * _SECONDS[found[2]] if found else 0
