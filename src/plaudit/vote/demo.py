"""A demonstration: a season beside a season, whose vote is open now and asks nobody who they are.

    SEASON/demo/        the first
    SEASON/demo-2/      the next one, made once the first one's window is over

It has an award, an edition and an origin of its own, so that nothing counted
there adds to anybody's honours.
"""

from __future__ import annotations

import json
import shutil
from itertools import count
from typing import TYPE_CHECKING, Any, Final

import msgspec

from plaudit.base.errors import RuleInvalid
from plaudit.base.weeks import instant_text
from plaudit.nominate.nominate import named_nominees
from plaudit.rulebook.season import Season, read_season

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

__all__ = ["live_channel", "running_demo", "write_demo"]

SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
_OF_CHART: Final = "the chart of the season"


def running_demo(season: Season, now: int) -> Path | None:
    """Give the folder of the season's demonstration, if there is one and its window is not over."""
    made = _made(season)
    if not made:
        return None
    folder = _folder(season, made)
    is_over = all(window.closes_at <= now for window in read_season(folder).windows())
    return None if is_over else folder


def write_demo(season: Season, nominees: Sequence[Mapping[str, Any]], now: int, hours: int = 24) -> Path:
    """Make a demonstration that is open from now on, and give its folder; earlier ones stay.

    Parameters
    ----------
    nominees : rows of the table nominees
    now : microseconds, UTC

    Raises
    ------
    RuleInvalid : the season has no vote, or its counting rule no channel in which a vote counts.
    """
    channel = live_channel(season)
    folder = _folder(season, _made(season) + 1)
    scratch = folder.with_name(f".{folder.name}")  # so that the folder is there whole or not at all
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    _copy(season, scratch)
    text = "\n".join(_season_file(season, folder.name, channel, nominees, now // SECOND * SECOND, hours)) + "\n"
    (scratch / "season.toml").write_bytes(text.encode())
    (scratch / ".gitignore").write_bytes(b"*\n")
    read_season(scratch)
    scratch.rename(folder)
    return folder


def _folder(season: Season, number: int) -> Path:
    return season.folder / ("demo" if number == 1 else f"demo-{number}")


def _made(season: Season) -> int:
    """Give how many demonstrations of the season there are."""
    return next(number for number in count(1) if not _folder(season, number).exists()) - 1


def live_channel(season: Season) -> str:
    """Give the channel in which a demonstration of the season takes votes.

    Raises
    ------
    RuleInvalid : the season has no vote, or its counting rule no channel in which a vote counts.
    """
    if season.vote is None:
        raise RuleInvalid("the season has no vote to demonstrate", "add [vote] to season.toml")
    if season.live:
        return season.live.channel
    rule = season.counting_rule()
    legal = [one.id for one in rule.channel if one.counts == "ballots" and one.gestures.vote == "counts"]
    if not legal:
        raise RuleInvalid(
            f"{rule.name} has no channel in which a vote counts, so there is nothing to demonstrate",
            "demonstrate a season whose counting rule has one",
        )
    return "web" if "web" in legal else legal[0]


def _copy(season: Season, folder: Path) -> None:
    """Copy what the demonstration's season.toml refers to."""
    assert season.vote is not None
    assert season.nomination is not None
    cited = season.rules[season.vote.rule]
    wanted = ["artists.toml", season.nomination.nominees_file]
    wanted += [] if cited.shipped else [f"rules/{cited.name}.toml"]
    for name in filter(None, wanted):
        if (season.folder / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(season.folder / name, folder / name)


def _season_file(
    season: Season, name: str, channel: str, nominees: Sequence[Mapping[str, Any]], opens_at: int, hours: int
) -> Iterator[str]:
    assert season.vote is not None
    assert season.nomination is not None
    yield f"title = {_quoted(season.title + ' – demonstration')}"
    yield f"about = {_quoted(f'A demonstration of: {season.title}. Anybody may vote, any number of times.')}"
    yield f"award = {_quoted(f'demo/{season.award}')}"
    yield f"edition = {_quoted(f'{season.edition}-{name}')}"
    yield f"origin = {_quoted(f'{season.origin}/{name}')}"
    if not (season.folder / "artists.toml").is_file():
        yield 'award_artists = "works"'
    yield '\n[nomination]\nrule = "named-list@1"'
    listed = season.nomination.nominees_file
    if listed:
        yield f"nominees_file = {_quoted(listed)}"
        yield f"nominees_source = {_quoted(season.nomination.nominees_source or listed)}"
    of_file = msgspec.structs.replace(season.nomination, named=())
    in_file = {row["nominee"] for row in named_nominees(season.folder, of_file)}
    for row in nominees:
        if row["nominee"] not in in_file:
            yield "\n[[nomination.named]]"
            yield f"nominee = {_quoted(row['nominee'])}\nsource = {_quoted(row['source'] or _OF_CHART)}"
    yield f"\n[vote]\nrule = {_quoted(season.vote.rule)}"
    yield '\n[[vote.window]]\nid = "demo"'
    yield f"from = {instant_text(opens_at)}\nto = {instant_text(opens_at + hours * HOUR)}"
    yield f"\n[vote.live]\nchannel = {_quoted(channel)}\nguests = true\nwork = 0"


def _quoted(text: str) -> str:
    """Give a text as TOML: a JSON string is one, but for the one control character that JSON leaves as it is."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
