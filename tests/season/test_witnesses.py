"""Witnesses bound: the opening says who is to sign, a certificate carries what they signed, and when."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit import pipeline
from plaudit.base.digests import file_sha256
from plaudit.base.errors import EvidenceError, ProofInvalid, RuleFrozen, RuleInvalid, SignatureInvalid
from plaudit.certify.certificate import canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.ledger.checkpoint import Checkpoint, open_checkpoint
from plaudit.ledger.note import Verifier, sign_note
from plaudit.ledger.tree import leaf_hash
from plaudit.ledger.witness import WitnessKey, WitnessSigner, cosign
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from plaudit.verify.verify import verify
from plaudit.verify.witnesses import check_witnesses
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_from_files
from plaudit.vote.statements import opening
from tests.conftest import run
from tests.season.voting import asks, cast, nominated
from tests.vote.seasons import CLOSES, NOMINEES, OPENS

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season

SECOND = 1_000_000
BEFORE, AFTER = OPENS // SECOND - 3_600, CLOSES // SECOND + 5


def witness(number: int) -> WitnessSigner:
    return WitnessSigner(f"witness.example/w{number}", Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


FIRST, SECOND_ONE, STRANGER = witness(1), witness(2), witness(9)
NAMED = f'[vote.witnesses]\nkeys = ["{FIRST.verifier}", "{SECOND_ONE.verifier}"]\nleast = {{}}\n'


def sign(path: Path, signer: WitnessSigner, at_seconds: int) -> None:
    path.write_bytes(cosign(path.read_text("utf-8"), signer, at_seconds).encode())


def close(season: Season) -> None:
    with LiveVote(season, clock=lambda: CLOSES) as vote:
        vote.close()


def held(folder: Path, least: int = 2) -> Season:
    """Hold a vote whose two witnesses sign its opening before the window, and its closing afterwards."""
    season = nominated(folder, live=NAMED.format(least))
    for number, signer in enumerate((FIRST, SECOND_ONE)):
        sign(season.log / "checkpoint", signer, BEFORE + number)
    cast(season, asks(6))
    close(season)
    for number, signer in enumerate((SECOND_ONE, FIRST)):
        sign(season.log / "checkpoint", signer, AFTER + number)
    return season


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A witnessed live vote, certified. Copy it before changing it."""
    return run(held(tmp_path_factory.mktemp("witnessed") / "s").folder)


@pytest.fixture
def season(made: Path, tmp_path: Path) -> Season:
    return read_season(shutil.copytree(made, tmp_path / "s"))


def cited(folder: Path) -> dict[str, Any]:
    log: dict[str, Any] = read_certificate(folder / "published" / "certificate.note").statement["vote"]["log"]
    return log


def test_the_opening_states_the_witnesses_and_a_season_without_them_nothing(season: Season, tmp_path: Path) -> None:
    keys = [str(FIRST.verifier), str(SECOND_ONE.verifier)]

    assert opening(season, NOMINEES).stated["witnesses"] == {"keys": keys, "least": 2}
    assert "witnesses" not in opening(nominated(tmp_path / "none"), NOMINEES).stated


def test_the_checkpoint_of_the_opening_is_kept_with_its_cosignatures_while_the_log_grows(season: Season) -> None:
    log = Verifier.parse((season.log / "verifier.key").read_text("utf-8").strip())
    note = (season.log / "opened").read_text("utf-8")
    leaf = (season.log / "tile" / "entries" / "000.p" / "8").read_bytes()
    first = leaf[2 : 2 + int.from_bytes(leaf[:2], "big")]

    assert open_checkpoint(note, log) == Checkpoint(log.name, 1, leaf_hash(first))
    assert note.count("witness.example/") == 2


def test_the_certificate_carries_who_signed_what_and_when(made: Path) -> None:
    log = cited(made)
    found = log["witnesses"]

    assert found["policy"]["least"] == 2
    assert found["opened"]["cosigned"] == [
        {"witness": "witness.example/w1", "at": "2025-12-31T23:00:00Z"},
        {"witness": "witness.example/w2", "at": "2025-12-31T23:00:01Z"},
    ]
    assert found["closed"]["cosigned"] == [
        {"witness": "witness.example/w1", "at": "2026-01-04T00:00:06Z"},
        {"witness": "witness.example/w2", "at": "2026-01-04T00:00:05Z"},
    ]
    assert open_checkpoint(found["closed"]["note"], Verifier.parse(log["key"])).size == log["size"]


def test_verify_says_who_signed_and_when(made: Path) -> None:
    checked = verify(made).checked

    assert "witness.example/w1 cosigned the opening at 2025-12-31T23:00:00Z" in checked
    assert "witness.example/w2 cosigned the closing checkpoint at 2026-01-04T00:00:05Z" in checked


