"""A rule holds a key of two thousand parts."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.base.digests import bytes_sha256


def forge(season: Forged) -> None:
    path = season.at("rules/two-ways@1.toml")
    data = (".".join("a" * 2_000) + " = 1\n" + path.read_text("utf-8")).encode()
    season.restate(lambda stated: stated["rules"]["two-ways@1"].update(sha256=bytes_sha256(data)))
    path.write_bytes(data)
