"""Who is to witness the log of a vote: keys, how many of them must sign, and where they are asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from plaudit.rulebook.values import Count, Text

if TYPE_CHECKING:
    from plaudit.rulebook.strict_toml import TomlFile

__all__ = ["Witnesses", "check_witnesses"]

_KEY: Final = re.compile(r"(?P<name>[^\s+]+)\+[0-9a-f]{8}\+(?P<public>B[A-Za-z0-9+/]{43})")
_ADDRESS: Final = re.compile(r"https?://[^\s]+")


class Witnesses(Struct, frozen=True, forbid_unknown_fields=True):
    """The witnesses of the vote's log; the log's first leaf states keys and number.

    keys : their verifier keys.
    least : how many of them must have signed the opening before the first window, and the closing.
    urls : where `plaudit log submit` asks them to sign.
    """

    keys: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=32)]
    least: Count = 1
    urls: tuple[Text, ...] = ()


def check_witnesses(witnesses: Witnesses, file: TomlFile) -> None:
    """Refuse witnesses that nobody could ask for.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    place = ("vote", "witnesses")
    names, publics = set(), set()
    for key in witnesses.keys:
        match = _KEY.fullmatch(key)
        if match is None:
            raise file.invalid(
                (*place, "keys"), f"{key!r} is not a verifier key", "give it as the witness publishes it: name+id+key"
            )
        if match["name"] in names or match["public"] in publics:
            raise file.invalid((*place, "keys"), f"{match['name']} is named twice", "one key is one witness")
        names.add(match["name"])
        publics.add(match["public"])
    if witnesses.least > len(names):
        raise file.invalid(
            (*place, "least"), f"{witnesses.least} witnesses of {len(names)} named", "name more, or ask for fewer"
        )
    for url in witnesses.urls:
        if not _ADDRESS.fullmatch(url):
            raise file.invalid((*place, "urls"), f"{url!r} is not a web address", "give the witness's, or leave it out")
