"""What certificates cite in codes, in English: for the files that are in no other language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.audit.checks.findings import found
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["finding_row"]


def finding_row(row: Mapping[str, Any]) -> list[str]:
    """Give a finding as a certificate states it: check, subject, verdict, found and expected."""
    said = [words_of(SOURCE_LANGUAGE).plain(found(row[key])) for key in ("found", "expected")]
    return [row["check"], row["subject"], row["verdict"], *said]
