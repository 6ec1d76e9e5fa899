"""A rule of a shipped name has bytes of its own, and is called shipped."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.base.digests import file_sha256


def forge(season: Forged) -> None:
    shipped = season.at("published/rules/named-list@1.toml").read_bytes()
    season.at("rules/named-list@1.toml").write_bytes(shipped + b"# ours\n")
    digest = file_sha256(season.at("rules/named-list@1.toml"))
    season.restate(lambda stated: stated["rules"]["named-list@1"].update(sha256=digest))
