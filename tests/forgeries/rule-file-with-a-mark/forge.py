"""The rule file begins with a byte order mark."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    path = season.at("rules/two-ways@1.toml")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
