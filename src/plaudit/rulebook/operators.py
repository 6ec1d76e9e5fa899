"""Who operates a season: the keys of persons, and which acts need several of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final, Literal

from msgspec import Meta, Struct

from plaudit.rulebook.values import Count, Text
from plaudit.rulebook.witnesses import refuse_bad_keys

if TYPE_CHECKING:
    from plaudit.rulebook.strict_toml import TomlFile

__all__ = ["FINAL_ACTS", "FinalAct", "Operators", "check_operators"]

FinalAct = Literal["open", "close", "certify", "reveal", "forget"]
FINAL_ACTS: Final[tuple[FinalAct, ...]] = ("open", "close", "certify", "reveal", "forget")
"""The acts that cannot be undone; `close` is closing before the last window ends."""


class Operators(Struct, frozen=True, forbid_unknown_fields=True):
    """The operators of a season; the log's first leaf states keys, number and acts.

    keys : their verifier keys, one a person.
    least : how many of them must sign an act before it is done.
    acts : which acts they must sign.
    """

    keys: Annotated[tuple[Text, ...], Meta(min_length=1, max_length=32)]
    least: Count = 2
    acts: tuple[FinalAct, ...] = FINAL_ACTS


def check_operators(operators: Operators, file: TomlFile) -> None:
    """Refuse operators who could never agree.

    Raises
    ------
    RuleInvalid : with file, line, key and remedy.
    """
    place = ("operators",)
    refuse_bad_keys(operators.keys, file, place, "operator")
    if operators.least > len(operators.keys):
        what = f"{operators.least} operators must sign, {len(operators.keys)} named"
        raise file.invalid((*place, "least"), what, "name more, or ask for fewer")
    if len(set(operators.acts)) != len(operators.acts):
        raise file.invalid((*place, "acts"), "an act is named twice", "name each once")
