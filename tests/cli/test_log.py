"""plaudit log, from a season, a folder and an address, through the command's own entry point."""

from __future__ import annotations

import base64
import json
import shutil
from typing import TYPE_CHECKING

import pytest
from tlog_scales.tlog import ConsistencyProof

from plaudit.ledger.proof import TlogProof
from plaudit.ledger.tree import leaf_hashes, root_of
from plaudit.ledger.witness import WitnessKey, witnessed
from tests.ledger.static_logs import NAME, VERIFIER, entries, files_of, served, write_log

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.commands import Plaudit, Said

    BallotRequest = Callable[..., Said]


@pytest.fixture
def ask(plaudit: Plaudit) -> BallotRequest:
    """Run `plaudit log words…`."""
    return lambda *words: plaudit("log", *map(str, words))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A log of 300 entries with its key beside it."""
    made = write_log(tmp_path / "log", entries(300))
    (made / "verifier.key").write_text(f"{VERIFIER}\n", "utf-8")
    return made


def rewritten(folder: Path, size: int) -> Path:
    """Replace a log by one of another story."""
    shutil.rmtree(folder)
    return write_log(folder, [b"rewritten", *entries(size)[1:]])


def root(size: int) -> str:
    return base64.b64encode(root_of(leaf_hashes(entries(size)))).decode()


def test_the_checkpoint_is_printed_as_it_was_signed(ask: BallotRequest, folder: Path) -> None:
    said = ask("checkpoint", folder)

    assert (said.code, said.out) == (0, (folder / "checkpoint").read_text("utf-8"))
    assert "as good as its source" in said.err


def test_a_key_from_elsewhere_is_not_warned_of(ask: BallotRequest, folder: Path) -> None:
    (folder / "verifier.key").unlink()
    said = ask("checkpoint", folder, "--key", str(VERIFIER), "--json")

    assert (said.code, said.err) == (0, "")
    assert said.value == {
        "origin": NAME,
        "size": 300,
        "root": root(300),
        "witnesses": {},
        "note": (folder / "checkpoint").read_text("utf-8"),
    }
    assert ask("checkpoint", folder).code == 2


def test_a_season_keeps_its_log_among_its_evidence(ask: BallotRequest, folder: Path, tmp_path: Path) -> None:
    season = tmp_path / "season"
    shutil.copytree(folder, season / "evidence" / "log")
    (season / "season.toml").write_text("", "utf-8")

    assert ask("checkpoint", season, "--json").value["size"] == 300
    assert ask("check", season, "--json").value["size"] == 300


@pytest.mark.parametrize("leaf", [0, 17, 255, 256, 299])
def test_a_printed_proof_verifies(leaf: int, ask: BallotRequest, folder: Path) -> None:
    said = ask("prove", folder, leaf)
    as_json = ask("prove", folder, leaf, "--json").value

    assert TlogProof.parse(said.out).verify(entries(300)[leaf], VERIFIER).size == 300
    assert (as_json["proof"], as_json["index"], as_json["root"]) == (said.out, leaf, root(300))


def test_a_proof_in_a_smaller_tree_states_the_root_it_leads_to(ask: BallotRequest, folder: Path) -> None:
    said = ask("prove", folder, 17, "--size", 100)
    path = ask("prove", folder, 17, "--size", 100, "--json").value["path"]

    assert said.out.splitlines() == ["index 17", "size 100", f"root {root(100)}", *path]
    assert "compare this root" in said.err
    assert ask("prove", folder, 17, "--size", 300).out.startswith("c2sp.org/tlog-proof@v1\n")


@pytest.mark.parametrize(("start", "end"), [(0, 300), (1, 2), (100, 300), (256, 257), (300, 300)])
def test_a_printed_consistency_proof_convinces_an_independent_verifier(
    start: int, end: int, ask: BallotRequest, folder: Path
) -> None:
    said = ask("prove", folder, "--from", start, "--to", end, "--json").value
    ConsistencyProof(start, end, [base64.b64decode(node) for node in said["path"]]).check(
        base64.b64decode(said["from_root"]), base64.b64decode(said["to_root"])
    )

    assert (said["from_root"], said["to_root"]) == (root(start), root(end))
    text = ask("prove", folder, "--from", start, "--to", end).out.splitlines()
    assert text[:4] == [f"from {start}", f"from_root {root(start)}", f"to {end}", f"to_root {root(end)}"]
    assert text[4:] == said["path"]


@pytest.mark.parametrize(
    "words",
    [
        ["300"],
        ["0", "--size", "301"],
        ["40", "--size", "40"],
        ["--from", "301"],
        ["--from", "9", "--to", "3"],
        [],
        ["1", "--from", "1"],
    ],
)
def test_what_the_log_cannot_prove_is_asked_wrongly(words: list[str], ask: BallotRequest, folder: Path) -> None:
    said = ask("prove", folder, *words)

    assert (said.code, said.out) == (2, "")


def test_a_whole_log_is_checked_and_a_flipped_byte_is_named(ask: BallotRequest, folder: Path) -> None:
    assert ask("check", folder).out == f"checked {NAME} 300 {root(300)}\n"
    bundle = folder / "tile/entries/000"
    bundle.write_bytes(bundle.read_bytes().replace(b"ballot 17", b"ballot 71"))
    said = ask("check", folder, "--json")

    assert (said.code, said.value["title"], said.value["path"]) == (6, "DigestMismatch", "tile/entries/000")


def test_a_log_is_mirrored_over_http_and_the_copy_keeps_the_key(
    ask: BallotRequest, folder: Path, tmp_path: Path
) -> None:
    with served(folder) as url:
        said = ask("mirror", url, tmp_path / "copy", "--key", VERIFIER)
        again = ask("mirror", url, tmp_path / "copy", "--json")

    assert (said.code, said.out) == (0, f"mirrored {NAME} 300 {root(300)}\n")
    assert again.value == {"origin": NAME, "size": 300, "root": root(300)}
    assert files_of(tmp_path / "copy") == files_of(folder)
    assert ask("check", tmp_path / "copy").code == 0


def test_a_mirror_trusts_the_key_it_began_with_and_not_the_sources_new_one(
    ask: BallotRequest, folder: Path, tmp_path: Path
) -> None:
    ask("mirror", folder, tmp_path / "copy")
    (folder / "verifier.key").write_text("log.example/other+00000000+AQ==\n", "utf-8")

    assert ask("mirror", folder, tmp_path / "copy").code == 0
    assert (tmp_path / "copy" / "verifier.key").read_text("utf-8") == f"{VERIFIER}\n"


def test_a_fork_ends_the_mirror_with_both_notes_kept(ask: BallotRequest, folder: Path, tmp_path: Path) -> None:
    ask("mirror", folder, tmp_path / "copy")
    rewritten(folder, 400)
    said = ask("mirror", folder, tmp_path / "copy", "--json")

    assert (said.code, said.value["title"]) == (6, "CheckpointsFork")
    assert (said.value["old_size"], said.value["new_size"]) == (300, 400)
    assert (tmp_path / "copy" / "fork-400.note").read_bytes() == (folder / "checkpoint").read_bytes()


def test_a_watch_prints_a_line_for_each_growth(ask: BallotRequest, folder: Path, tmp_path: Path) -> None:
    words = ("watch", folder, "--every", "0", "--rounds", "2", "--known", tmp_path / "seen.note")

    assert ask(*words).out == f"{NAME} 300 {root(300)}\n"
    assert ask(*words).out == ""
    write_log(folder, entries(301))
    assert json.loads(ask(*words, "--json").out) == {"origin": NAME, "size": 301, "root": root(301)}
    rewritten(folder, 500)
    assert ask(*words, "--key", VERIFIER).code == 6
    assert (tmp_path / "fork-500.note").exists()


def test_a_watch_that_never_reached_the_log_says_so(ask: BallotRequest, folder: Path) -> None:
    with served(folder) as url:
        pass
    said = ask("watch", url, "--key", VERIFIER, "--every", "0", "--rounds", "2")

    assert (said.code, said.out) == (4, "")
    assert said.err.count("looking again in 0 seconds") == 2


def cosigned(ask: BallotRequest, folder: Path, key: Path) -> int:
    said = ask("cosign", folder, "--witness-key", key, "--name", "witness.example/w1", "--key", VERIFIER)
    return said.code


def test_a_witness_adds_its_line_and_others_can_ask_for_it(ask: BallotRequest, folder: Path, tmp_path: Path) -> None:
    key, before = tmp_path / "keys" / "witness.pem", (folder / "checkpoint").read_text("utf-8")
    said = ask("cosign", folder, "--witness-key", key, "--name", "witness.example/w1", "--json").value
    witness = WitnessKey.parse(said["witness"])
    note = (folder / "checkpoint").read_text("utf-8")

    assert note.startswith(before)
    assert said["note"] == note
    assert list(witnessed(note, [witness])) == ["witness.example/w1"]
    asked = ask("checkpoint", folder, "--witness", witness, "--json").value
    assert asked["witnesses"] == witnessed(note, [witness])
    write_log(folder, entries(301))
    assert ask("checkpoint", folder, "--witness", witness).code == 6


def test_a_witness_signs_growth_and_never_a_contradiction_or_a_step_back(
    ask: BallotRequest, folder: Path, tmp_path: Path
) -> None:
    key = tmp_path / "keys" / "witness.pem"
    old = (folder / "checkpoint").read_bytes()

    assert cosigned(ask, folder, key) == 0
    write_log(folder, entries(600))
    assert cosigned(ask, folder, key) == cosigned(ask, folder, key) == 0
    assert (folder / "checkpoint").read_text("utf-8").count("witness.example/w1") == 1

    note = (folder / "checkpoint").read_bytes()
    (folder / "checkpoint").write_bytes(old)
    assert cosigned(ask, folder, key) == 2
    assert (folder / "checkpoint").read_bytes() == old

    rewritten(folder, 600)
    shown = (folder / "checkpoint").read_bytes()
    assert cosigned(ask, folder, key) == 6
    assert (folder / "checkpoint").read_bytes() == shown
    kept = {path.read_text("utf-8").partition("\n\n")[0] for path in (tmp_path / "keys" / "witness.forks").iterdir()}
    assert kept == {data.decode().partition("\n\n")[0] for data in (shown, note)}
    memory = json.loads((tmp_path / "keys" / "witness.seen").read_text("utf-8"))
    assert memory[NAME].splitlines()[:3] == note.decode().splitlines()[:3]


def test_a_witness_that_lost_its_memory_signs_nothing(ask: BallotRequest, folder: Path, tmp_path: Path) -> None:
    key = tmp_path / "keys" / "witness.pem"
    assert cosigned(ask, folder, key) == 0
    key.with_suffix(".seen").unlink()
    assert cosigned(ask, folder, key) == 6
    key.with_suffix(".seen").write_text("{", "utf-8")
    assert cosigned(ask, folder, key) == 6


def test_a_distant_witness_prints_its_note_and_the_operator_adds_it(
    ask: BallotRequest, folder: Path, tmp_path: Path
) -> None:
    words = ("--witness-key", tmp_path / "keys" / "witness.pem", "--name", "witness.example/w1", "--key", VERIFIER)
    before = (folder / "checkpoint").read_text("utf-8")
    with served(folder) as url:
        said = ask("cosign", url, *words)
        witness = WitnessKey.parse(ask("cosign", url, *words, "--json").value["witness"])
    (tmp_path / "cosigned.note").write_text(said.out, "utf-8")

    assert (folder / "checkpoint").read_text("utf-8") == before
    assert ask("add", folder, tmp_path / "cosigned.note").code == 0
    assert (folder / "checkpoint").read_text("utf-8") == said.out
    assert list(witnessed(said.out, [witness])) == ["witness.example/w1"]
    write_log(folder, entries(301))
    assert ask("add", folder, tmp_path / "cosigned.note").code == 2
    assert ask("add", folder, tmp_path / "nothing.note").code == 4
    assert "witness" not in (folder / "checkpoint").read_text("utf-8")


def test_a_name_that_no_note_can_carry_is_refused_before_a_key_is_made(
    ask: BallotRequest, folder: Path, tmp_path: Path
) -> None:
    said = ask("cosign", folder, "--witness-key", tmp_path / "keys" / "witness.pem", "--name", "a b")

    assert said.code == 2
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("where", ["nothing-here", "ftp://log.example", "file:///etc"])
def test_a_place_that_holds_no_log_is_asked_wrongly(where: str, ask: BallotRequest) -> None:
    assert ask("checkpoint", where).code == 2


@pytest.mark.parametrize("verb", ["checkpoint", "mirror", "watch"])
def test_half_an_address_is_no_web_address(verb: str, ask: BallotRequest, tmp_path: Path) -> None:
    said = ask(verb, "http://[::1", *([tmp_path / "copy"] if verb == "mirror" else []))

    assert said.code == 4
    assert "is not a web address" in said.err


def test_a_watch_without_a_file_keeps_both_notes_where_it_was_started(
    ask: BallotRequest, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, here = (folder / "checkpoint").read_bytes(), tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setattr("plaudit.cli.log.time.sleep", lambda _seconds: rewritten(folder, 400))
    said = ask("watch", folder, "--key", VERIFIER, "--rounds", "2")

    assert said.code == 6
    assert {path.read_bytes() for path in here.iterdir()} == {before, (folder / "checkpoint").read_bytes()}


def test_a_copy_whose_mirror_failed_is_checked_and_says_so(ask: BallotRequest, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    wrong = write_log(folder, entries(900)) / "tile" / "entries" / "001"
    right = wrong.read_bytes()
    wrong.write_bytes(bytes(len(right)))
    assert ask("mirror", folder, copy, "--key", VERIFIER).code == 6
    nothing = ask("check", copy)
    wrong.write_bytes(right)
    assert ask("mirror", folder, copy, "--key", VERIFIER).code == 0
    broken = write_log(folder, entries(5_000)) / "tile" / "entries" / "012"
    broken.write_bytes(b"")
    assert ask("mirror", folder, copy).code == 6
    said = ask("check", copy)

    assert (nothing.code, "its mirror of 900 leaves did not finish" in nothing.err) == (2, True)
    assert (said.code, "checked log.example/vote 900" in said.out) == (0, True)
    assert "a mirror of 5000 leaves did not finish" in said.err


def test_an_empty_folder_has_no_checkpoint(ask: BallotRequest, tmp_path: Path) -> None:
    said = ask("checkpoint", tmp_path, "--key", VERIFIER)

    assert said.code == 4
    assert "there is no checkpoint" in said.err
