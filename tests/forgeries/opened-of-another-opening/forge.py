"""The file that keeps the opening's checkpoint is of another opening."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    path = season.at("evidence/log/opened")
    lines = path.read_text("utf-8").split("\n")
    lines[2] = lines[2][::-1]
    path.write_text("\n".join(lines), "utf-8")
