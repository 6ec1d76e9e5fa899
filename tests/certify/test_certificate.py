"""The certificate: canonical bytes, a signature, frozen rules, honest labels."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.digests import file_sha256
from plaudit.base.errors import OutOfTurn, ProofInvalid, RuleFrozen, RuleInvalid, SignatureInvalid
from plaudit.certify.certificate import CERTIFICATE, VERIFIER_KEY, canonical, read_certificate
from plaudit.certify.keys import season_signer
from plaudit.certify.statement import evidence_kind, readings_kind
from plaudit.ledger.note import sign_note
from plaudit.rulebook.live import Live
from plaudit.rulebook.season import read_season
from tests.conftest import run
from tests.profiles import examples

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.rulebook.season import Season

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("aZ가é", max_size=3), inner),
    max_leaves=12,
)


def strings(value: Any) -> list[Any]:
    """Give every leaf of a document."""
    if isinstance(value, dict):
        return [leaf for item in value.values() for leaf in strings(item)]
    if isinstance(value, list):
        return [leaf for item in value for leaf in strings(item)]
    return [value]


@settings(max_examples=examples(50))
@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), VALUES))
def test_canonical_text_is_rfc_8785_and_one_newline(document: dict[str, Any]) -> None:
    text = canonical(document)

    assert text == rfc8785.dumps(document).decode() + "\n"
    assert json.loads(text) == document
    assert canonical(json.loads(text)) == text


def test_the_signed_text_is_canonical_and_holds_no_float(made_template: Path) -> None:
    note = (made_template / "published" / CERTIFICATE).read_text("utf-8")
    text = note.split("\n\n")[0] + "\n"
    statement = json.loads(text)

    assert canonical(statement) == text
    assert not [leaf for leaf in strings(statement) if isinstance(leaf, float)]


def test_the_statement_cites_the_digest_of_every_rule_input_and_table(made_template: Path) -> None:
    statement = read_certificate(made_template / "published" / CERTIFICATE).statement

    assert {name: one["sha256"] for name, one in statement["inputs"].items()} == {
        name: file_sha256(made_template / name)
        for name in ("artists.toml", "data/ballots.csv", "data/counts.csv", "honours.csv", "season.toml")
    }
    assert statement["rules"]["own@1"] == {
        "kind": "counting",
        "sha256": file_sha256(made_template / "rules" / "own@1.toml"),
        "shipped": False,
    }
    assert {*statement["evidence"]["tables"]} == {
        "posts",
        "credits",
        "readings",
        "ballots",
        "set_aside",
        "source_files",
    }
    assert statement["evidence"]["kind"] == "synthetic"


def test_a_statement_says_nothing_of_the_machine_or_the_hour(made_template: Path) -> None:
    note = (made_template / "published" / CERTIFICATE).read_text("utf-8")

    assert str(made_template) not in note
    assert made_template.parent.name not in note


def test_a_missing_certificate_is_out_of_turn_and_a_missing_key_is_asked_for(season_folder: Path) -> None:
    published = season_folder / "published"
    (published / VERIFIER_KEY).unlink()

    with pytest.raises(SignatureInvalid, match=r"no file verifier\.key in published/; put it there, or give --key"):
        read_certificate(published / CERTIFICATE)
    (published / CERTIFICATE).unlink()
    with pytest.raises(OutOfTurn, match="certify first"):
        read_certificate(published / CERTIFICATE)


@pytest.mark.parametrize("text", ["no JSON\n", '{"type":"another"}\n', '{"b":1,"a":1}\n', "[1]\n", "{}\n", '"x"\n'])
def test_a_signed_text_that_is_no_statement_is_refused(season_folder: Path, text: str) -> None:
    path = season_folder / "published" / CERTIFICATE
    path.write_text(sign_note(text, season_signer(season_folder, "x")), "utf-8")

    with pytest.raises(ProofInvalid, match=r"certificate\.note is signed but holds no"):
        read_certificate(path, season_signer(season_folder, "x").verifier)


def test_a_cited_rule_of_the_season_cannot_change(season_folder: Path) -> None:
    rule = season_folder / "rules" / "own@1.toml"
    rule.write_text(rule.read_text("utf-8").replace("votes = 1,", "votes = 2,"), "utf-8")
    before = (season_folder / "published" / CERTIFICATE).read_bytes()

    with pytest.raises(RuleFrozen, match=r"rule own@1 is cited by certificate\.note") as caught:
        run(season_folder)

    assert caught.value.values["rule"] == "own@1"
    assert (season_folder / "published" / CERTIFICATE).read_bytes() == before


def test_the_next_version_of_a_cited_rule_may_be_cited(season_folder: Path) -> None:
    rule = season_folder / "rules" / "own@1.toml"
    text = rule.read_text("utf-8").replace("version = 1", "version = 2").replace("votes = 1,", "votes = 2,")
    rule.with_name("own@2.toml").write_text(text, "utf-8")
    season = season_folder / "season.toml"
    season.write_text(season.read_text("utf-8").replace("own@1", "own@2"), "utf-8")

    run(season_folder)

    statement = read_certificate(season_folder / "published" / CERTIFICATE).statement
    assert "own@2" in statement["rules"]


def test_a_damaged_certificate_freezes_nothing(season_folder: Path) -> None:
    path = season_folder / "published" / CERTIFICATE
    right = path.read_bytes()
    path.write_bytes(right.replace(b"aurora", b"aurore"))

    run(season_folder)

    assert path.read_bytes() == right


@pytest.mark.parametrize("origin", ["Top Social Artist", "a+b"])
def test_an_origin_that_cannot_name_a_key_is_refused(season_folder: Path, origin: str) -> None:
    with pytest.raises(RuleInvalid, match=r"season\.toml, origin"):
        season_signer(season_folder, origin)


def labelled(season: Season, **synthetic: bool) -> Season:
    sources = tuple(
        msgspec.structs.replace(
            source, coverage=msgspec.structs.replace(source.coverage, synthetic=synthetic[source.kind])
        )
        for source in season.sources
        if source.kind in synthetic
    )
    return replace(season, sources=sources)


@pytest.mark.parametrize(
    ("synthetic", "kind", "readings"),
    [
        ({"counters": False, "ballots": False}, "real", "real"),
        ({"counters": True, "ballots": True}, "synthetic", "synthetic"),
        ({"counters": False, "ballots": True}, "synthetic ballots", "real"),
        ({"counters": True, "ballots": False}, "partly synthetic", "synthetic"),
        ({"ballots": True}, "synthetic", "real"),
        ({"counters": False}, "real", "real"),
    ],
)
def test_evidence_is_called_by_what_it_is(
    made_template: Path, synthetic: dict[str, bool], kind: str, readings: str
) -> None:
    season = labelled(read_season(made_template), **synthetic)

    assert (evidence_kind(season), readings_kind(season)) == (kind, readings)


@pytest.mark.parametrize(
    ("counters", "guests", "kind"),
    [
        (False, False, "real"),
        (True, False, "partly synthetic"),
        (False, True, "guest ballots"),
        (True, True, "partly synthetic"),
    ],
)
def test_a_live_vote_is_not_made_up_and_a_guest_is_named_as_one(
    made_template: Path, counters: bool, guests: bool, kind: str
) -> None:
    season = labelled(read_season(made_template), counters=counters)

    vote = msgspec.structs.replace(season.vote, live=Live(guests=guests)) if season.vote else None

    assert evidence_kind(replace(season, vote=vote)) == kind


def test_readings_of_which_some_are_synthetic_are_never_called_real(made_template: Path) -> None:
    season = labelled(read_season(made_template), counters=False, ballots=True)
    made_up = labelled(read_season(made_template), counters=True).sources
    mixed = replace(season, sources=season.sources + made_up)

    assert (evidence_kind(mixed), readings_kind(mixed)) == ("partly synthetic", "partly synthetic")
