"""On what numbers a voter was matched: sentences by code, whose values the engine writes row by row.

{"code":"network.crowded","values":{"voters":120}}
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import ibis

from plaudit.words.counted import accounts, days, gaps, minutes, posts, seconds, voters, votes
from plaudit.words.message import Own, Ppm, Thousandths, say
from plaudit.words.sentence import Sentence, catalogue, told

if TYPE_CHECKING:
    from plaudit.words.message import Value

__all__ = ["GROUNDS", "ground", "told_ground"]

_STATES: Final = {"closed": say("closed"), "suspended": say("suspended")}

GROUNDS: Final = catalogue(
    [
        Sentence(
            "regular-gaps.even",
            "%(gaps)s of %(mean)s s on average, with a spread of %(spread)s, in channel %(channel)s",
            gaps=gaps,
            mean=lambda tenths: Thousandths(100 * tenths, is_cut=True),
            spread=lambda per_mille: Ppm(1_000 * per_mille),
        ),
        Sentence("sleepless.day", "ballots in %(hours)s of the %(all)s hours of one UTC day"),
        Sentence("sleepless.days", "ballots in %(hours)s of the %(all)s hours of %(days)s UTC days in a row"),
        Sentence(
            "young-burst.alike",
            "one of %(alike)s with %(fewest)s to %(most)s ballots each, of %(young)s made within %(minutes)s that "
            "vote for %(nominee)s",
            alike=accounts,
            minutes=minutes,
        ),
        Sentence(
            "young-clock.shared",
            "on %(shared)s of %(days)s, the first ballot came within the same %(seconds)s as those of at least "
            "%(others)s others, of %(young)s made within %(minutes)s that vote for %(nominee)s",
            days=days,
            seconds=seconds,
            young=accounts,
            minutes=minutes,
        ),
        Sentence(
            "lockstep.shared",
            "%(shared)s of %(runs)s runs of %(run)s starts shared with at least %(others)s other voters within "
            "%(seconds)s, mostly for %(nominee)s",
            seconds=seconds,
        ),
        Sentence(
            "repost-clique.linked",
            "reposted the same posts within %(seconds)s of %(others)s others in a clique of %(accounts)s, and up to "
            "%(posts)s together with one of them",
            seconds=seconds,
            accounts=accounts,
            posts=posts,
        ),
        Sentence("one-network.crowded", "%(voters)s behind one network", voters=voters),
        Sentence("account-state.gone", "the account is %(state)s", state=lambda state: _STATES.get(state, state)),
        Sentence(
            "linked-accounts.over",
            "%(accounts)s of one person, with %(votes)s beyond one allowance",
            accounts=accounts,
            votes=votes,
        ),
    ]
)
"""What methods say of a voter whom they match, by code."""


def ground(code: str, **values: ibis.Value | int) -> ibis.Value:
    """Give a sentence's code and values in each row, as `canonical_json` writes them."""
    found: ibis.Value = ibis.literal(f'{{"code":"{code}","values":{{')
    for place, (name, value) in enumerate(sorted(values.items())):
        found = found + f'{"," if place else ""}"{name}":' + _written(value)
    return found + "}}"


def _written(value: ibis.Value | int) -> Any:
    if isinstance(value, int):
        return str(value)
    if value.type().is_string():
        return ibis.literal('"') + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value.cast("string")


def told_ground(evidence: str) -> Value:
    """Give the sentence of a voter's evidence; prose, as the first tables held it, stands as it is."""
    if not evidence.startswith("{"):
        return Own(evidence)
    return told([json.loads(evidence, strict=False)], GROUNDS)[0]
