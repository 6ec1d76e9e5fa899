"""A slow nomination in plain Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from plaudit.rulebook.nomination_rule import NominationRule


def nominees(entries: list[dict[str, Any]], named: list[str], rule: NominationRule) -> set[str]:
    """Give who is nominated; a list that is too long or a tie left open is a ValueError."""
    found: set[str] = set()
    if rule.named:
        if len(named) > rule.named.places:
            raise ValueError("list too long")
        found |= set(named)
    if rule.chart:
        merits = {artist: merit(artist, entries, rule) for artist in {entry["artist"] for entry in entries}}
        ahead = {artist: sum(other > mine for other in merits.values()) for artist, mine in merits.items()}
        chosen = {artist for artist, others in ahead.items() if others < rule.chart.places}
        if len(chosen) > rule.chart.places and rule.ties.then == "raise":
            raise ValueError("tie")
        found |= chosen
    return found


def merit(artist: str, entries: list[dict[str, Any]], rule: NominationRule) -> tuple[int, ...]:
    """Give what an artist is compared by, greater first."""
    own = [entry for entry in entries if entry["artist"] == artist]
    history = {
        "weeks_at_no_1": sum(entry["position"] == 1 for entry in own),
        "peak": -min(entry["position"] for entry in own),
        "weeks_on_chart": len(own),
    }
    return (sum(entry["points"] for entry in own), *(history[key] for key in rule.ties.order))
