"""plaudit vote: opened once, looked at from files, closed for good, alone or through a server."""

from __future__ import annotations

import csv
import io
import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from plaudit.base.weeks import instant_text
from plaudit.cli.demo import demo_season
from plaudit.rulebook.season import read_season
from plaudit.vote.admission import BallotRequest
from plaudit.vote.clock import wall_clock
from plaudit.vote.live import LiveVote
from tests.conftest import bytes_below
from tests.vote.seasons import NOMINEES, live_season, open_now
from tests.vote.test_posts import Row, with_source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.commands import Plaudit

MINUTE = 60_000_000
SERVER = """
import asyncio, sys
from pathlib import Path
from plaudit.rulebook.season import read_season
from plaudit.vote.live import LiveVote
from plaudit.vote.requests import keep_importing

async def main(vote):
    print("serving", flush=True)
    await asyncio.gather(vote.keep_publishing(), keep_importing(vote))

with LiveVote(read_season(Path(sys.argv[1]))) as vote:
    asyncio.run(main(vote))
"""


@pytest.fixture
def live(plaudit: Plaudit, tmp_path: Path) -> Path:
    """A season whose window is open now, its nominees made, with a source of posts."""
    season = with_source(open_now(tmp_path / "live"))
    put(season.folder)
    assert plaudit("nominate", season.folder).code == 0
    return season.folder


@pytest.fixture
def opened(plaudit: Plaudit, live: Path) -> Path:
    assert plaudit("vote", "open", live).code == 0
    return live


def put(folder: Path, *rows: Row) -> None:
    """Write posts, each so many minutes ago."""
    (folder / "data").mkdir(exist_ok=True)
    text = io.StringIO(newline="")
    lines = csv.writer(text)
    lines.writerow(Row._fields)
    lines.writerows([*row[:4], instant_text(wall_clock() - row.at * MINUTE), row.tags] for row in rows)
    (folder / "data" / "social.csv").write_text(text.getvalue(), "utf-8")


def cast(folder: Path, voters: int) -> None:
    with LiveVote(read_season(folder)) as vote:
        vote.take(
            [BallotRequest(voter, NOMINEES[voter % 2], 1, "k" * 8, "guest", "web") for voter in range(1, voters + 1)]
        )


