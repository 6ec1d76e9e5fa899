"""Footnotes of the press kit: where each number stands, by file, row, rule and digest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from plaudit.base.digests import bytes_sha256
from plaudit.certify.inputs import input_digests
from plaudit.site.pages.downloads import table_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from plaudit.site.download import Download
    from plaudit.site.site_data import SiteData

__all__ = ["Note", "Notes", "Published"]


class Note(msgspec.Struct, frozen=True):
    """One footnote.

    row : columns and values that tell the row or rows
    columns : those whose values are added up over the rows
    rule, rule_sha256 : under which the numbers were made, or nothing
    sources : who says so, each with its grade
    made_from : the organiser's file that the table repeats, and its digest
    """

    file: str
    sha256: str
    row: list[tuple[str, str]]
    columns: list[str]
    rule: str
    rule_sha256: str
    sources: list[tuple[str, str]]
    made_from: tuple[str, str] | None


class Published:
    """The tables that can be downloaded, with the digest of each one's CSV, found once."""

    def __init__(self, site_data: SiteData) -> None:
        self.site_data = site_data
        self._sha256: dict[str, str] = {}

    def sha256(self, cut: Download) -> str:
        """Give the SHA-256 of the table's CSV as it is published."""
        if cut.path not in self._sha256:
            self._sha256[cut.path] = bytes_sha256(table_files(cut)[0])
        return self._sha256[cut.path]

    def rule_sha256(self, rule: str) -> str:
        """Give the digest under which the certificate cites a rule."""
        cited: str = self.site_data.statement["rules"][rule]["sha256"]
        return cited


class Notes:
    """The footnotes of one kit, in the order in which they are first called."""

    def __init__(self, published: Published) -> None:
        self.all: list[Note] = []
        self._published = published

    def add(
        self,
        cut: Download | None,
        row: Mapping[str, str],
        *,
        columns: Iterable[str] = (),
        rule: str = "",
        sources: Iterable[tuple[str, str]] = (),
        made_from: str = "",
    ) -> int:
        """Give the number of a footnote, from 0; the same place is noted once.

        Parameters
        ----------
        cut : the table; nothing where it was not made, which is a defect of the claim
        made_from : the file by its name in the certificate's inputs
        """
        assert cut is not None, "a claim rests on a table that was not made"
        inputs = input_digests(self._published.site_data.statement)
        note = Note(
            f"data/{cut.path}.csv",
            self._published.sha256(cut),
            list(row.items()),
            list(columns),
            rule,
            self._published.rule_sha256(rule) if rule else "",
            list(dict.fromkeys(sources)),
            (made_from, inputs[made_from]) if made_from in inputs else None,
        )
        if note not in self.all:
            self.all.append(note)
        return self.all.index(note)