def test_a_vote_without_witnesses_says_that_nobody_knows_when_it_was_opened(tmp_path: Path) -> None:
    season = nominated(tmp_path / "s")
    cast(season, asks(3))
    close(season)

    assert any("names no witnesses" in line for line in verify(run(season.folder)).unchecked)


@pytest.mark.parametrize(
    ("opened", "closed", "missing"),
    [
        ([(FIRST, BEFORE)], [(FIRST, AFTER), (SECOND_ONE, AFTER)], "1 of 2 .* the opening .* missing: .*w2"),
        ([(FIRST, BEFORE), (SECOND_ONE, BEFORE)], [(SECOND_ONE, AFTER)], "1 of 2 .* closing .* missing: .*w1"),
        ([(FIRST, BEFORE), (STRANGER, BEFORE)], [], "1 of 2 .* the opening"),
        ([(FIRST, BEFORE), (SECOND_ONE, OPENS // SECOND + 1)], [], "1 of 2 .* the opening"),
        ([(FIRST, BEFORE), (SECOND_ONE, 7)], [], "1 of 2 .* the opening"),
        (
            [(FIRST, BEFORE), (SECOND_ONE, BEFORE)],
            [(FIRST, AFTER), (SECOND_ONE, CLOSES // SECOND - 61)],
            "1 of 2 .* closing",
        ),
        (
            [(FIRST, BEFORE), (SECOND_ONE, BEFORE)],
            [(FIRST, AFTER), (SECOND_ONE, 4_102_444_800)],  # the year 2100
            "1 of 2 .* closing",
        ),
    ],
)
def test_fewer_witnesses_than_were_asked_for_certify_nothing(
    tmp_path: Path, opened: list[tuple[WitnessSigner, int]], closed: list[tuple[WitnessSigner, int]], missing: str
) -> None:
    season = nominated(tmp_path / "s", live=NAMED.format(2))
    for signer, at_seconds in opened:
        sign(season.log / "checkpoint", signer, at_seconds)
    cast(season, asks(3))
    close(season)
    for signer, at_seconds in closed:
        sign(season.log / "checkpoint", signer, at_seconds)

    with pytest.raises(SignatureInvalid, match=missing):
        run(season.folder)


def test_a_witness_whose_clock_is_a_minute_behind_counts(tmp_path: Path) -> None:
    season = nominated(tmp_path / "s", live=NAMED.format(1))
    sign(season.log / "checkpoint", FIRST, OPENS // SECOND)
    cast(season, asks(3))
    close(season)
    sign(season.log / "checkpoint", FIRST, CLOSES // SECOND - 60)

    assert [row["at"] for row in cited(run(season.folder))["witnesses"]["closed"]["cosigned"]] == [
        "2026-01-03T23:59:00Z"
    ]


def test_witnesses_named_after_the_opening_are_refused(season: Season) -> None:
    path = season.folder / "season.toml"
    path.write_text(path.read_text("utf-8").replace(str(FIRST.verifier), str(STRANGER.verifier)), "utf-8")

    with pytest.raises(ProofInvalid, match="the vote was opened with witnesses"):
        run(season.folder)


def _forged(log: dict[str, Any], lie: str) -> None:
    told = log["witnesses"]
    if lie == "no witnesses":
        del log["witnesses"]
    elif lie == "no opening":
        del told["opened"]
    elif lie == "another policy":
        told["policy"]["least"] = 0
    elif lie == "a stranger signs":
        told["closed"]["note"] = cosign(told["closed"]["note"], STRANGER, AFTER)
    elif lie == "another time":
        told["opened"]["cosigned"][0]["at"] = "2025-12-31T22:00:00Z"
    elif lie == "one cosignature fewer":
        told["opened"]["note"] = told["opened"]["note"].rpartition("— ")[0]
        told["opened"]["cosigned"].pop()
    elif lie == "a cosignature too late":
        told["opened"]["note"] = cosign(told["opened"]["note"], FIRST, OPENS // SECOND + 1)
    elif lie == "the notes swapped":
        told["opened"], told["closed"] = told["closed"], told["opened"]
    elif lie == "a cosignature of another note":
        told["closed"]["note"] = (
            told["closed"]["note"].rpartition("— ")[0] + told["opened"]["note"].splitlines(True)[-1]
        )


LIES = {
    "no witnesses": "carries nothing of theirs",
    "no opening": "0 of 2 required witnesses cosigned the opening",
    "another policy": r"vote\.log\.witnesses\.policy\.least is 0, recomputed is 2",
    "a stranger signs": r"vote\.log\.witnesses\.closed\.note is",
    "another time": r"opened\.cosigned\[0\]\.at is '2025-12-31T22:00:00Z'",
    "one cosignature fewer": "1 of 2 required witnesses cosigned the opening .* missing: witness.example/w2",
    "a cosignature too late": r"vote\.log\.witnesses\.opened",
    "the notes swapped": "vote.log.witnesses.closed is of 1 leaves",
    "a cosignature of another note": "is not what witness.example/w2 signed",
}


@pytest.mark.parametrize("lie", LIES)
def test_a_certificate_that_says_otherwise_is_refused(season: Season, lie: str) -> None:
    found = verify(season.folder)
    log = json.loads(json.dumps(cited(season.folder)))
    opened = opening(season, NOMINEES, log["keys"])
    check_witnesses(season, opened, CLOSES, log, found)
    _forged(log, lie)

    with pytest.raises(EvidenceError, match=LIES[lie]):
        check_witnesses(season, opened, CLOSES, log, found)


@pytest.mark.parametrize("data", [b"", b"no note", b"another"])
def test_the_kept_opening_must_be_this_votes(season: Season, data: bytes) -> None:
    (season.log / "opened").write_bytes((season.log / "checkpoint").read_bytes() if data == b"another" else data)

    with pytest.raises(EvidenceError, match="evidence/log/opened"):
        verify(season.folder)


def test_a_copy_without_the_kept_opening_verifies_by_the_certificate(season: Season) -> None:
    (season.log / "opened").unlink()

    assert "witness.example/w1 cosigned the opening at 2025-12-31T23:00:00Z" in verify(season.folder).checked


def test_a_kept_opening_where_no_witness_is_named_follows_from_nothing(tmp_path: Path) -> None:
    season = nominated(tmp_path / "s")
    cast(season, asks(3))
    close(season)
    run(season.folder)
    (season.log / "opened").write_bytes((season.log / "checkpoint").read_bytes())

    with pytest.raises(EvidenceError, match="log/opened was not there"):
        verify(season.folder)


@pytest.mark.parametrize(
    ("keys", "least", "what"),
    [
        ([str(FIRST.verifier), str(FIRST.verifier)], 1, "named twice"),
        ([str(FIRST.verifier)], 2, "2 witnesses of 1 named"),
        (["witness.example/w1"], 1, "is not a verifier key"),
        (["x+490ca8b1+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"], 1, "is not a verifier key|low order"),
    ],
)
def test_witnesses_that_cannot_be_are_refused(tmp_path: Path, keys: list[str], least: int, what: str) -> None:
    with pytest.raises(RuleInvalid, match=what):
        nominated(tmp_path / "s", live=f"[vote.witnesses]\nkeys = {json.dumps(keys)}\nleast = {least}\n")


def test_a_witness_of_low_order_is_refused_by_verify_as_evidence_that_does_not_hold(season: Season) -> None:
    weak = str(WitnessKey("witness.example/w1", bytes([1]) + bytes(31)))
    path = season.folder / "season.toml"
    path.write_text(path.read_text("utf-8").replace(str(FIRST.verifier), weak), "utf-8")
    note = season.published / "certificate.note"
    statement = read_certificate(note).statement
    statement["inputs"]["season.toml"]["sha256"] = file_sha256(path)
    signer = season_signer(season.folder, season.origin)
    note.write_bytes(sign_note(canonical(statement), signer).encode())

    with pytest.raises(ProofInvalid, match=r"the key of witness\.example/w1 is a point of low order, 1"):
        verify(season.folder)


PURGE = """kind = "purge"
id = "three-days"
version = 1
title = "Ballots on three days in a row"
because = "Small numbers show what a rule does."
does = "set aside"
told = "Your account voted on each of three days."

[method]
name = "sleepless"
hours_least = 1
days_least = 3
"""
FIRST_WINDOW = 1_768_554_000  # 2026-01-16T09:00Z, as the template has it


def from_files(template: Path, folder: Path, more: str = "", purges: str = '"three-days@1"') -> Season:
    """Give the template's season, not yet run, with a purge rule."""
    shutil.copytree(template, folder, ignore=shutil.ignore_patterns("evidence", "published"))
    (folder / "rules" / "three-days@1.toml").write_text(PURGE, "utf-8")
    path = folder / "season.toml"
    path.write_text(f"{path.read_text('utf-8')}\n[audit]\npurges = [{purges}]\n{more}", "utf-8")
    return read_season(folder)


def nominees_of(season: Season) -> list[str]:
    tables = Evidence(season.evidence)
    for step in (pipeline.collect, pipeline.measure, pipeline.chart, pipeline.nominate):
        step(season, tables)
    return [row["nominee"] for row in tables.to_rows(tables.read("nominees"))]


def unproven(folder: Path) -> list[str]:
    limits = read_certificate(folder / "published" / "certificate.note").statement["limits"]
    return [row["values"]["rule"] for row in limits if row["code"] == "limits.not-provably-declared"]


def test_purge_rules_over_ballots_from_files_are_not_provably_declared_before(
    made_template: Path, tmp_path: Path
) -> None:
    season = from_files(made_template, tmp_path / "s")

    assert unproven(run(season.folder)) == ["three-days@1"]
    assert "not provably declared before the vote" in (season.published / "audit" / "notice.md").read_text("utf-8")
    assert verify(season.folder).checked


def test_an_opening_that_was_cosigned_before_the_window_proves_what_was_declared(
    made_template: Path, tmp_path: Path
) -> None:
    season = from_files(made_template, tmp_path / "s", f'[vote.witnesses]\nkeys = ["{FIRST.verifier}"]\n')
    with season.changing("plaudit vote open") as working:
        note = open_from_files(working, nominees_of(working))
    sign(season.log / "opened", FIRST, FIRST_WINDOW)
    with pytest.raises(SignatureInvalid, match="0 of 1 required witnesses cosigned the closing"):
        run(season.folder)
    tables = Evidence(season.evidence)
    for step in (pipeline.collect, pipeline.vote):
        step(season, tables)
    sign(season.log / "checkpoint", FIRST, AFTER + 30 * 86_400)

    assert open_checkpoint(note, Verifier.parse((season.log / "verifier.key").read_text("utf-8").strip())).size == 1
    assert unproven(run(season.folder)) == []
    assert "witness.example/w1 cosigned the opening at 2026-01-16T09:00:00Z" in verify(season.folder).checked


def test_an_opening_that_was_cosigned_after_the_window_opened_proves_nothing(
    made_template: Path, tmp_path: Path
) -> None:
    named = f'[vote.witnesses]\nkeys = ["{FIRST.verifier}"]\nleast = 0\n'
    season = from_files(made_template, tmp_path / "s", named)
    with season.changing("plaudit vote open") as working:
        open_from_files(working, nominees_of(working))
    sign(season.log / "opened", FIRST, FIRST_WINDOW + 1)

    assert unproven(run(season.folder)) == ["three-days@1"]
    assert any("declared before the vote" in line for line in verify(season.folder).unchecked)


def test_a_purge_rule_that_joins_after_the_opening_is_refused(made_template: Path, tmp_path: Path) -> None:
    named = f'[vote.witnesses]\nkeys = ["{FIRST.verifier}"]\nleast = 0\n'
    season = from_files(made_template, tmp_path / "s", named, purges="")
    with season.changing("plaudit vote open") as working:
        open_from_files(working, nominees_of(working))
    path = season.folder / "season.toml"
    path.write_text(path.read_text("utf-8").replace("purges = []", 'purges = ["three-days@1"]'), "utf-8")

    with pytest.raises(ProofInvalid, match="the vote was opened without the purge rule three-days@1"):
        run(season.folder)


@pytest.mark.parametrize(
    ("declared", "then", "what"),
    [
        ("", 'purges = ["three-days@1"]', "does not say that the purge rule three-days@1 was declared before the vote"),
        ('"three-days@1"', "purges = []", r"declared before the vote: three-days@1; season\.toml names none"),
        (
            '"three-days@1"',
            'late = ["three-days@1"]',
            r"declared before the vote: three-days@1; season\.toml names none",
        ),
    ],
)
def test_what_a_certificate_says_was_declared_cannot_change(
    made_template: Path, tmp_path: Path, declared: str, then: str, what: str
) -> None:
    season = from_files(made_template, tmp_path / "s", purges=declared)
    run(season.folder)
    path = season.folder / "season.toml"
    before = path.read_text("utf-8")
    path.write_text(before.replace(f"purges = [{declared}]", then), "utf-8")

    with pytest.raises(RuleFrozen, match=what):
        run(season.folder)


def test_a_purge_rule_that_comes_late_is_shown_apart_and_said_to_be_late(made_template: Path, tmp_path: Path) -> None:
    season = from_files(made_template, tmp_path / "s", purges="")
    run(season.folder)
    path = season.folder / "season.toml"
    path.write_text(path.read_text("utf-8").replace("purges = []", 'late = ["three-days@1"]'), "utf-8")
    stated = read_certificate(run(season.folder) / "published" / "certificate.note").statement

    assert [(row["rule"], row["late"]) for row in stated["audit"]["purges"]] == [("three-days@1", True)]
    assert unproven(season.folder) == []
