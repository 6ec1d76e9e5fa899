"""Small live seasons for tests: three nominees, a cap of 5 a day, a window around NOW."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plaudit.rulebook.season import Season, read_season

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["CLOSES", "NOMINEES", "NOW", "OPENS", "live_season", "open_now"]

OPENS = 1_767_225_600_000_000  # 2026-01-01T00:00Z
CLOSES = OPENS + 3 * 86_400_000_000
NOW = OPENS + 36_000_000_000
NOMINEES = ["bts", "drake", "iu"]

_SEASON = """
title = "A live vote"
about = "For tests."
award = "tests/live"
edition = "2026"
origin = "plaudit.example/live"

[nomination]
rule = "named-list@1"
{named}

[vote]
rule = "live-rule@1"

[[vote.window]]
id = "vote"
from = {opens}
to = {closes}

[vote.live]
guests = true
work = 0
sign_ins_per_minute = 0
ballots_per_minute = 0
{live}
"""
_RULE = """
kind = "counting"
id = "live-rule"
version = 1
title = "Five votes a day"
because = "Small numbers show an edge soon."
{keys}

[day]
zone = "{zone}"

[[channel]]
id = "web"
name = "the vote's site"
gestures = {{ vote = "counts" }}
cap = {{ votes = {votes}, per = "{per}", scope = "{scope}" }}

[[channel]]
id = "post"
name = "posts with a nominee's tag"
gestures = {{ post = "counts", repost = "counts", quote = "counts" }}
cap = {{ votes = {votes}, per = "{per}", scope = "{scope}" }}

[intake]
{intake}
"""


def live_season(
    folder: Path,
    *,
    votes: int = 5,
    per: str = "day",
    scope: str = "award",
    zone: str = "UTC",
    opens: str = "2026-01-01T00:00:00Z",
    closes: str = "2026-01-04T00:00:00Z",
    keys: str = "",
    intake: str = "",
    live: str = "",
) -> Season:
    """Write a season folder and read it."""
    (folder / "rules").mkdir(parents=True)
    named = "\n".join(f'[[nomination.named]]\nnominee = "{name}"\nsource = "tests"' for name in NOMINEES)
    (folder / "season.toml").write_text(_SEASON.format(named=named, opens=opens, closes=closes, live=live), "utf-8")
    (folder / "artists.toml").write_text(
        "\n".join(
            f'[[artist]]\nid = "{name}"\nnames = {{ en = "{name.upper()}" }}\nkind = "group"' for name in NOMINEES
        ),
        "utf-8",
    )
    (folder / "rules" / "live-rule@1.toml").write_text(
        _RULE.format(votes=votes, per=per, scope=scope, zone=zone, keys=keys, intake=intake), "utf-8"
    )
    return read_season(folder)


def open_now(folder: Path, *, hours: int = 24, **changes: str) -> Season:
    """Write a season whose window is open by the system's clock."""
    from datetime import UTC, datetime, timedelta

    now = datetime.now(UTC).replace(microsecond=0)
    opens, closes = now - timedelta(hours=1), now + timedelta(hours=hours)
    return live_season(
        folder,
        opens=opens.isoformat(),
        closes=closes.isoformat(),
        **changes,  # type: ignore[arg-type]
    )
