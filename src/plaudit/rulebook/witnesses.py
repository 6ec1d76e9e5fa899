"""Who is to witness the log of a vote: keys, how many of them must sign, and where they are asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Final

from msgspec import Meta, Struct

from plaudit.rulebook.values import Count, Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = ["Witnesses", "check_witnesses", "refuse_bad_keys"]

_KEY: Final = re.compile(r"(?P<name>[^\s+]+)\+[0-9a-f]{8}\+(?P<public>(?P<kind>[AB])[A-Za-z0-9+/]{43})")
_KINDS: Final = {"operator": "A", "witness": "B"}
"""How a key of each begins in base64: the byte of its kind is 1 where it signs, and 4 where it cosigns."""
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
    refuse_bad_keys(witnesses.keys, file, place, "witness")
    if witnesses.least > len(witnesses.keys):
        raise file.invalid(
            (*place, "least"),
            f"{witnesses.least} witnesses of {len(witnesses.keys)} named",
            "name more, or ask for fewer",
        )
    for url in witnesses.urls:
        if not _ADDRESS.fullmatch(url):
            raise file.invalid((*place, "urls"), f"{url!r} is not a web address", "give the witness's, or leave it out")


def refuse_bad_keys(keys: Iterable[str], file: TomlFile, place: Place, whose: str) -> None:
    """Refuse texts that are no verifier keys, and a name or a key that stands there twice.

    Parameters
    ----------
    place : of the block that has `keys`
    whose : what one key stands for: `witness` or `operator`

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    names, publics = set(), set()
    for key in keys:
        match = _KEY.fullmatch(key)
        if match is None or match["kind"] != _KINDS[whose]:
            raise file.invalid(
                (*place, "keys"), f"{key!r} is not a verifier key", f"give it as the {whose} publishes it: name+id+key"
            )
        if match["name"] in names or match["public"] in publics:
            raise file.invalid((*place, "keys"), f"{match['name']} is named twice", f"one key is one {whose}")
        names.add(match["name"])
        publics.add(match["public"])
