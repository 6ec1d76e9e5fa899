"""What certificates cite in codes, in English: for the files that are in no other language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plaudit.audit.checks.findings import found
from plaudit.certify.limits import KNOWN
from plaudit.words.message import with_names
from plaudit.words.sentence import told
from plaudit.words.spans import plain
from plaudit.words.words import SOURCE_LANGUAGE, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["finding_row", "limits_said"]


def finding_row(row: Mapping[str, Any]) -> list[str]:
    """Give a finding as a certificate states it: check, subject, verdict, found and expected."""
    said = [plain(words_of(SOURCE_LANGUAGE).value(found(row[key]))) for key in ("found", "expected")]
    return [row["check"], row["subject"], row["verdict"], *said]


def limits_said(stated: Iterable[Any], names: Mapping[str, str]) -> list[str]:
    """Give the limits of a certificate, or what a notice could not see.

    Parameters
    ----------
    stated : codes and values; of the first certificates prose
    names : of nominees, by id
    """
    words, by_language = (
        words_of(SOURCE_LANGUAGE),
        {nominee: {SOURCE_LANGUAGE: name} for nominee, name in names.items()},
    )
    each = [value for one in stated for value in told(one if isinstance(one, str) else [one], KNOWN)]
    return [plain(words.value(with_names(value, by_language))) for value in each]
