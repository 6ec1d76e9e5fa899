"""What was not checked because no file can show it: sentences by code, as the certificate cites them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from plaudit.words.message import Listed, Message, Own, Value
from plaudit.words.sentence import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from plaudit.rulebook.season import Season
    from plaudit.rulebook.sources import Source

__all__ = ["UNCHECKED", "not_checked"]


def _titled(values: Mapping[str, Any]) -> dict[str, Value]:
    return {"titles": Listed(tuple(Own(title) for title in values["titles"]))}


_TRUTH: Final = Sentence("not-checked.truth", "Whether the sources tell the truth: %(titles)s.", shape=_titled)
_FILES: Final = Sentence(
    "not-checked.files", "When the files of the sources were made, and who changed them before they were certified."
)
_MAPPED: Final = Sentence(
    "not-checked.mapped",
    "Whether rows of these sources were rightly passed over, and texts rightly replaced: %(titles)s.",
    shape=_titled,
)
_ACCOUNTS: Final = Sentence("not-checked.accounts", "Whether each account belongs to the artist it is listed for.")
_BALLOTS: Final = Sentence(
    "not-checked.ballots",
    "Whether these sources left ballots out, or gave them another time or another voter: %(titles)s.",
    shape=_titled,
)
_TOTALS: Final = Sentence(
    "not-checked.totals",
    "Who voted and how often in these sources, which give totals alone: %(titles)s.",
    shape=_titled,
)
_VOTERS: Final = Sentence("not-checked.voters", "Who the voters are, and whether one person voted as several.")
_GUESTS: Final = Sentence("not-checked.guests", "How many people voted: nobody had to sign in.")
_TURNED_AWAY: Final = Sentence(
    "not-checked.turned-away", "Whether the vote turned away a ballot that it should have taken."
)
UNCHECKED: Final = (_TRUTH, _FILES, _MAPPED, _ACCOUNTS, _BALLOTS, _TOTALS, _VOTERS, _GUESTS, _TURNED_AWAY)


def not_checked(season: Season) -> list[Message]:
    """Say what nobody can check who has every file of a season."""
    by_kind = {kind: [source for source in season.sources if source.kind == kind] for kind in ("ballots", "totals")}
    said: list[Message] = []
    if season.sources:
        said += [_TRUTH(titles=_titles(season.sources)), _FILES()]
    if mapped := [source for source in season.sources if source.changes_rows]:
        said.append(_MAPPED(titles=_titles(mapped)))
    if any(source.platform for source in season.sources):
        said.append(_ACCOUNTS())
    if by_kind["ballots"]:
        said.append(_BALLOTS(titles=_titles(by_kind["ballots"])))
    if by_kind["totals"]:
        said.append(_TOTALS(titles=_titles(by_kind["totals"])))
    if season.live or by_kind["ballots"]:
        said.append(_GUESTS() if season.live and season.live.guests else _VOTERS())
    return [*said, _TURNED_AWAY()] if season.live else said


def _titles(sources: list[Source] | tuple[Source, ...]) -> list[str]:
    return [source.title or source.id for source in sources]
