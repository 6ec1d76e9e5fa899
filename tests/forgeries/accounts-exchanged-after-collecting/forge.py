"""The two artists' accounts were exchanged after the posts were collected; data/ is kept back."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    path = season.at("artists.toml")
    text = path.read_text("utf-8").replace('"auroralane"', '"?"').replace('"northseven"', '"auroralane"')
    path.write_text(text.replace('"?"', '"northseven"'), "utf-8")
    season.restate(season.cited("artists.toml"))
    season.without("data")
