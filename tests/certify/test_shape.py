"""The shape of a statement is closed: nothing can be said in it that no reader knows of."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from plaudit.base.errors import ProofInvalid, SignatureInvalid
from plaudit.certify.certificate import CERTIFICATE, read_certificate, write_certificate
from plaudit.certify.coherence import misshapen
from plaudit.certify.keys import season_signer
from plaudit.certify.shape import statement_schema
from plaudit.ledger.note import sign_note

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = jsonschema.Draft202012Validator(statement_schema())


@pytest.fixture(scope="module")
def stated(made_template: Path) -> dict[str, Any]:
    return read_certificate(made_template / "published" / CERTIFICATE).statement


def places(held: Any, place: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Give the place of every value below a document, one item of each list."""
    inner = (
        list(held.items()) if isinstance(held, dict) else list(enumerate(held[:1])) if isinstance(held, list) else []
    )
    for key, value in inner:
        yield (*place, key)
        yield from places(value, (*place, key))


def at(held: Any, place: tuple[Any, ...]) -> Any:
    for key in place:
        held = held[key]
    return held


def changed(stated: dict[str, Any], place: tuple[Any, ...], value: Any) -> dict[str, Any]:
    made = copy.deepcopy(stated)
    at(made, place[:-1])[place[-1]] = value
    return made


def test_a_statement_that_was_made_has_its_shape_and_the_schemas(stated: dict[str, Any]) -> None:
    assert misshapen(stated) == ""
    SCHEMA.validate(stated)


def test_no_object_takes_a_key_that_is_not_its_own(stated: dict[str, Any]) -> None:
    objects = [(), *(place for place in places(stated) if isinstance(at(stated, place), dict))]
    assert len(objects) > 20

    taken = [place for place in objects if not misshapen(changed(stated, (*place, "audited_by"), "A & B LLP"))]
    by_schema = [place for place in objects if SCHEMA.is_valid(changed(stated, (*place, "audited_by"), "A & B LLP"))]

    # the values of a code are named by it, and compared with what it gives
    assert taken == by_schema == [place for place in objects if place[-1:] == ("values",)]


BEYOND = (("rules",), ("result", "positions"), ("result", "positions", 0, "nominee"), ("result", "winners", 0))
"""Where no schema can say what must be there: the vote's rule, and each winner's position."""
ODD: tuple[Any, ...] = (None, 1.5, [], {}, True, "no such thing", -1, [[]], [None], "9" * 200_000, 2**53)


def test_no_value_takes_null_or_a_fraction(stated: dict[str, Any]) -> None:
    tried = [(place, value) for place in places(stated) for value in (None, 1.5)]
    assert len(tried) > 250

    assert [place for place, value in tried if not misshapen(changed(stated, place, value))] == []


@pytest.mark.parametrize("value", ODD, ids=lambda value: f"{value!r:.20}")
def test_the_schema_takes_what_is_taken_and_refuses_what_is_refused(stated: dict[str, Any], value: Any) -> None:
    every = [place for place in places(stated) if place not in BEYOND]
    assert len(every) > 130

    taken = [place for place in every if not misshapen(changed(stated, place, value))]

    assert taken == [place for place in every if SCHEMA.is_valid(changed(stated, place, value))]
    assert len(taken) < len(every) / 2


@pytest.mark.parametrize(
    "name", ["type", "season", "software", "evidence", "rules", "inputs", "set_aside", "limits", "not_checked"]
)
def test_nothing_may_be_left_out(stated: dict[str, Any], name: str) -> None:
    rest = {key: value for key, value in stated.items() if key != name}

    assert name in misshapen(rest) or name == "type"
    assert misshapen(rest)
    assert not SCHEMA.is_valid(rest)


@pytest.mark.parametrize("name", ["nominees", "vote", "result", "audit"])
def test_a_vote_its_nominees_result_and_audit_come_together(stated: dict[str, Any], name: str) -> None:
    rest = {key: value for key, value in stated.items() if key != name}

    assert f"no `{name}`" in misshapen(rest)
    assert not SCHEMA.is_valid(rest)


@pytest.mark.parametrize("name", ["log", "sources"])
def test_a_log_and_the_sources_of_its_ballots_come_together(stated: dict[str, Any], name: str) -> None:
    rest = changed(stated, ("vote",), {key: value for key, value in stated["vote"].items() if key != name})

    assert misshapen(rest) == "`vote` has one of `log` and `sources`, and not the other"
    assert not SCHEMA.is_valid(rest)


