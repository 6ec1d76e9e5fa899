"""A sealed result: committed to, kept, told once, and checked."""

from __future__ import annotations

import base64
import json
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit import pipeline
from plaudit.base.digests import bytes_sha256
from plaudit.base.errors import EvidenceError, OutOfTurn, ProofInvalid, SignatureInvalid
from plaudit.certify.certificate import CERTIFICATE, canonical, read_certificate
from plaudit.certify.inputs import inputs_sha256, inputs_stated
from plaudit.certify.keys import season_signer
from plaudit.certify.seal import COMMITMENT
from plaudit.cli.certify import certify
from plaudit.ledger.checkpoint import open_checkpoint
from plaudit.ledger.note import sign_note, verify_note
from plaudit.ledger.witness import WitnessSigner, cosign
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from tests.certify.sealing import totals_season
from tests.cli.commands import Plaudit
from tests.conftest import bytes_below, run, sealed_template
from tests.made import made_once


@pytest.fixture(scope="module")
def made_sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The template's season under a rule that seals the result, run once and not revealed."""
    return made_once(tmp_path_factory, "sealed", lambda folder: sealed_template(folder / "my-award"))


@pytest.fixture(scope="module")
def made_told(made_sealed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, revealed."""
    return made_once(
        tmp_path_factory, "told", lambda folder: revealed(shutil.copytree(made_sealed, folder / "my-award"))
    )


@pytest.fixture
def sealed(made_sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_sealed, tmp_path / "my-award"))


@pytest.fixture
def told(made_told: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made_told, tmp_path / "my-award"))


def revealed(folder: Path) -> Path:
    season = read_season(folder)
    pipeline.reveal(season, Evidence(season.evidence))
    return folder


def forge_ballots(folder: Path) -> None:
    ballots = folder / "data" / "ballots.csv"
    ballots.write_text(ballots.read_text("utf-8").replace("web,north-seven", "web,aurora-lane"), "utf-8")


UNCOUNTED = [
    "charts/social-weekly@1/2026-01-02.json",
    "charts/social-weekly@1/2026-01-09.json",
    "charts/social-weekly@1/entries.csv",
    COMMITMENT,
    "coverage.json",
    "nominees.csv",
]
"""What is published of the template's season beside its rules and honours, before the count is told."""


def test_a_sealed_season_publishes_a_commitment_its_key_and_what_no_vote_made(made_sealed: Path) -> None:
    rules = [
        f"rules/{name}.{ending}" for name in ("chart-five@1", "own@1", "social-weekly@1") for ending in ("md", "toml")
    ]

    assert sorted(bytes_below(made_sealed / "published")) == sorted([*UNCOUNTED, *rules, "verifier.key"])


def test_the_commitment_is_origin_edition_and_digest_of_salt_and_result(made_told: Path) -> None:
    signer = season_signer(made_told, "plaudit.example/my-award").verifier
    text = verify_note((made_told / "published" / COMMITMENT).read_text("utf-8"), signer)
    stated = read_certificate(made_told / "published" / CERTIFICATE).statement
    salt = bytes.fromhex(stated["vote"]["commitment"]["salt"])
    digest = bytes_sha256(salt + canonical({"log": stated["vote"]["log"], **stated["result"]}).encode())

    leaf = f"plaudit.example/my-award\n2026\n{digest}\n"
    root = base64.b64encode(sha256(b"\0" + leaf.encode()).digest()).decode()
    assert text == f"plaudit.example/my-award/commitment/2026\n1\n{root}\n{leaf}"
    assert stated["vote"]["commitment"]["sha256"] == digest
    assert len(salt) == 32


def test_salt_and_result_are_readable_for_the_owner_alone(made_sealed: Path) -> None:
    path = made_sealed / "vote" / "sealed.json"

    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text("utf-8"))["result"]["winners"] == ["north-seven"]


