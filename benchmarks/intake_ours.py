"""Our server in the intake benchmark: a season made for it, `plaudit serve`, and what its log holds afterwards."""

from __future__ import annotations

import sys
import time
from array import array
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake_load import nominee_of
from intake_servers import EDITION, Target, free_port, listens, process

from plaudit import pipeline
from plaudit.ledger.files import FolderFiles
from plaudit.ledger.reader import LogReader
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.vote.keys import make_keys, session_key
from plaudit.vote.open_vote import open_vote
from plaudit.vote.statements import is_statement, read_opening
from plaudit.web.sessions import Sessions

__all__ = ["make_season", "ours", "serve_command"]

NOMINEES = ("ariana-grande", "bts", "demi-lovato", "exo", "shawn-mendes")
WAY = "guest"
SESSION_MINUTES = 60
LOG_SECONDS = 60
SEASON = """
title = "Intake"
about = "A vote that lasts as long as a benchmark."
award = "intake"
edition = "{edition}"
origin = "plaudit.example/intake"

[nomination]
rule = "named-list@1"
{named}

[vote]
rule = "bbma-2018@1"

[[vote.window]]
id = "vote"
from = {opens_at}
to = {closes_at}

[vote.live]
guests = true
work = 0
session_minutes = {minutes}
sign_ins_per_minute = 0
ballots_per_minute = 0
"""


def make_season(folder: Path) -> None:
    """Make a season and open its vote, whose window is open now: a hundred votes a day, no limits per network."""
    now = datetime.now(UTC).replace(microsecond=0)
    named = "".join(f'[[nomination.named]]\nnominee = "{name}"\nsource = "the benchmark"\n' for name in NOMINEES)
    artists = "".join(f'[[artist]]\nid = "{name}"\nnames = {{ en = "{name}" }}\nkind = "group"\n' for name in NOMINEES)
    times = {"opens_at": (now - timedelta(hours=1)).isoformat(), "closes_at": (now + timedelta(days=1)).isoformat()}
    folder.mkdir()
    text = SEASON.format(edition=EDITION, named=named, minutes=SESSION_MINUTES, **times)
    (folder / "season.toml").write_text(text, "utf-8")
    (folder / "artists.toml").write_text(artists, "utf-8")
    make_keys(folder)
    season = read_season(folder)
    pipeline.nominate(season, Evidence(season.evidence))
    open_vote(season, NOMINEES)


def serve_command(folder: Path, port: int) -> list[object]:
    """Give the command that serves a season."""
    return [Path(sys.executable).with_name("plaudit"), "serve", folder, "--port", port]


@contextmanager
def ours(folder: Path, voters: Sequence[int], environ: Mapping[str, str]) -> Iterator[Target]:
    """Run `plaudit serve` on a new season."""
    season, port = folder / "season", free_port()
    make_season(season)
    sessions = Sessions(session_key(season), EDITION, SESSION_MINUTES)
    now = int(time.time())
    issued = [sessions.issue(voter, WAY, now) for voter in voters]

    def audit(acknowledged: array[int], sent: int) -> str:
        return held_against_log(season / "evidence" / "log", voters, acknowledged, sent)

    with process(serve_command(season, port), lambda: listens(port), folder / "plaudit.log", environ):
        yield Target(port, issued, NOMINEES, audit)


def held_against_log(folder: Path, voters: Sequence[int], acknowledged: array[int], sent: int) -> str:
    """Say whether every acknowledged ballot is in the log once, as it was sent."""
    leaves = acknowledged[1::2]
    gives_up = time.monotonic() + LOG_SECONDS
    while (log := LogReader(FolderFiles(folder))).size <= max(leaves, default=0) and time.monotonic() < gives_up:
        time.sleep(0.2)
    entries = list(log.entries(0, log.size))
    names = read_opening(entries[0]).names
    ballots = {leaf: names.unpack(entry) for leaf, entry in enumerate(entries) if not is_statement(entry)}
    wrong = 0
    for request, leaf in zip(acknowledged[::2], leaves, strict=True):
        asked = (voters[request % len(voters)], nominee_of(request, len(voters), NOMINEES), 1)
        ballot = ballots.get(leaf)
        wrong += ballot is None or (ballot["voter"], ballot["nominee"], ballot["votes"]) != asked
    twice, surplus = len(leaves) - len(set(leaves)), len(ballots) - len(leaves)
    said = f"{len(leaves):,} ballots acknowledged, {len(ballots):,} in the log, {wrong:,} missing or altered"
    if wrong or twice or surplus > sent - len(leaves) or surplus < 0:
        sys.exit(f"ours lost or doubled ballots: {said}, {twice:,} leaves given twice")
    return said + (f", {surplus:,} never answered" if surplus else ", each once")
