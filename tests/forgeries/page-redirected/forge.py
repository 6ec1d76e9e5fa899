"""A server's own file leads every reader elsewhere."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.at("published/site/.htaccess").write_text("Redirect / https://elsewhere.example/\n", "utf-8")