def test_two_seasons_with_the_same_result_commit_to_different_digests(sealed: Path, made_sealed: Path) -> None:
    for folder in ("vote", "published"):
        shutil.rmtree(sealed / folder)
    run(sealed)

    first, second = ((folder / "published" / COMMITMENT).read_text("utf-8") for folder in (sealed, made_sealed))
    assert first != second


def test_sealing_again_gives_the_same_bytes(sealed: Path, made_sealed: Path) -> None:
    run(sealed)

    assert bytes_below(sealed) == bytes_below(made_sealed)


def test_a_commitment_that_was_lost_is_written_again_as_it_was(sealed: Path, made_sealed: Path) -> None:
    shutil.rmtree(sealed / "published")
    run(sealed)

    assert bytes_below(sealed) == bytes_below(made_sealed)


def test_a_rule_that_seals_from_its_next_version_on_takes_the_count_back(season_folder: Path) -> None:
    rule = season_folder / "rules" / "own@1.toml"
    text = rule.read_text("utf-8").replace("version = 1", "version = 2")
    rule.with_name("own@2.toml").write_text(f'{text}\n[intake]\nstandings = "sealed"\n', "utf-8")
    season = season_folder / "season.toml"
    season.write_text(season.read_text("utf-8").replace("own@1", "own@2"), "utf-8")
    run(season_folder)

    left = [name for name in bytes_below(season_folder / "published") if not name.startswith("rules/")]
    assert left == sorted([CERTIFICATE, *UNCOUNTED, "honours.json", "verifier.key"])
    assert verify(revealed(season_folder)).checked


def test_another_result_does_not_replace_the_sealed_one(sealed: Path) -> None:
    before = bytes_below(sealed / "published")
    forge_ballots(sealed)

    with pytest.raises(ProofInvalid, match=r"the sealed log is .* recomputed is .*; find out what changed"):
        run(sealed)
    assert bytes_below(sealed / "published") == before


def test_a_result_that_is_not_the_sealed_one_is_not_revealed(sealed: Path) -> None:
    forge_ballots(sealed)
    season = read_season(sealed)
    pipeline.collect(season, Evidence(season.evidence))

    with pytest.raises(ProofInvalid, match="the sealed log is"):
        revealed(sealed)
    assert not (sealed / "published" / CERTIFICATE).exists()


def test_a_result_that_an_earlier_version_sealed_says_how_it_can_be_revealed(sealed: Path) -> None:
    path = sealed / "vote" / "sealed.json"
    kept = json.loads(path.read_text("utf-8"))
    del kept["result"]["log"]["names"]
    kept["result"]["log"]["root"] = "A" * 43 + "="
    path.write_text(json.dumps(kept), "utf-8")

    with pytest.raises(ProofInvalid, match="earlier version of Plaudit sealed this result") as caught:
        revealed(sealed)
    assert "reveal with that version" in str(caught.value.remedy)


def test_a_sealed_file_that_was_changed_is_not_the_result(sealed: Path) -> None:
    path = sealed / "vote" / "sealed.json"
    path.write_text(
        path.read_text("utf-8").replace('"winners": ["north-seven"]', '"winners": ["aurora-lane"]'), "utf-8"
    )

    with pytest.raises(ProofInvalid, match=r"the sealed winners is \['aurora-lane'\], recomputed is \['north-seven'\]"):
        revealed(sealed)


def test_a_revealed_result_verifies_and_says_what_it_was_sealed_with(made_told: Path) -> None:
    found = verify(made_told)

    assert f"the result is the one that {COMMITMENT} committed to" in found.checked
    assert (made_told / "published" / "result.json").is_file()


def test_running_a_revealed_season_again_gives_the_same_bytes(told: Path, made_told: Path) -> None:
    run(told)

    assert bytes_below(told) == bytes_below(made_told)


def test_nothing_can_be_revealed_that_was_not_sealed(sealed: Path) -> None:
    shutil.rmtree(sealed / "vote")

    with pytest.raises(OutOfTurn, match="no result was sealed; seal it first"):
        revealed(sealed)