@pytest.mark.parametrize(
    "name",
    [
        *("/etc/passwd", "../other/season.toml", "data/../../x.csv", "data//x.csv", "data/", "./season.toml", ""),
        *("C:\\x.csv", "C:x.csv", "data\\x.csv", "data/a\nb.csv", "data/" + "x" * 1_100),
    ],
)
def test_an_input_outside_the_season_is_no_input(stated: dict[str, Any], name: str) -> None:
    value = next(iter(stated["inputs"].values()))
    wrong = changed(stated, ("inputs", name), value)

    assert misshapen(wrong).startswith("`inputs` names")
    assert not SCHEMA.is_valid(wrong)


def test_an_input_is_named_in_one_unicode_form(stated: dict[str, Any]) -> None:
    value = next(iter(stated["inputs"].values()))

    assert "NFC" in misshapen(changed(stated, ("inputs", "data/Beyonce\u0301.csv"), value))
    assert misshapen(changed(stated, ("inputs", "data/Beyonc\u00e9.csv"), value)) == ""


@pytest.mark.parametrize("ending", ["\n", " ", "\x00"])
def test_a_form_ends_where_its_text_ends(stated: dict[str, Any], ending: str) -> None:
    formed: list[tuple[Any, ...]] = [
        ("season", "origin"),
        ("vote", "log", "closed_at"),
        ("vote", "log", "key"),
        ("vote", "log", "root"),
    ]
    formed += [
        ("vote", "rule"),
        ("software", "plaudit"),
        ("charts", 0, "weeks", 0, "week"),
        ("inputs", "season.toml", "sha256"),
    ]

    assert [place for place in formed if not misshapen(changed(stated, place, at(stated, place) + ending))] == []


def test_codes_lie_eight_deep_in_codes_and_no_deeper(stated: dict[str, Any]) -> None:
    def nested(depth: int) -> dict[str, Any]:
        inner: dict[str, Any] = {"code": "a.b", "values": {}}
        for _ in range(depth - 1):
            inner = {"code": "a.b", "values": {"found": [inner, "x"]}}
        return changed(stated, ("limits",), [inner])

    assert misshapen(nested(8)) == ""
    assert misshapen(nested(9)) == "codes lie within codes, more than 8 deep"


def test_every_object_of_the_schema_is_closed() -> None:
    objects = [one for one in _schemas(statement_schema()) if one.get("type") == "object"]
    assert len(objects) > 30

    named = [one for one in objects if "properties" in one]
    mapped = [one for one in objects if "properties" not in one]

    assert all(one["additionalProperties"] is False for one in named)
    assert all(one["propertyNames"] and one["additionalProperties"] for one in mapped)


def _schemas(held: Any) -> Iterator[dict[str, Any]]:
    if isinstance(held, dict):
        yield held
    for inner in held.values() if isinstance(held, dict) else held if isinstance(held, list) else ():
        yield from _schemas(inner)


def test_a_signer_that_is_not_the_origin_is_refused(season_folder: Path) -> None:
    path = season_folder / "published" / CERTIFICATE
    text = path.read_text("utf-8").partition("\n\n")[0] + "\n"
    other = season_signer(season_folder, "plaudit.example/another")
    path.write_text(sign_note(text, other), "utf-8")

    with pytest.raises(
        SignatureInvalid, match=r"certificate of plaudit\.example/my-award, and the key .* of .*/another"
    ):
        read_certificate(path, other.verifier)


def test_nothing_is_signed_that_is_no_certificate(season_folder: Path, stated: dict[str, Any]) -> None:
    from plaudit.rulebook.season import read_season

    season = read_season(season_folder)
    before = (season.published / CERTIFICATE).read_bytes()
    signer = season_signer(season_folder, season.origin)

    with pytest.raises(ProofInvalid, match="what would be signed is no certificate: `inputs` names"):
        write_certificate(changed(stated, ("inputs", "../x"), "0" * 64), signer, season.files)
    with pytest.raises(SignatureInvalid, match="the key that signed it is of"):
        write_certificate(stated, season_signer(season_folder, "plaudit.example/another"), season.files)

    assert (season.published / CERTIFICATE).read_bytes() == before
