"""artists.toml: who the artists are and which accounts are theirs."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct
from msgspec.structs import replace

from plaudit.base.ids import exact_id, why_no_id
from plaudit.rulebook.strict_toml import read_toml
from plaudit.rulebook.values import Slug, Text

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = [
    "ARTISTS_MOST",
    "Account",
    "Artist",
    "Artists",
    "Collaboration",
    "Label",
    "TitlePattern",
    "read_artists",
    "tag_key",
]

ARTISTS_MOST: Final = 40
"""The artists one post may have: their shares add up exactly in 64 bits."""


class Account(Struct, frozen=True, forbid_unknown_fields=True):
    """One presence on one platform, by the name the source gives it."""

    platform: Text
    account: Text


class Artist(Struct, frozen=True, forbid_unknown_fields=True):
    """One artist: names by language, attributes, accounts and official tags; of a person, the groups they belong to."""

    id: Slug
    names: dict[str, str]
    kind: Literal["person", "group"]
    country: str = ""
    genres: tuple[str, ...] = ()
    fandom: str = ""
    musicbrainz: str = ""
    accounts: tuple[Account, ...] = ()
    groups: tuple[Slug, ...] = ()
    tags: tuple[Text, ...] = ()

    @property
    def name(self) -> str:
        """The English name, or the first one given."""
        return self.names.get("en") or next(iter(self.names.values()))


class TitlePattern(Struct, frozen=True, forbid_unknown_fields=True):
    """A regular expression; a post whose title it finds is this artist's."""

    artist: Slug
    title: Text


class Label(Struct, frozen=True, forbid_unknown_fields=True):
    """An account that carries many artists; the first pattern that fits decides."""

    platform: Text
    account: Text
    patterns: tuple[TitlePattern, ...] = ()


class Collaboration(Struct, frozen=True, forbid_unknown_fields=True):
    """A post of several artists, or all posts whose title a pattern finds.

    A post that is named here is theirs whatever account lists it. A pattern goes
    before the account's owner and a label's patterns; the first that fits decides.
    """

    platform: Text
    artists: tuple[Slug, ...]
    post: str = ""
    title: str = ""
    account: str = ""


class _ArtistsFile(Struct, frozen=True, forbid_unknown_fields=True):
    artist: tuple[Artist, ...]
    label: tuple[Label, ...] = ()
    collaboration: tuple[Collaboration, ...] = ()


@dataclass(frozen=True)
class Artists:
    """Every artist and label account of a season."""

    artists: tuple[Artist, ...]
    labels: tuple[Label, ...] = ()
    collaborations: tuple[Collaboration, ...] = ()

    def by_id(self) -> dict[str, Artist]:
        """Give the artists by id."""
        return {artist.id: artist for artist in self.artists}

    def members(self) -> list[tuple[str, str]]:
        """Give each person who belongs to a group, with the group."""
        return sorted((artist.id, group) for artist in self.artists for group in artist.groups)

    def tags(self) -> dict[str, str]:
        """Give whose each official tag is, as `tag_key` writes it."""
        return {tag_key(tag): artist.id for artist in self.artists for tag in artist.tags}

    def owners(self) -> dict[tuple[str, str], Artist | Label]:
        """Give whose each account is, by platform and account."""
        owners: dict[tuple[str, str], Artist | Label] = {
            (account.platform, account.account): artist for artist in self.artists for account in artist.accounts
        }
        return owners | {(label.platform, label.account): label for label in self.labels}


def tag_key(tag: str) -> str:
    """Give a tag as tags are compared: without #, in form NFC, without upper case.

    Examples
    --------
    >>> tag_key("#ForANN"), tag_key("앤에게투표")
    ('forann', '앤에게투표')
    """
    return unicodedata.normalize("NFC", tag.removeprefix("#")).casefold()


def read_artists(path: Path, name: str = "artists.toml") -> Artists:
    """Read artists.toml.

    Raises
    ------
    RuleInvalid : an id, account or collaboration given twice, or one that stands for none, a name used
        by two artists, a pattern that is no regular expression or names no artist.
    """
    file = read_toml(path, name)
    parsed = _with_exact_ids(file.parse(_ArtistsFile), file)
    _check_artists(parsed.artist, file)
    _check_groups(parsed.artist, file)
    _check_tags(parsed.artist, file)
    _check_owners(parsed, file)
    _check_patterns(parsed, file)
    _check_collaborations(parsed, file)
    return Artists(parsed.artist, parsed.label, parsed.collaboration)


def _with_exact_ids(parsed: _ArtistsFile, file: TomlFile) -> _ArtistsFile:
    """Give the same with accounts as ids are compared, and refuse what is no id."""

    def exact(text: str, place: Place, what: str) -> str:
        found = exact_id(text)
        if reason := why_no_id(found) or ("" if found else "blank id"):
            raise file.invalid(
                place,
                f"{what} {text!r} is not an id ({reason})",
                "give it another name here, and say so in the source: [source.replace]",
            )
        return found

    artists = []
    for position, artist in enumerate(parsed.artist):
        place: Place = ("artist", position)
        exact(artist.id, (*place, "id"), "artist")
        accounts = [
            replace(one, account=exact(one.account, (*place, "accounts", number), f"{one.platform} account"))
            for number, one in enumerate(artist.accounts)
        ]
        artists.append(replace(artist, accounts=tuple(accounts)))
    labels = [
        replace(label, account=exact(label.account, ("label", position, "account"), f"{label.platform} account"))
        for position, label in enumerate(parsed.label)
    ]
    together = []
    for position, one in enumerate(parsed.collaboration):
        named = {key: getattr(one, key) for key in ("post", "account") if getattr(one, key)}
        found = {key: exact(text, ("collaboration", position, key), key) for key, text in named.items()}
        together.append(replace(one, **found))
    return replace(parsed, artist=tuple(artists), label=tuple(labels), collaboration=tuple(together))


