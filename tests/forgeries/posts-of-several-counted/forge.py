"""Posts that name two nominees count; the rule that is cited says that they are void."""

from __future__ import annotations

from tests.forgeries.forged import Forged


def forge(season: Forged) -> None:
    season.walk_under("rules/two-ways@1.toml", "tags_most = 1", "tags_most = 2")
