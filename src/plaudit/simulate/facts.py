"""What a source could say of voters: the state of their account, who belongs to whom, and the network prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute

if TYPE_CHECKING:
    from collections.abc import Sequence

    from plaudit.simulate.arrays import Ints, People
    from plaudit.simulate.scene import Scene

__all__ = ["facts"]

_PER_PREFIX: Final = {"farm": 40, "script": 1000, "replayed": 1000, "sleepless": 20, "patient": 1}
"""Accounts of an attack behind one prefix; the others sit at home, as fans do."""
_SUSPENDED: Final = {"farm": 0.4, "script": 0.4, "replayed": 0.2, "clique": 0.2, "sleepless": 0.4, "rented": 0.05}
_FANS_SUSPENDED: Final = 0.0002
_FANS_CLOSED: Final = 0.002
_FALSELY_LINKED: Final = 0.0002
"""Fans who share a telephone number with another of their household, and are not one person."""
_LAST_PLACE: Final = 21
"""Where the networks of the last kind lie; counted from it, so that a new kind of fan moves no attacker's."""
_HOME, _CAMPUS = 0.55, 0.08
"""The parts of fans at home, two to a prefix, and on a campus, 500; the rest are behind carriers, 2,000."""


def facts(scene: Scene, people: People, kind: Ints, kinds: Sequence[str], voter: Ints, votes: Ints) -> pa.Table:
    """Give one row a voter of whom anything is known: voter, state, linked and network.

    votes : the positions of people who cast a ballot
    """
    chance = scene.chance("facts")
    size = len(people)
    known = votes[chance.random(len(votes)) < scene.plan.fans.known_ppm / 1_000_000]
    place = chance.random(size)
    order = chance.permutation(size)
    network = np.select(
        [place < _HOME, place < _HOME + _CAMPUS], [order // 2, order // 500 + 2**32], order // 2000 + 2**33
    )
    suspended = np.full(size, _FANS_SUSPENDED)
    linked = np.where((chance.random(size) < _FALSELY_LINKED)[order // 2], order // 2, -1)
    for number, name in enumerate(kinds):
        which = np.nonzero(kind == number)[0]
        place_of = (number - len(kinds) + _LAST_PLACE) * 2**32
        suspended[which] = _SUSPENDED.get(name, _FANS_SUSPENDED)
        if name in _PER_PREFIX:
            network[which] = place_of + np.arange(len(which)) // _PER_PREFIX[name]
        if name == "second":
            linked[which] = network[which] = place_of + people.group[which]
    fate = chance.random(size)
    state = np.select([fate < suspended, fate < suspended + _FANS_CLOSED], [1, 2], 0)
    return pa.table(
        {
            "voter": pa.array(voter[known], pa.int64()),
            "state": _texts(state[known], ["", "suspended", "closed"]),
            "linked": _named("person", linked[known]),
            "network": _named("prefix", network[known]),
        }
    ).sort_by("voter")


def _texts(codes: Ints, words: Sequence[str]) -> pa.Array:
    found = pa.array(np.array(words, dtype=object)[codes].tolist(), pa.string())
    return pa.compute.if_else(pa.compute.equal(found, ""), pa.scalar(None, pa.string()), found)


def _named(what: str, numbers: Ints) -> pa.Array:
    texts = [None if number < 0 else f"{what}-{number:x}" for number in numbers.tolist()]
    return pa.array(texts, pa.string())