def test_certify_does_not_tell_a_sealed_result(sealed: Path) -> None:
    with pytest.raises(OutOfTurn, match="seals the result; reveal it with: plaudit reveal"):
        certify(sealed)


@pytest.mark.parametrize("line", range(6))
def test_a_commitment_to_something_else_signed_by_the_right_key_is_found_out(told: Path, line: int) -> None:
    path = told / "published" / COMMITMENT
    lines = path.read_text("utf-8").split("\n")[:6]
    lines[line] = "x" + lines[line][1:]
    signer = season_signer(told, "plaudit.example/my-award")
    path.write_text(sign_note("\n".join(lines) + "\n", signer), "utf-8")

    with pytest.raises(
        ProofInvalid, match=r"commitment\.note says .*; the revealed result gives .*not the one that was sealed"
    ):
        verify(told)


def test_a_commitment_that_is_missing_or_damaged_is_named(told: Path) -> None:
    path = told / "published" / COMMITMENT
    path.write_bytes(path.read_bytes().replace(b"2026", b"2025", 1))
    with pytest.raises(SignatureInvalid, match=r"commitment\.note: the text is not what"):
        verify(told)
    path.unlink()

    with pytest.raises(EvidenceError, match=r"published/commitment\.note is missing"):
        verify(told)


@pytest.mark.parametrize("salt", ["", "zz", "00" * 32])
def test_another_salt_in_the_certificate_is_found_out(told: Path, salt: str) -> None:
    path = told / "published" / CERTIFICATE
    stated = read_certificate(path).statement
    stated["vote"]["commitment"]["salt"] = salt
    path.write_text(sign_note(canonical(stated), season_signer(told, "plaudit.example/my-award")), "utf-8")

    with pytest.raises(ProofInvalid, match=r"commitment\.note says|another form - at `\$\.vote\.commitment\.salt`"):
        verify(told)


