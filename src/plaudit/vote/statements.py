"""The leaves that are no ballots: the opening, which is the first, and the closing, which is the last.

A statement is RFC 8785 JSON, so it begins with `{`; a ballot's record begins with
its version, 1. The opening declares what the vote rests on before any ballot is
taken: rules by their digests, who is nominated and what they are called, windows.

References
----------
docs/spec/ballot-leaf.md
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from plaudit.base.errors import ProofInvalid, RuleInvalid
from plaudit.base.weeks import instant_text
from plaudit.ledger.note_form import strict_json
from plaudit.vote.nominee_names import names_sha256, nominee_names, refuse_other_names
from plaudit.vote.record import Names
from plaudit.vote.witnesses import policy_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from plaudit.rulebook.season import Season

__all__ = [
    "CLOSING_TYPE",
    "OPENING_TYPE",
    "Opening",
    "bound_names",
    "closing",
    "is_statement",
    "opening",
    "read_opening",
    "read_statement",
    "refuse_other_opening",
    "refuse_renamed",
]

OPENING_TYPE: Final = "https://plaudit.dev/opening/v1"
CLOSING_TYPE: Final = "https://plaudit.dev/closing/v1"
_LEAF_MOST: Final = 65_535
_KEYS: Final = "keys"
_NAMES: Final = "names"
_NAMES_SHA256: Final = "names_sha256"
_REMEDY: Final = "an opened vote cannot change: put it back, or hold another edition"


@dataclass(frozen=True)
class Opening:
    """The first leaf: its bytes, what it says, and the names that ballots refer to."""

    leaf: bytes
    stated: dict[str, Any]
    names: Names


def opening(
    season: Season, nominees: Sequence[str], keys: Mapping[str, str] | None = None, *, has_names: bool = True
) -> Opening:
    """Give the opening of a season's log.

    A late purge rule is not in it: it came later, and changes nothing that was declared.

    Parameters
    ----------
    keys : fingerprint of each key, by the name of its file; a season that takes no ballots itself states none
    has_names : whether it says what nominees are called; votes opened by earlier versions do not

    Raises
    ------
    RuleInvalid : it does not fit into one leaf of 65,535 bytes, or a witness's key cannot be trusted.
    """
    rule = season.counting_rule()
    ways = season.live.ways if season.live else ()
    ballots = [source.id for source in season.sources if source.kind == "ballots"]
    stated: dict[str, Any] = {
        "type": OPENING_TYPE,
        "origin": season.origin,
        "award": season.award,
        "edition": season.edition,
        "rules": {name: cited.sha256 for name, cited in sorted(season.rules.items()) if name not in season.audit.late},
        "windows": [
            {
                "id": window.id,
                "from": instant_text(window.opens_at),
                "to": instant_text(window.closes_at),
                "channels": list(window.channels),
            }
            for window in season.windows()
        ],
        "channels": [channel.id for channel in rule.channel],
        "nominees": sorted(nominees),
        "sources": [*ways, *ballots],
        "synthetic": [name for name in season.synthetic_sources() if name in ballots],
    }
    if season.audit.purges:
        stated["purges"] = list(season.audit.purges)
    if policy := policy_of(season):
        stated["witnesses"] = policy.stated
    if season.operators:
        stated["operators"] = {
            "acts": list(season.operators.acts),
            "keys": list(season.operators.keys),
            "least": season.operators.least,
        }
    if keys:
        stated[_KEYS] = dict(keys)
    names = nominee_names(season, nominees)
    leaf = rfc8785.dumps({**stated, _NAMES: names} if has_names else stated)
    if has_names and len(leaf) > _LEAF_MOST:
        leaf = rfc8785.dumps({**stated, _NAMES_SHA256: names_sha256(names)})
    if len(leaf) > _LEAF_MOST:
        raise RuleInvalid(
            f"{len(nominees):,} nominees make an opening of {len(leaf):,} bytes, but a leaf holds {_LEAF_MOST:,}",
            "give nominees shorter ids, or split the award into categories with a season each",
        )
    return read_opening(leaf)


def closing(ballots: int, closed_at: int, because: str = "") -> bytes:
    """Give the last leaf.

    Parameters
    ----------
    ballots : how many leaves between the opening and this one are ballots
    closed_at : microseconds, UTC
    because : why it was closed before its last window ended, or nothing
    """
    return rfc8785.dumps(
        {"type": CLOSING_TYPE, "ballots": ballots, "closed_at": instant_text(closed_at), "because": because}
    )


def read_opening(leaf: bytes) -> Opening:
    """Read a log's first leaf.

    Raises
    ------
    ProofInvalid : it is no opening.
    """
    try:
        stated = json.loads(leaf)
        lists = [stated[name] for name in ("channels", "nominees", "sources")]
        is_opening = (
            stated["type"] == OPENING_TYPE
            and all(isinstance(names, list) and len(set(names)) == len(names) for names in lists)
            and _are_names(stated)
            and rfc8785.dumps(stated) == leaf
        )
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError, rfc8785.CanonicalizationError):
        is_opening = False
    if not is_opening:
        raise ProofInvalid("the log's first leaf is not an opening", "check that this is the log of a vote")
    return Opening(leaf, stated, Names(*(tuple(names) for names in lists)))


def read_statement(leaf: bytes) -> dict[str, Any]:
    """Read an opening or a closing.

    Raises
    ------
    ProofInvalid : it is neither, or not in canonical form.
    """
    try:
        stated: dict[str, Any] = strict_json(leaf.decode())
        is_known = stated["type"] in (OPENING_TYPE, CLOSING_TYPE) and rfc8785.dumps(stated) == leaf
    except (KeyError, TypeError, ValueError, rfc8785.CanonicalizationError):
        is_known = False
    if not is_known:
        raise ProofInvalid("the leaf is no statement of a vote, and no ballot", "ask whoever signed it")
    return stated


def refuse_other_opening(held: bytes, declared: Opening) -> None:
    """Refuse a season that no longer says what its vote was opened with.

    Its keys are passed over: a season's files do not say them; `refuse_other_keys` compares those.

    Raises
    ------
    ProofInvalid : names the first key that differs, and both values; of the rules, the first purge rule that was added.
    """
    if held == declared.leaf:
        return
    stated = read_opening(held).stated
    if added := [name for name in declared.stated.get("purges", []) if name not in stated.get("rules", {})]:
        raise ProofInvalid(
            f"the vote was opened without the purge rule {added[0]}",
            "put it under late in [audit] of season.toml: its effect is then shown separately",
            rule=added[0],
        )
    for key in sorted({*stated, *declared.stated} - {_KEYS, _NAMES, _NAMES_SHA256}):
        if stated.get(key) != declared.stated.get(key):
            raise ProofInvalid(
                f"the vote was opened with {key} {stated.get(key)!r}, now it is {declared.stated.get(key)!r}",
                _REMEDY,
                key=key,
            )
    refuse_renamed(bound_names(stated), bound_names(declared.stated), "the vote was opened", _REMEDY)


def bound_names(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a statement binds of names: `names`, `names_sha256` where they are too long, or nothing."""
    return {key: stated[key] for key in (_NAMES, _NAMES_SHA256) if key in stated}


