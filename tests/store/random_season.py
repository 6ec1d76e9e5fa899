"""A season whose artists, readings and ballots are chance's, from a seed."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from plaudit.cli.init import init
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import PurgeRule

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["random_season"]

NAMES = [
    "방탄소년단",
    "Ärzte",
    "zoë",
    "Zoe",
    "嵐",
    "😀",
    "ＡＢＣ",
    "a b",
    "à la",
    "ﬀ",
    "𝄞",
    "노스세븐",
    "O'Neil",
    "50%",
    "[x]*",
]
GESTURES = {"web": ["vote"], "post": ["post", "repost", "quote"]}
_STARTS = datetime(2026, 1, 1, 6, tzinfo=UTC)
_OPENS = datetime(2026, 1, 16, 9, tzinfo=UTC)


def random_season(folder: Path, seed: int, *, artists: int = 15, ballots: int = 4000) -> Path:
    """Make a season's folder and give it; nothing of it is run."""
    chance = random.Random(seed)
    init(folder)
    ids = [f"artist-{number}" for number in range(artists)]
    _write_artists(folder / "artists.toml", ids)
    _write_rows(folder / "data" / "counts.csv", _counts(ids, chance))
    _write_rows(folder / "data" / "ballots.csv", _ballots(ids, ballots, chance))
    text = (folder / "season.toml").read_text("utf-8")
    text = text.replace('rule = "one-a-day@1"', 'rule = "bbma-2018@1"')
    more = "".join(f'{name} = "{name}"\n' for name in ("gesture", "tags", "is_deleted", "is_private", "votes"))
    text = text.replace('cast_at = "cast_at"\n', f'cast_at = "cast_at"\n{more}')
    text += _audit(chance)
    (folder / "season.toml").write_text(text, "utf-8")
    return folder


def _audit(chance: random.Random) -> str:
    purges = [cited.name for cited in RuleLibrary() if isinstance(cited.rule, PurgeRule)]
    chance.shuffle(purges)
    return f"\n[audit]\npurges = {purges}\n".replace("'", '"') if purges else ""


def _write_artists(path: Path, ids: list[str]) -> None:
    entries = []
    for number, artist in enumerate(ids):
        account = f"{NAMES[number % len(NAMES)]} {number}"
        entries.append(
            f'[[artist]]\nid = "{artist}"\nnames = {{ en = "{artist}" }}\nkind = "group"\n'
            f'accounts = [{{ platform = "example", account = "{account}" }}]\n'
        )
    path.write_text("\n".join(entries), "utf-8")


def _counts(ids: list[str], chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for number, _artist in enumerate(ids):
        account = f"{NAMES[number % len(NAMES)]} {number}"
        for post in range(chance.randint(1, 3)):
            published = _STARTS + timedelta(days=chance.randint(-20, 10), seconds=chance.randint(0, 9999))
            values = [chance.choice([0, 10, 1000, 2**40]) + chance.randint(0, 50) for _ in range(3)]
            for day in range(15):
                seen = _STARTS + timedelta(days=day)
                values = [max(0, value + chance.choice([0, 0, 7, 7, 500, -3])) for value in values]
                if seen < published or chance.random() < 0.15:
                    continue
                rows.append(
                    {
                        "post": f"{NAMES[number % len(NAMES)]}-{number}-{post}",
                        "account": account,
                        "title": f"{chance.choice(NAMES)} {post}",
                        "published_at": published.isoformat(),
                        "day": seen.date().isoformat(),
                        **dict(zip(("views", "likes", "comments"), values, strict=True)),
                    }
                )
    return rows


def _ballots(ids: list[str], count: int, chance: random.Random) -> list[dict[str, Any]]:
    instants = sorted(_OPENS + timedelta(seconds=chance.randint(-7200, 3 * 86400 + 7200)) for _ in range(count))
    rows = []
    for instant in instants:
        channel = chance.choice(["web", "web", "post", "fax"] if chance.random() < 0.05 else ["web", "post"])
        rows.append(
            {
                "channel": channel,
                "nominee": chance.choice(ids),
                # few voters cast very many ballots, many at one instant
                "voter": f"voter-{int(chance.paretovariate(0.6)) % (count // 4)}",
                "cast_at": instant.isoformat(),
                "gesture": chance.choice(
                    GESTURES.get(channel, ["vote"]) if chance.random() < 0.95 else ["vote", "post"]
                ),
                "tags": 1 + (chance.random() < 0.1),
                "is_deleted": str(chance.random() < 0.05).lower(),
                "is_private": str(chance.random() < 0.05).lower(),
                "votes": chance.choice([1, 1, 1, 1, 3]),
            }
        )
    return rows


def _write_rows(path: Path, rows: list[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        written = csv.DictWriter(file, list(rows[0]))
        written.writeheader()
        written.writerows(rows)
