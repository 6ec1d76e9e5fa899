"""Time zones, checked where they are named."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from plaudit.rulebook.strict_toml import Place, TomlFile

__all__ = ["checked_zone"]


def checked_zone(zone: str, file: TomlFile, place: Place) -> None:
    """Refuse a zone that the IANA database does not have.

    Raises
    ------
    RuleInvalid : there is no such zone.
    """
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise file.invalid(place, f"no time zone {zone!r}", "use an IANA name, as in America/Los_Angeles") from None
