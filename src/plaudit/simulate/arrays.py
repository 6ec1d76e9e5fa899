"""The arrays of a simulated season: people, and the sessions in which they vote."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Crowd", "Floats", "Ints", "People", "Sessions", "chained", "joined"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class People:
    """Accounts, one item each.

    asleep_from, asleep_for : when sleep begins on the circle of a UTC day, and how long it is, in microseconds
    gap_seconds : the median gap between two ballots of a session
    sigma : how uneven a hand is, the sigma of the gaps' logarithms
    jitter : for machines, the part of the gap by which it trembles, evenly
    pauses : the part of the gaps that are long ones
    group : accounts of one household, hand or clique
    """

    nominee: Ints
    asleep_from: Ints
    asleep_for: Ints
    gap_seconds: Floats
    sigma: Floats
    jitter: Floats
    pauses: Floats
    created_at: Ints
    group: Ints

    def __len__(self) -> int:
        return len(self.nominee)


@dataclass(frozen=True)
class Sessions:
    """Spells of voting, one item each: who begins when, and casts how many ballots where for whom.

    person : position among the people of the same crowd
    post : the number of the post that is passed on; -1 where none is given
    """

    person: Ints
    starts_at: Ints
    length: Ints
    channel: Ints
    nominee: Ints
    post: Ints

    def __len__(self) -> int:
        return len(self.person)

    def chosen(self, which: NDArray[np.bool_] | Ints | slice) -> Sessions:
        """Give some of the sessions."""
        return Sessions(*(getattr(self, name.name)[which] for name in fields(self)))

    def cut(self, ballots: int) -> Sessions:
        """Give the first sessions, of so many ballots or of all there are."""
        ends = np.cumsum(self.length)
        kept = self.chosen(slice(0, int(np.searchsorted(ends, ballots)) + 1 if ballots else 0))
        if len(kept):
            kept.length[-1] -= max(0, int(kept.length.sum()) - ballots)
        return kept

    def by_person(self) -> Sessions:
        """Give them person by person, so that a cut leaves out whole people."""
        return self.chosen(np.argsort(self.person, kind="stable"))


@dataclass(frozen=True)
class Crowd:
    """One kind of voter: the people and their sessions."""

    people: People
    sessions: Sessions

    @property
    def ballots(self) -> int:
        """How many ballots the sessions have."""
        return int(self.sessions.length.sum())

    def cut(self, ballots: int) -> Crowd:
        """Give the same people with their first sessions, of so many ballots or of all there are."""
        return Crowd(self.people, self.sessions.cut(ballots))


def chained(parts: Sequence[Sessions]) -> Sessions:
    """Give the sessions of several lists as one; none are no sessions."""
    if not parts:
        return Sessions(*(np.zeros(0, np.int64) for _ in fields(Sessions)))
    return Sessions(*(np.concatenate([getattr(part, item.name) for part in parts]) for item in fields(Sessions)))


def joined(crowds: Sequence[Crowd]) -> Crowd:
    """Give several crowds as one; positions of people are shifted."""
    firsts = np.cumsum([0, *(len(crowd.people) for crowd in crowds)])
    people = People(
        *(np.concatenate([getattr(crowd.people, item.name) for crowd in crowds]) for item in fields(People))
    )
    moved = [replace(crowd.sessions, person=crowd.sessions.person + firsts[at]) for at, crowd in enumerate(crowds)]
    return Crowd(people, chained(moved))