@contextmanager
def serving(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that has the vote, publishes, and does what it is asked to."""
    process = subprocess.Popen([sys.executable, "-c", SERVER, str(folder)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == "serving\n"
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def test_opening_says_what_was_declared_and_repeating_it_says_the_same(plaudit: Plaudit, live: Path) -> None:
    first = plaudit("vote", "open", live)
    again = plaudit("vote", "open", live)
    stated = plaudit("vote", "open", live, "--json").value

    assert first.code == again.code == 0
    assert first.out == again.out
    assert f"opening, SHA-256: {stated['opening_sha256']}\nplaudit.example/live/log\n1\n" in first.out
    assert stated["key"] in first.err
    assert (live / "evidence" / "log" / "verifier.key").read_text("utf-8") == f"{stated['key']}\n"


def test_a_vote_without_nominees_cannot_be_opened(plaudit: Plaudit, tmp_path: Path) -> None:
    folder = open_now(tmp_path / "live").folder
    said = plaudit("vote", "open", folder)

    assert said.code == 2
    assert "plaudit nominate SEASON" in said.err
    assert not (folder / "vote").exists()


def test_a_vote_that_was_opened_takes_no_other_nominees(plaudit: Plaudit, opened: Path) -> None:
    season = opened / "season.toml"
    season.write_text(season.read_text("utf-8").replace('[[nomination.named]]\nnominee = "iu"\nsource = "tests"', ""))
    assert plaudit("nominate", opened).code == 0
    said = plaudit("vote", "open", opened)

    assert said.code == 6
    assert "nominees" in said.err


@pytest.mark.parametrize("verb", ["open", "status", "close"])
def test_a_season_that_takes_no_ballots_is_told_how(plaudit: Plaudit, season_folder: Path, verb: str) -> None:
    said = plaudit("vote", verb, season_folder)

    assert said.code == 2
    assert "add [vote.live]" in said.err


def test_status_tells_every_state_of_a_vote(plaudit: Plaudit, live: Path) -> None:
    def state() -> tuple[str, int, int | None]:
        found = plaudit("vote", "status", live, "--json").value
        return found["state"], found["ballots"], found["checkpoint"] and found["checkpoint"]["size"]

    seen = [state()]
    plaudit("vote", "open", live)
    seen.append(state())
    cast(live, 3)
    seen.append(state())
    plaudit("vote", "close", live, "--because", "a test")
    seen.append(state())

    assert seen == [("not opened", 0, None), ("open", 0, 1), ("open", 3, 1), ("closed", 3, 5)]
    assert "closed" in plaudit("vote", "status", live).out


@pytest.mark.parametrize(
    ("opens", "closes", "wanted"),
    [(5, 9, "before its first window"), (-5, 9, "open"), (-9, -5, "over, not closed")],
)
def test_the_state_follows_the_windows(plaudit: Plaudit, tmp_path: Path, opens: int, closes: int, wanted: str) -> None:
    hour, now = 60 * MINUTE, wall_clock()
    folder = live_season(
        tmp_path / "s", opens=instant_text(now + opens * hour), closes=instant_text(now + closes * hour)
    ).folder
    plaudit("nominate", folder)
    plaudit("vote", "open", folder)

    assert plaudit("vote", "status", folder, "--json").value["state"] == wanted


def test_status_writes_nothing(plaudit: Plaudit, opened: Path) -> None:
    cast(opened, 2)
    before = bytes_below(opened, lambda name: name.endswith(("-shm", "-wal")))
    plaudit("vote", "status", opened)

    assert bytes_below(opened, lambda name: name.endswith(("-shm", "-wal"))) == before


def test_closing_early_needs_a_reason(plaudit: Plaudit, opened: Path) -> None:
    said = plaudit("vote", "close", opened)

    assert said.code == 2
    assert "--because TEXT" in said.err
    assert plaudit("vote", "status", opened, "--json").value["state"] == "open"


def test_closing_twice_says_the_same(plaudit: Plaudit, opened: Path) -> None:
    cast(opened, 4)
    first = plaudit("vote", "close", opened, "--because", "a test")
    log = bytes_below(opened / "evidence" / "log")
    again = plaudit("vote", "close", opened, "--because", "another reason")

    assert (first.code, again.code) == (0, 0)
    assert "with 4 ballots" in first.out
    assert again.out == first.out
    assert bytes_below(opened / "evidence" / "log") == log


def test_a_vote_that_was_not_opened_cannot_be_closed(plaudit: Plaudit, live: Path) -> None:
    said = plaudit("vote", "close", live, "--because", "a test")

    assert said.code == 2
    assert "plaudit vote open" in said.err


def test_a_server_closes_when_asked(plaudit: Plaudit, opened: Path) -> None:
    cast(opened, 4)
    with serving(opened):
        early = plaudit("vote", "close", opened)
        looked = plaudit("vote", "status", opened, "--json").value
        said = plaudit("vote", "close", opened, "--because", "a test")
        again = plaudit("vote", "close", opened)

    assert early.code == 2
    assert (looked["state"], looked["is_served"], looked["ballots"]) == ("open", True, 4)
    assert (said.code, again.code) == (0, 0)
    assert said.out == again.out
    assert plaudit("vote", "status", opened, "--json").value["state"] == "closed"
    assert not (opened / "vote" / "close-request").exists()


def test_an_import_says_what_became_of_every_row(plaudit: Plaudit, opened: Path) -> None:
    put(opened, Row("@a", "post", "1", "bts", 9), Row("@b", "repost", "1", "", 8), Row("@c", "repost", "2", "", 7))
    first = plaudit("vote", "import", opened, "social", "--json").value
    put(opened, Row("@a", "post", "1", "bts", 9), Row("@d", "post", "3", "nobody", 6))
    second = plaudit("vote", "import", opened, "social")
    found = plaudit("vote", "status", opened, "--json").value

    assert first == {"source": "social", "rows": 3, "accepted": 2, "known": 0, "waiting": 1, "refused": {}}
    assert "refused: UnknownNominee" in second.out
    assert "refused.csv" in second.err
    assert (found["ballots"], found["waiting"], found["refused"]) == (2, 1, {"UnknownNominee": 1})
    assert found["checkpoint"]["size"] == 3


def test_a_server_imports_when_asked_and_says_the_same(plaudit: Plaudit, opened: Path) -> None:
    put(opened, Row("@a", "post", "1", "bts", 9), Row("@b", "repost", "1", "", 8), Row("@c", "post", "2", "else", 7))
    with serving(opened):
        served = plaudit("vote", "import", opened, "social", "--json").value
    alone = plaudit("vote", "import", opened, "social", "--json").value

    assert served == {
        "source": "social",
        "rows": 3,
        "accepted": 2,
        "known": 0,
        "waiting": 0,
        "refused": {"UnknownNominee": 1},
    }
    assert alone == {**served, "accepted": 0, "known": 2}


def test_what_a_server_refuses_to_import_is_told_as_by_the_command(plaudit: Plaudit, opened: Path) -> None:
    (opened / "data" / "social.csv").write_text("account\n", "utf-8")
    with serving(opened):
        served = plaudit("vote", "import", opened, "social")
    alone = plaudit("vote", "import", opened, "social")

    assert served.code == alone.code == 4
    assert served.err == alone.err


def test_an_import_whose_server_is_killed_is_done_without_it(plaudit: Plaudit, opened: Path) -> None:
    put(opened, Row("@a", "post", "1", "bts", 9))
    with serving(opened) as process:
        os.kill(process.pid, signal.SIGSTOP)  # so that it holds the vote and takes nothing up
        killing = threading.Timer(1, process.kill)
        killing.start()
        said = plaudit("vote", "import", opened, "social", "--json").value
        killing.join()

    assert said["accepted"] == 1
    assert not (opened / "vote" / "import-request").exists()


def test_a_source_that_is_not_declared_is_named_with_those_that_are(plaudit: Plaudit, opened: Path) -> None:
    said = plaudit("vote", "import", opened, "sociable")

    assert said.code == 2
    assert "did you mean 'social'" in said.err


def test_nothing_is_imported_after_the_closing(plaudit: Plaudit, opened: Path) -> None:
    plaudit("vote", "close", opened, "--because", "a test")
    put(opened, Row("@a", "post", "1", "bts", 9))
    said = plaudit("vote", "import", opened, "social", "--json").value

    assert (said["accepted"], said["refused"]) == (0, {"VoteClosed": 1})


def test_a_repost_that_waits_at_the_closing_is_listed(plaudit: Plaudit, opened: Path) -> None:
    put(opened, Row("@c", "repost", "2", "", 7))
    plaudit("vote", "import", opened, "social")
    plaudit("vote", "close", opened, "--because", "a test")
    plaudit("vote", "close", opened)
    found = plaudit("vote", "status", opened, "--json").value

    assert (found["waiting"], found["refused"]) == (0, {"VoteClosed": 1})
    assert "the vote closed before its post came" in (opened / "vote" / "refused.csv").read_text("utf-8")


def test_voters_are_forgotten_after_certification_only(plaudit: Plaudit, opened: Path) -> None:
    put(opened, Row("@a", "post", "1", "bts", 9))
    plaudit("vote", "import", opened, "social")
    early = plaudit("vote", "forget", opened, "--yes")
    plaudit("vote", "close", opened, "--because", "a test")
    uncertified = plaudit("vote", "forget", opened, "--yes")

    assert (early.code, uncertified.code) == (2, 2)
    assert "certify first" in early.err
    assert (opened / "keys" / "voter.key").is_file()


def test_after_forgetting_all_can_be_checked_and_nothing_taken(plaudit: Plaudit, opened: Path) -> None:
    cast(opened, 4)
    put(opened, Row("@a", "post", "1", "bts", 9))
    plaudit("vote", "import", opened, "social")
    plaudit("vote", "close", opened, "--because", "a test")
    ran = plaudit("run", opened)
    assert ran.code == 0, ran.err
    first = plaudit("vote", "forget", opened, "--yes")
    again = plaudit("vote", "forget", opened, "--json").value

    assert "is destroyed" in first.out
    assert again == {"forgotten": True, "was_there": False}
    assert not (opened / "keys" / "voter.key").exists()
    assert plaudit("verify", opened).code == 0
    refused = plaudit("vote", "import", opened, "social")
    assert refused.code == 2
    assert "was destroyed" in refused.err
    assert not (opened / "keys" / "voter.key").exists()


def test_forgetting_asks_first(plaudit: Plaudit, opened: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(opened, Row("@a", "post", "1", "bts", 9))
    plaudit("vote", "import", opened, "social")
    plaudit("vote", "close", opened, "--because", "a test")
    assert plaudit("run", opened).code == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    said = plaudit("vote", "forget", opened)

    assert said.code == 1
    assert "nobody will be able to find a voter by name" in said.err
    assert (opened / "keys" / "voter.key").is_file()


def test_a_demonstration_can_be_voted_in_certified_and_verified(plaudit: Plaudit, season_folder: Path) -> None:
    before = bytes_below(season_folder)
    folder = demo_season(season_folder, wall_clock())
    for words in (("nominate", folder), ("vote", "open", folder)):
        assert plaudit(*words).code == 0
    with LiveVote(read_season(folder)) as vote:
        vote.take([BallotRequest(voter, "aurora-lane", 1, "k" * 8, "guest", "web") for voter in range(1, 4)])
    assert plaudit("vote", "close", folder, "--because", "enough was shown").code == 0
    ran = plaudit("run", folder)
    verified = plaudit("verify", folder)

    assert (ran.code, verified.code) == (0, 0), ran.err + verified.err
    assert "guest" in verified.out
    assert bytes_below(season_folder, lambda name: name.startswith("demo/")) == before


def test_a_server_opens_no_vote_unless_it_is_told_to(plaudit: Plaudit, live: Path) -> None:
    said = plaudit("serve", live)

    assert said.code == 2
    assert "the vote is not open yet; once it is, nominees, rules and windows are fixed" in said.err
    assert "plaudit vote open SEASON, or plaudit serve SEASON --open" in said.err
    assert not (live / "vote").exists()


def test_opening_again_while_a_server_runs_says_the_same(plaudit: Plaudit, opened: Path) -> None:
    first = plaudit("vote", "open", opened)
    with serving(opened):
        again = plaudit("vote", "open", opened)

    assert (again.code, again.out) == (0, first.out)


def test_a_damaged_log_is_told_by_status_and_made_anew_by_closing(plaudit: Plaudit, opened: Path) -> None:
    cast(opened, 3)
    (opened / "evidence/log/checkpoint").write_bytes(b"plaudit.example\n")
    said = plaudit("vote", "status", opened)
    assert said.code == 0
    assert "damaged,  the server makes it again" in said.out

    assert plaudit("vote", "close", opened, "--because", "a rehearsal").code == 0
    assert plaudit("log", "check", opened).code == 0
    assert plaudit("vote", "status", opened, "--json").value["checkpoint"]["size"] == 5


def test_a_stolen_session_key_is_replaced(plaudit: Plaudit, opened: Path) -> None:
    before = (opened / "keys" / "session.key").read_bytes()
    said = plaudit("vote", "rekey", opened, "session.key")

    assert said.code == 0
    assert said.out.startswith("keys/session.key is new, fingerprint ")
    assert (opened / "keys" / "session.key").read_bytes() != before
    cast(opened, 1)
    assert plaudit("vote", "rekey", opened, "voter.key").code == 2


@pytest.mark.parametrize("where", ["inside", "nowhere/marker"])
def test_a_marker_lies_outside_in_a_folder_that_is_there(
    plaudit: Plaudit, opened: Path, tmp_path: Path, where: str
) -> None:
    marker = opened / "marker" if where == "inside" else tmp_path / where
    said = plaudit("serve", opened, "--marker", marker)

    assert said.code == 2
    assert "marker" in said.err


def test_a_server_that_holds_less_than_others_saw_does_not_start(
    plaudit: Plaudit, opened: Path, tmp_path: Path
) -> None:
    shutil.copytree(opened, tmp_path / "snapshot")
    cast(opened, 3)
    with LiveVote(read_season(opened)) as vote:
        vote.publish()
    mirror = tmp_path / "mirror"
    assert plaudit("log", "mirror", opened, mirror).code == 0
    for where in (mirror, mirror / "checkpoint"):
        said = plaudit("serve", tmp_path / "snapshot", "--at-least", where)
        assert said.code == 6
        assert "the log holds 4 leaves, but the ballot store holds 0 ballots" in said.err
    assert plaudit("serve", opened, "--at-least", tmp_path / "none").code == 2
