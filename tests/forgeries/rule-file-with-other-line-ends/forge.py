"""The rule file has the line ends of another system."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    path = season.at("rules/two-ways@1.toml")
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
