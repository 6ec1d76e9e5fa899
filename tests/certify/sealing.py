"""A season of totals under a rule that seals the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.cli.init import init
from tests.conftest import own_rule

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["totals_season"]

TOTALS = "channel,nominee,n\nweb,aurora-lane,40\nweb,north-seven,56\n"


def totals_season(folder: Path, totals: str = TOTALS) -> Path:
    """Make the template's season with totals that somebody else counted, and no log."""
    init(folder)
    own_rule(folder)
    rule = folder / "rules" / "own@1.toml"
    text = rule.read_text("utf-8").replace('gestures = { vote = "counts" }', 'counts = "totals"')
    text = text.replace('cap = { votes = 1, per = "day", scope = "award" }\n', "")
    rule.write_text(f'{text}\n[intake]\nstandings = "sealed"\n', "utf-8")
    (folder / "data" / "ballots.csv").write_text(totals, "utf-8")
    season = folder / "season.toml"
    text = season.read_text("utf-8").replace('kind = "ballots"', 'kind = "totals"').replace('voter = "voter"\n', "")
    season.write_text(text.replace('cast_at = "cast_at"', 'votes = "n"'), "utf-8")
    return folder
