"""The ways to count that the table sensitivity tries, in words, and who is first in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.tally.sensitivity import TIED
from plaudit.words.message import Code, Listed, Message, Nominee, Value, say

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["scenario", "winners"]


def winners(joined: str) -> Value:
    """Give those who are first, or next, in a row of the table sensitivity."""
    return Listed(tuple(Nominee(one) for one in joined.split(TIED) if one))


def scenario(row: Mapping[str, Any]) -> Value:
    """Give what a row of the table sensitivity tried: its `kind` and `scenario`."""
    name: str = row["scenario"]
    rule = Code(name.split(" ", maxsplit=1)[0])
    if row["kind"] in ("half", "double"):
        return _threshold(row["kind"], rule, purged=name.endswith("if it purged"))
    known: dict[str, Message] = {
        "certified": say("as certified"),
        "none": say("without any purge"),
        "appeals": say("without appeals"),
        "late": say("with the late rules"),
        "alone": say("%(rule)s alone", rule=rule),
        "flagged": say("%(rule)s, if it purged", rule=rule),
        "channel": say("votes in %(channel)s alone", channel=Code(name.removesuffix(" alone"))),
    }
    return known.get(row["kind"], name)


def _threshold(kind: str, rule: Code, *, purged: bool) -> Message:
    if kind == "half":
        half = say("%(rule)s at half its threshold", rule=rule)
        return say("%(rule)s at half its threshold, if it purged", rule=rule) if purged else half
    double = say("%(rule)s at double its threshold", rule=rule)
    return say("%(rule)s at double its threshold, if it purged", rule=rule) if purged else double