def test_run_says_where_the_commitment_lies_and_reveal_prints_the_result(
    sealed: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plaudit = Plaudit(capsys, monkeypatch)
    ran = plaudit("run", sealed)
    told = plaudit("reveal", sealed)

    assert f"sealed: {sealed}/published/commitment.note\nnext: plaudit reveal {sealed}\n" in ran.out
    assert "Result" not in ran.out
    assert (ran.code, told.code) == (0, 0)
    assert "Result under own@1" in told.out
    assert f"certificate: {sealed}/published/certificate.note" in told.out


def test_a_season_that_seals_nothing_has_nothing_to_reveal(
    season_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Plaudit(capsys, monkeypatch)("reveal", season_folder)

    assert said.code == 2
    assert "does not seal the result" in said.err


def swap_names(folder: Path) -> None:
    artists = folder / "artists.toml"
    text = artists.read_text("utf-8").replace("Aurora Lane", "?").replace("North Seven", "Aurora Lane")
    artists.write_text(text.replace("?", "North Seven"), "utf-8")


@pytest.fixture(scope="module")
def made_totals(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "sealed-totals", lambda folder: run(totals_season(folder / "my-award")))


@pytest.mark.parametrize("made", ["made_sealed", "made_totals"])
def test_names_swapped_after_sealing_are_neither_sealed_again_nor_revealed(
    made: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    folder = Path(shutil.copytree(request.getfixturevalue(made), tmp_path / "my-award"))
    before = bytes_below(folder / "published")
    swap_names(folder)

    said = r"sealed with nominee aurora-lane called 'Aurora Lane' in en, and now it is 'North Seven' in en; find out"
    for act in (run, revealed):
        with pytest.raises(ProofInvalid, match=said):
            act(folder)
    assert bytes_below(folder / "published") == before


def resigned(folder: Path, **changes: object) -> None:
    """Let the signer state the inputs as they now are, and change what else the certificate says of the commitment."""
    path = folder / "published" / CERTIFICATE
    stated = read_certificate(path).statement
    stated["inputs"] = inputs_stated(inputs_sha256(read_season(folder)), Evidence(folder / "evidence"))
    stated["vote"]["commitment"] |= changes
    path.write_text(sign_note(canonical(stated), season_signer(folder, "plaudit.example/my-award")), "utf-8")


def test_a_signer_who_swaps_the_names_of_sealed_totals_is_found_out(made_totals: Path, tmp_path: Path) -> None:
    folder = revealed(Path(shutil.copytree(made_totals, tmp_path / "my-award")))
    honest = verify(folder)
    swap_names(folder)
    resigned(folder)
    with pytest.raises(ProofInvalid, match="nominee aurora-lane called 'Aurora Lane' in en, and now it is 'North"):
        verify(folder)
    names = {"aurora-lane": {"en": "North Seven"}, "north-seven": {"en": "Aurora Lane", "ko": "노스세븐"}}
    resigned(folder, names=names)

    with pytest.raises(ProofInvalid, match="the revealed result is not the one that was sealed"):
        verify(folder)
    assert "what nominees are called" not in "".join(honest.unchecked)


def test_a_commitment_of_an_earlier_version_is_read_and_says_that_nobody_saw_it(told: Path) -> None:
    path = told / "published" / COMMITMENT
    lines = path.read_text("utf-8").split("\n")[3:6]
    path.write_text(sign_note("\n".join([*lines, ""]), season_signer(told, "plaudit.example/my-award")), "utf-8")

    found = verify(told)
    assert f"the result is the one that {COMMITMENT} committed to" in found.checked
    assert [line for line in found.unchecked if line.startswith("when the result was sealed: no witness")]


WITNESS = WitnessSigner("witness.example/w1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def test_a_cosigned_commitment_keeps_its_cosignature_and_verify_speaks_of_it(sealed: Path) -> None:
    path = sealed / "published" / COMMITMENT
    note = cosign(path.read_text("utf-8"), WITNESS, 1_768_900_000)
    path.write_text(note, "utf-8")
    run(sealed)
    assert path.read_text("utf-8") == note

    found = verify(revealed(sealed))
    assert [line for line in found.unchecked if line.startswith(f"1 signature on {COMMITMENT}: by keys that the")]
    assert found.is_recomputed


def test_verify_says_which_witness_of_the_season_cosigned_the_commitment_and_when(tmp_path: Path) -> None:
    folder = tmp_path / "my-award"
    totals_season(folder)
    season = folder / "season.toml"
    named = f'[vote.witnesses]\nkeys = ["{WITNESS.verifier}"]\nleast = 0\n\n[[vote.window]]'
    season.write_text(season.read_text("utf-8").replace("[[vote.window]]", named), "utf-8")
    path = run(folder) / "published" / COMMITMENT
    path.write_text(cosign(path.read_text("utf-8"), WITNESS, 1_768_900_000), "utf-8")

    found = verify(revealed(folder))
    assert f"{COMMITMENT} was cosigned by witness.example/w1 at 2026-01-20T09:06:40Z" in found.checked
    assert not [line for line in found.unchecked if COMMITMENT in line]


def test_a_second_commitment_contradicts_the_first_as_two_logs_of_one_size_do(sealed: Path) -> None:
    signer = season_signer(sealed, "plaudit.example/my-award").verifier
    origin = "plaudit.example/my-award/commitment/2026"
    notes = [(sealed / "published" / COMMITMENT).read_text("utf-8")]
    shutil.rmtree(sealed / "vote")
    forge_ballots(sealed)
    run(sealed)
    notes.append((sealed / "published" / COMMITMENT).read_text("utf-8"))

    one, two = (open_checkpoint(note, signer, origin=origin) for note in notes)
    assert (one.size, two.size) == (1, 1)
    assert one.root != two.root
