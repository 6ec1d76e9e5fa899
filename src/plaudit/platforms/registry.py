"""The platforms there are: the shipped ones, and those of other packages by entry point."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Final

from plaudit.base.errors import SourceChanged, UnknownName
from plaudit.base.spelling import meant
from plaudit.platforms.atproto import Atproto
from plaudit.platforms.lastfm import LastFm
from plaudit.platforms.listenbrainz import ListenBrainz
from plaudit.platforms.mastodon import Mastodon
from plaudit.platforms.wikimedia import Wikimedia
from plaudit.platforms.x import X
from plaudit.platforms.youtube import YouTube

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plaudit.platforms.contract import Platform

__all__ = ["GROUP", "platform", "platforms"]

GROUP: Final = "plaudit.platforms"
"""The group of entry points under which a package offers a platform: its id to a class without arguments."""

_SHIPPED: Final[tuple[Platform, ...]] = (
    Atproto(),
    YouTube(),
    Mastodon(),
    Wikimedia(),
    ListenBrainz(),
    LastFm(),
    X(),
)
_PARTS: Final = ("id", "offers", "keys", "headers", "limits", "begin", "follow", "outcome", "rows", "with_keys")


@cache
def platforms() -> Mapping[str, Platform]:
    """Give every platform by its id, the shipped ones first.

    Raises
    ------
    SourceChanged : an entry point does not load, lacks a part of the contract, or takes a name that is taken.

    Examples
    --------
    >>> list(platforms())[:3]
    ['atproto', 'youtube', 'mastodon']
    """
    found = {one.id: one for one in _SHIPPED}
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        remedy = f"correct or uninstall the package that declares {point.value!r}"
        if point.name in found:
            raise SourceChanged(f"two packages offer the platform {point.name!r}", remedy, platform=point.name)
        try:
            one = point.load()()
        except (ImportError, AttributeError, TypeError) as error:
            raise SourceChanged(f"the platform {point.name!r} does not load: {error}", remedy) from error
        lacking = [part for part in _PARTS if not hasattr(one, part)]
        if lacking or one.id != point.name:
            what = f"lacks {', '.join(lacking)}" if lacking else f"calls itself {one.id!r}"
            raise SourceChanged(f"the platform {point.name!r} {what}", remedy, platform=point.name)
        found[point.name] = one
    return found


def platform(name: str) -> Platform:
    """Give a platform by its id.

    Raises
    ------
    UnknownName : there is none; the message names near ones.

    Examples
    --------
    >>> platform("youtub")
    Traceback (most recent call last):
        ...
    plaudit.base.errors.UnknownName: no platform 'youtub'; did you mean 'youtube'?
    """
    found = platforms()
    if name not in found:
        raise UnknownName(f"no platform {name!r}", meant(name, found, f"use one of: {', '.join(found)}"), platform=name)
    return found[name]
