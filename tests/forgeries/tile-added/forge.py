"""The log's folder holds a bundle that no tree has."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.at("evidence/log/tile/entries/007").write_bytes(b"\0\1x")
