"""A slow audit in plain Python: which rule takes which ballot first, and what appeals give back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Act", "Rule", "rulings"]


@dataclass(frozen=True)
class Act:
    """One ballot, as far as the order of rules can tell ballots apart."""

    ballot: int
    voter: int


@dataclass(frozen=True)
class Rule:
    """A rule as what it takes: the ballots, and the case of each."""

    name: str
    takes: dict[int, int] = field(default_factory=dict)
    is_late: bool = False
    sets_aside: bool = True


def rulings(
    acts: Sequence[Act], rules: Sequence[Rule], back: set[int], back_whole: set[int]
) -> set[tuple[int, str, int, str]]:
    """Give ballot, rule, case and outcome of every ruling.

    Parameters
    ----------
    back : ballots that are reinstated
    back_whole : ballots whose voters are reinstated
    """
    voters = {act.voter for act in acts if act.ballot in back_whole}
    returned = back | {act.ballot for act in acts if act.voter in voters}
    found = set()
    for act in acts:
        is_taken = False
        for rule in rules:
            if not rule.sets_aside or act.ballot not in rule.takes:
                continue
            outcome = "late" if rule.is_late else "also" if is_taken else "set aside"
            is_taken = is_taken or not rule.is_late
            if act.ballot in returned:
                outcome = "reinstated"
            found.add((act.ballot, rule.name, rule.takes[act.ballot], outcome))
    return found