def _check_artists(artists: tuple[Artist, ...], file: TomlFile) -> None:
    ids: set[str] = set()
    names: dict[str, str] = {}
    for position, artist in enumerate(artists):
        if artist.id in ids:
            raise file.invalid(("artist", position, "id"), f"artist {artist.id!r} is given twice", "merge the two")
        ids.add(artist.id)
        if not artist.names:
            raise file.invalid(("artist", position, "names"), f"artist {artist.id!r} has no name", 'add: en = "…"')
        for language, name in artist.names.items():
            if names.setdefault(name, artist.id) != artist.id:
                raise file.invalid(
                    ("artist", position, "names", language),
                    f"{name!r} is already {names[name]}'s name",
                    "merge the two, or tell them apart",
                )


def _check_groups(artists: tuple[Artist, ...], file: TomlFile) -> None:
    kinds = {artist.id: artist.kind for artist in artists}
    for position, artist in enumerate(artists):
        for number, group in enumerate(artist.groups):
            place: Place = ("artist", position, "groups", number)
            if artist.kind != "person":
                raise file.invalid(place, f"{artist.id!r} is a {artist.kind}", "only a person belongs to groups")
            if kinds.get(group) != "group":
                raise file.invalid(place, f"no group {group!r}", 'name an artist of the kind "group"')
            if group in artist.groups[:number]:
                raise file.invalid(place, f"{group!r} is given twice", "keep one")


def _check_tags(artists: tuple[Artist, ...], file: TomlFile) -> None:
    owners: dict[str, str] = {}
    for position, artist in enumerate(artists):
        for number, tag in enumerate(artist.tags):
            place: Place = ("artist", position, "tags", number)
            if "#" in tag or tag.split() != [tag]:
                raise file.invalid(place, f"{tag!r} is not one tag", "write it without #, and without blanks")
            if tag_key(tag) in owners:
                what = f"the tag {tag!r} is already {owners[tag_key(tag)]}'s"
                raise file.invalid(place, what, "give each artist tags of their own")
            owners[tag_key(tag)] = artist.id


def _check_owners(parsed: _ArtistsFile, file: TomlFile) -> None:
    owners: dict[tuple[str, str], str] = {}
    claims: list[tuple[str, str, str, Place]] = [
        (account.platform, account.account, artist.id, ("artist", position, "accounts", number))
        for position, artist in enumerate(parsed.artist)
        for number, account in enumerate(artist.accounts)
    ]
    claims += [
        (label.platform, label.account, "a label", ("label", position, "account"))
        for position, label in enumerate(parsed.label)
    ]
    for platform, account, owner, place in claims:
        if (platform, account) in owners:
            raise file.invalid(
                place,
                f"{platform} account {account!r} is already {owners[platform, account]}'s",
                "leave it with one of them",
            )
        owners[platform, account] = owner


def _check_patterns(parsed: _ArtistsFile, file: TomlFile) -> None:
    ids = {artist.id for artist in parsed.artist}
    for position, label in enumerate(parsed.label):
        for number, pattern in enumerate(label.patterns):
            place = ("label", position, "patterns", number)
            if pattern.artist not in ids:
                raise file.invalid(place, f"no artist {pattern.artist!r}", "add the artist, or correct the id")
            _check_pattern(pattern.title, file, place)


def _check_pattern(title: str, file: TomlFile, place: Place) -> None:
    try:
        re.compile(title)
    except re.error as error:
        raise file.invalid(place, f"{title!r} is not a regular expression: {error}", "correct the pattern") from None


def _check_collaborations(parsed: _ArtistsFile, file: TomlFile) -> None:
    ids = {artist.id for artist in parsed.artist}
    seen: set[tuple[str, str]] = set()
    for position, one in enumerate(parsed.collaboration):
        place: Place = ("collaboration", position)
        if bool(one.post) == bool(one.title):
            raise file.invalid(place, "a collaboration names a post or a title, one of the two", "give one of them")
        if one.post and one.account:
            raise file.invalid((*place, "account"), "a post's id needs no account", "remove it")
        if one.post and (one.platform, one.post) in seen:
            raise file.invalid((*place, "post"), f"{one.platform} post {one.post!r} is given twice", "merge the two")
        seen.add((one.platform, one.post))
        for artist in one.artists:
            if artist not in ids:
                raise file.invalid((*place, "artists"), f"no artist {artist!r}", "add the artist, or correct the id")
        if len(set(one.artists)) != len(one.artists) or not 1 <= len(one.artists) <= ARTISTS_MOST:
            raise file.invalid(
                (*place, "artists"), f"{len(one.artists)} artists", f"name 1 to {ARTISTS_MOST}, each once"
            )
        _check_pattern(one.title, file, (*place, "title"))
