"""After the sealing the two nominees' names are exchanged: the stage calls the other artist."""

from __future__ import annotations

from tests.forgeries.forged import Forged

from plaudit.certify.public import stated_result


def forge(season: Forged) -> None:
    before = season.statement["vote"]["commitment"]
    path = season.at("artists.toml")
    text = path.read_text("utf-8").replace("Aurora Lane", "?").replace("North Seven", "Aurora Lane")
    path.write_text(text.replace("?", "North Seven"), "utf-8")
    season.steps()
    stated = stated_result(season.season, season.tables)
    stated["vote"]["commitment"] = before
    season.sign(stated)
