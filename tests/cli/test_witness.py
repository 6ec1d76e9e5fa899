"""plaudit witness as a process of its own, and plaudit log submit, which asks it."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

from plaudit.ledger.witness import WitnessKey, cosign, witnessed
from plaudit.rulebook.season import read_season
from tests.ledger.static_logs import VERIFIER, entries, write_log
from tests.season.test_witnesses import BEFORE, FIRST, from_files, nominees_of
from tests.season.voting import asks, cast, nominated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit


def test_a_witness_runs_in_a_line_and_signs_what_it_is_asked_to(plaudit: Plaudit, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(300))
    words = ["--name", "witness.example/w1", "--log", str(VERIFIER), "--port", "0", "--witness-key", "w/w.pem"]
    with subprocess.Popen(
        [sys.executable, "-c", "from plaudit.cli.main import main; main()", "witness", *words],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stderr is not None
            key = process.stdout.readline().strip()
            url = process.stderr.readline().split("/add-checkpoint")[0]
            asked = ("log", "submit", log, "--url", url, "--witness", key)
            first = plaudit(*asked)
            write_log(log, entries(900))
            second = plaudit(*asked)
            stranger = plaudit(*asked[:-1], key.replace("w1", "w2"))
        finally:
            process.send_signal(signal.SIGINT)
            ended = process.wait(20)

    assert (first.code, second.code, ended) == (0, 0, 0)
    assert list(witnessed((log / "checkpoint").read_text("utf-8"), [WitnessKey.parse(key)])) == ["witness.example/w1"]
    assert "signed by witness.example/w1" in second.err
    assert stranger.code == 6


def test_without_a_log_a_witness_tells_its_key_and_keeps_it(plaudit: Plaudit, tmp_path: Path) -> None:
    words = ("witness", "--name", "witness.example/w1", "--witness-key", tmp_path / "w.pem")
    first, second = plaudit(*words), plaudit(*words)

    assert (first.code, first.out) == (0, second.out)
    assert WitnessKey.parse(first.out).name == "witness.example/w1"


def test_nobody_is_asked_where_nobody_is_named(plaudit: Plaudit, tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", entries(3))

    assert plaudit("log", "submit", log).code == 2
    assert plaudit("log", "submit", log, "--url", "http://[::1", "--witness", "x").code == 6
    assert plaudit("witness", "--name", "a b", "--log", str(VERIFIER)).code == 2
    assert plaudit("witness", "--name", "w", "--log", "no key").code == 6


def test_a_note_of_the_opening_is_added_to_the_kept_opening_though_the_log_has_grown(
    plaudit: Plaudit, tmp_path: Path
) -> None:
    named = f'[vote.witnesses]\nkeys = ["{FIRST.verifier}"]\n'
    season = nominated(tmp_path / "s", live=named)
    note = tmp_path / "signed.note"
    note.write_text(cosign((season.log / "checkpoint").read_text("utf-8"), FIRST, BEFORE), "utf-8")
    cast(season, asks(3))
    before = plaudit("vote", "status", season.folder)
    added = plaudit("log", "add", season.folder, note)
    after = plaudit("vote", "status", season.folder, "--json")

    assert added.code == 0
    assert "nobody yet" in before.out
    assert list(witnessed((season.log / "opened").read_text("utf-8"), [FIRST.verifier])) == ["witness.example/w1"]
    assert "witness" not in (season.log / "checkpoint").read_text("utf-8")
    assert (after.value["opening signed by"], after.value["checkpoint signed by"]) == (
        "witness.example/w1",
        "nobody yet",
    )


def test_a_vote_from_files_is_opened_for_its_witnesses_and_for_nobody_else(
    plaudit: Plaudit, made_template: Path, tmp_path: Path
) -> None:
    named = f'[vote.witnesses]\nkeys = ["{FIRST.verifier}"]\n'
    folder = from_files(made_template, tmp_path / "s", named).folder
    nominees_of(read_season(folder))
    said = plaudit("vote", "open", folder)
    again = plaudit("vote", "open", folder)

    assert (said.code, said.out) == (0, again.out)
    assert "1 of 1 witnesses must sign the opening" in said.err
    assert (folder / "evidence" / "log" / "opened").read_text("utf-8") == said.out
    assert plaudit("log", "check", folder).code == 0
    assert plaudit("vote", "open", made_template).code == 2


def test_no_verb_counts_under_a_purge_rule_that_joined_after_the_certificate(
    plaudit: Plaudit, made_template: Path, tmp_path: Path
) -> None:
    folder = from_files(made_template, tmp_path / "s", purges="").folder
    for name in ("evidence", "published"):
        shutil.copytree(made_template / name, folder / name, dirs_exist_ok=True)
    path = folder / "season.toml"
    path.write_text(path.read_text("utf-8").replace("purges = []", 'purges = ["three-days@1"]'), "utf-8")

    for verb in (["run"], ["audit"], ["tally"], ["check"], ["certify"], ["vote", "log"]):
        said = plaudit(*verb, folder)
        assert (said.code, "put it under late in [audit]" in said.err) == (3, True), (verb, said.err)
