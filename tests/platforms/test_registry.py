"""Platforms are found by their id, wherever their package comes from."""

from __future__ import annotations

from importlib.metadata import EntryPoint, EntryPoints
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import SourceChanged, UnknownName
from plaudit.platforms import registry
from plaudit.platforms.atproto import Atproto
from plaudit.platforms.registry import GROUP, platform, platforms

if TYPE_CHECKING:
    from collections.abc import Iterator


class Other(Atproto):
    id = "other"


class Half:
    id = "half"


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[EntryPoint]]:
    """Give the entry points that are installed, to add to."""
    points: list[EntryPoint] = []
    monkeypatch.setattr(registry, "entry_points", lambda group: EntryPoints(points) if group == GROUP else None)
    platforms.cache_clear()
    yield points
    platforms.cache_clear()


def point(name: str, what: str) -> EntryPoint:
    return EntryPoint(name, f"tests.platforms.test_registry:{what}", GROUP)


def test_the_shipped_ones_are_there_in_their_order() -> None:
    assert list(platforms())[:7] == ["atproto", "youtube", "mastodon", "wikimedia", "listenbrainz", "lastfm", "x"]
    assert platform("youtube").keys == ("YOUTUBE_API_KEY",)


def test_a_package_adds_one_by_entry_point(installed: list[EntryPoint]) -> None:
    installed.append(point("other", "Other"))

    assert platform("other").id == "other"


@pytest.mark.parametrize(
    ("name", "what", "said"),
    [
        ("youtube", "Other", "two packages offer the platform 'youtube'"),
        ("half", "Half", "the platform 'half' lacks offers, keys, headers"),
        ("another", "Other", "the platform 'another' calls itself 'other'"),
        ("none", "Nothing", "the platform 'none' does not load"),
    ],
)
def test_one_that_breaks_the_contract_is_refused(installed: list[EntryPoint], name: str, what: str, said: str) -> None:
    installed.append(point(name, what))

    with pytest.raises(SourceChanged, match=said):
        platforms()


def test_a_name_that_is_none_is_met_with_near_ones() -> None:
    with pytest.raises(UnknownName, match=r"no platform 'mastadon'; did you mean 'mastodon'\?"):
        platform("mastadon")