def refuse_renamed(held: Mapping[str, Any], now: Mapping[str, Any], bound: str, remedy: str) -> None:
    """Refuse nominees who are called otherwise than was bound; what bound no names is passed over.

    Parameters
    ----------
    held, now : as `bound_names` gives them
    bound : how they were, as in "the vote was opened"

    Raises
    ------
    ProofInvalid : names nominee, language and both names, as far as they were stated.
    """
    if _NAMES in held and _NAMES in now:
        refuse_other_names(held[_NAMES], now[_NAMES], bound, remedy)
    elif held and (before := _digest(held)) != (after := _digest(now)):
        raise ProofInvalid(
            f"{bound} with names of nominees that have SHA-256 {before}, now they have {after}", remedy, key=_NAMES
        )


def _are_names(stated: Mapping[str, Any]) -> bool:
    """Say whether names are stated in one form, or not at all."""
    names = stated.get(_NAMES, {})
    called = [called for named in names.values() for called in named.values()]
    return not {_NAMES, _NAMES_SHA256} <= set(stated) and all(
        isinstance(text, str) for text in (*called, stated.get(_NAMES_SHA256, ""))
    )


def _digest(names: Mapping[str, Any]) -> str:
    return str(names[_NAMES_SHA256]) if _NAMES_SHA256 in names else names_sha256(names.get(_NAMES, {}))


def is_statement(leaf: bytes) -> bool:
    """Say whether a leaf is a statement; else it is a ballot's record."""
    return leaf.startswith(b"{")
