"""Titles, streaks and firsts: from the record and from certificates, never from made-up votes."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from plaudit.base.errors import ProofInvalid, RuleInvalid, SignatureInvalid, TieUnresolved
from plaudit.certify.certificate import canonical
from plaudit.certify.shape import STATEMENT_TYPE
from plaudit.honour.honours import Honour, earlier_certificates, firsts, honours_of, read_honours, records
from plaudit.ledger.note import Signer, sign_note
from plaudit.rulebook.artists import Artist, Artists, read_artists
from tests.conftest import EXAMPLES, run

if TYPE_CHECKING:
    from pathlib import Path

    from plaudit.honour.honours import Record

TSA = "billboard-music-awards/top-social-artist"
SOCIAL = EXAMPLES / "top-social-artist-2018"
ARTISTS = read_artists(SOCIAL / "artists.toml")
HEAD = "award,edition,artist,outcome,source,grade\n"


def social_record(as_of: str = "") -> dict[str, Record]:
    honours = read_honours(SOCIAL / "honours.csv", ARTISTS)
    return {record.artist: record for record in records(honours, as_of=as_of) if record.award == TSA}


def test_bieber_won_six_in_a_row_and_bts_five_and_bts_defend() -> None:
    held = social_record()
    bieber, bts = held["justin-bieber"], held["bts"]

    assert bieber.titles == ("2011", "2012", "2013", "2014", "2015", "2016")
    assert (bieber.longest_streak, bieber.current_streak, bieber.is_defending) == (6, 0, False)
    assert bts.titles == ("2017", "2018", "2019", "2020", "2021")
    assert (bts.longest_streak, bts.current_streak, bts.is_defending) == (5, 5, True)
    assert [artist for artist, record in held.items() if record.is_defending] == ["bts"]


def test_as_of_2018_bts_had_won_twice_in_a_row() -> None:
    bts = social_record(as_of="2018")["bts"]

    assert (bts.titles, bts.current_streak, bts.is_defending) == (("2017", "2018"), 2, True)


def test_as_of_2016_bieber_defended_and_bts_are_not_in_the_record() -> None:
    held = social_record(as_of="2016")

    assert held["justin-bieber"].current_streak == 6
    assert "bts" not in held


def test_the_first_k_pop_group_to_win_was_bts_in_2017() -> None:
    found = firsts(read_honours(SOCIAL / "honours.csv", ARTISTS), ARTISTS)
    told = {first.attribute: (first.edition, first.artist) for first in found if first.award == TSA}

    assert told["k-pop group"] == told["genre k-pop"] == told["group"] == told["country KR"] == ("2017", "bts")
    assert told["person"] == ("2011", "justin-bieber")
    assert {attribute for attribute, (_, artist) in told.items() if artist == "bts"} >= {"country KR", "k-pop group"}


def test_a_year_without_an_edition_does_not_break_a_streak() -> None:
    won = [Honour("x", year, "won", "bts", "", "N") for year in ("2017", "2019")]

    assert records(won)[0].current_streak == 2


def certificate(kind: str = "real", winners: tuple[str, ...] = ("bts",), edition: str = "2022") -> dict[str, Any]:
    return {
        "type": STATEMENT_TYPE,
        "season": {"award": TSA, "edition": edition, "origin": "example.org/tsa", "title": "Top Social Artist"},
        "software": {
            "plaudit": "0.1.0",
            "duckdb": "1.0",
            "ibis-framework": "1.0",
            "pyarrow": "1.0",
            "tzdata": "2026.1",
        },
        "evidence": {"kind": kind, "sources": [], "tables": {}},
        "rules": {"one-a-day@1": {"kind": "counting", "sha256": "0" * 64, "shipped": True}},
        "inputs": {},
        "set_aside": {},
        "limits": [],
        "not_checked": [],
        "nominees": [],
        "vote": {"rule": "one-a-day@1", "windows": []},
        "audit": {
            "purges": [],
            "appeals": [],
            "findings": [],
            "sensitivity": {"rows": [], "changes": [], "margin": 1, "second": "exo", "unit": "votes"},
            "charts": [],
        },
        "result": {
            "unit": "votes",
            "winners": list(winners),
            "positions": [
                {"position": position, "nominee": nominee, "value": 3 - position}
                for position, nominee in enumerate(("bts", "exo"), start=1)
            ],
            "totals": [],
            "voids": [],
        },
    }


def test_a_real_certificate_adds_a_title_and_nominations() -> None:
    added = honours_of([], [certificate()])

    assert [(honour.artist, honour.outcome, honour.grade) for honour in added] == [
        ("exo", "nominated", "C"),
        ("bts", "won", "C"),
    ]
    assert added[0].source == "certificate of example.org/tsa"


@pytest.mark.parametrize("kind", ["synthetic", "synthetic ballots", "partly synthetic"])
def test_made_up_evidence_never_adds_an_honour(kind: str) -> None:
    assert honours_of([], [certificate(kind)]) == []


def test_a_certificate_without_a_vote_adds_nothing() -> None:
    stated = certificate()
    del stated["result"]

    assert honours_of([], [stated]) == []


def test_a_title_in_a_certificate_crowns_a_nominee_of_the_record() -> None:
    held = [Honour(TSA, "2022", "nominated", artist, "the press", "N") for artist in ("bts", "exo")]
    added = {honour.artist: (honour.outcome, honour.grade) for honour in honours_of(held, [certificate()])}

    assert added == {"bts": ("won", "C"), "exo": ("nominated", "N")}


def test_a_record_that_names_another_winner_is_a_contradiction() -> None:
    held = [Honour(TSA, "2022", "won", "exo", "the press", "N")]

    with pytest.raises(ProofInvalid, match=r"honours\.csv\) says exo won, the certificate says bts"):
        honours_of(held, [certificate()])
    assert honours_of(held, [certificate("synthetic")]) == held


def test_a_record_that_agrees_keeps_its_own_source() -> None:
    held = [Honour(TSA, "2022", "won", "bts", "the press", "N")]

    assert [h for h in honours_of(held, [certificate()]) if h.is_title] == held


def test_two_certificates_that_disagree_are_a_contradiction() -> None:
    with pytest.raises(ProofInvalid):
        honours_of([], [certificate(), certificate(winners=("exo",))])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("award,edition\n", r"honours\.csv, line 1: the columns are award, edition"),
        (HEAD + "x,2018,bts,lost,s,N\n", "line 2: outcome 'lost'"),
        (HEAD + "x,2018,bts,won,s,Z\n", "line 2: grade 'Z'"),
        (HEAD + "x,2018,bts,won,s,N\nx,2018,nobody,won,s,N\n", "line 3: no artist 'nobody'"),
        (HEAD + "x,2018,bts,won,s,N\nx,2018,bts,nominated,s,N\n", "line 3: bts in 2018 is given twice"),
        (HEAD + "x,2018,bts,won\n", "line 2: 4 fields, the header has 6"),
        (HEAD + "x,2018,bts,won,s,N,more\n", "line 2: 7 fields, the header has 6; the surplus is 'more'"),
        ("", "line 1: it is empty"),
        (
            HEAD + f'x,2018,bts,won,"{"s" * 140_000}",N\n',
            r"line 2: no row of CSV: field larger than field limit \(131072\)",
        ),
        (HEAD + 'x,2018,bts,won,"s,N\n', "line 2: no row of CSV: unexpected end of data"),
    ],
)
def test_a_wrong_record_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "honours.csv").write_text(text, "utf-8")

    with pytest.raises(RuleInvalid, match=said):
        read_honours(tmp_path / "honours.csv", ARTISTS)


def test_a_record_in_another_encoding_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "honours.csv").write_bytes(HEAD.encode() + "x,2018,bts,won,방탄,N\n".encode("euc-kr"))

    with pytest.raises(RuleInvalid, match=r"honours\.csv, line 2: byte 0xb9 is not UTF-8"):
        read_honours(tmp_path / "honours.csv", ARTISTS)


def test_a_byte_order_mark_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    (tmp_path / "honours.csv").write_text(HEAD + "x,2018,bts,won,s,N\n", "utf-8-sig")

    assert len(read_honours(tmp_path / "honours.csv", ARTISTS)) == 1


def test_no_record_is_no_honours(tmp_path: Path) -> None:
    assert read_honours(tmp_path / "honours.csv", ARTISTS) == []


def materialize(folder: Path, signer: Signer) -> Path:
    below = folder / "certificates"
    below.mkdir()
    (below / "2022.note").write_text(sign_note(canonical(certificate()), signer), "utf-8")
    return below


SIGNER = Signer("example.org/tsa", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
OTHER = Signer("example.org/tsa", Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33))))


PINNED = [str(SIGNER.verifier)]


def test_an_earlier_certificate_counts_if_a_pinned_key_signed_it(tmp_path: Path) -> None:
    folder = materialize(tmp_path, SIGNER)

    assert earlier_certificates(folder, [str(OTHER.verifier), *PINNED]) == [certificate()]


def test_the_grade_of_a_verified_certificate_is_never_typed_in(tmp_path: Path) -> None:
    path = tmp_path / "honours.csv"
    path.write_text("award,edition,artist,outcome,source,grade\ntsa,2022,bts,won,a certificate,C\n", "utf-8")

    with pytest.raises(RuleInvalid, match=r"honours\.csv, line 2: grade 'C'"):
        read_honours(path, ARTISTS)


def test_a_key_that_comes_with_the_certificate_vouches_for_nothing(tmp_path: Path) -> None:
    folder = materialize(tmp_path, SIGNER)
    (folder / "keys.txt").write_text(f"{SIGNER.verifier}\n", "utf-8")

    for pinned in ([], [str(OTHER.verifier)]):
        with pytest.raises(SignatureInvalid, match=r"certificates/2022\.note is signed by no key that season\.toml"):
            earlier_certificates(folder, pinned)


def test_a_signed_file_that_is_no_certificate_is_refused(tmp_path: Path) -> None:
    folder = materialize(tmp_path, SIGNER)
    (folder / "2022.note").write_text(sign_note("{}\n", SIGNER), "utf-8")

    with pytest.raises(ProofInvalid, match=r"2022\.note"):
        earlier_certificates(folder, PINNED)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("season", "2022", "Expected `object`, got `str` - at `$.season`"),
        ("season", {"award": "x"}, "Object missing required field `edition` - at `$.season`"),
        ("result", {"winners": "bts"}, "Expected `array`, got `str` - at `$.result.winners`"),
        ("rules", {"any@1": {}}, "Object missing required field `kind` - at `$.rules[...]`"),
    ],
)
def test_a_signed_certificate_of_another_shape_is_refused_and_names_the_place(
    tmp_path: Path, key: str, value: object, said: str
) -> None:
    folder = materialize(tmp_path, SIGNER)
    (folder / "2022.note").write_text(sign_note(canonical({**certificate(), key: value}), SIGNER), "utf-8")

    with pytest.raises(ProofInvalid, match=re.escape(f"2022.note is signed but is not a complete statement: {said}")):
        earlier_certificates(folder, PINNED)


def test_an_earlier_title_of_a_real_certificate_is_published_and_certified(season_folder: Path) -> None:
    stated = certificate(winners=("north-seven",), edition="2024")
    stated["season"]["award"] = "my-award"
    stated["result"]["positions"] = [{"position": 1, "nominee": "north-seven", "value": 9}]
    below = season_folder / "certificates"
    below.mkdir()
    (below / "2024.note").write_text(sign_note(canonical(stated), SIGNER), "utf-8")
    path = season_folder / "season.toml"
    path.write_text(f'{path.read_text("utf-8")}\n[honours]\nkeys = ["{SIGNER.verifier}"]\n', "utf-8")

    run(season_folder)

    told = json.loads((season_folder / "published" / "honours.json").read_text("utf-8"))
    north = next(record for record in told["records"] if record["artist"] == "north-seven")
    assert (north["titles"], north["current_streak"]) == (["2024", "2025"], 2)
    assert "certificates/2024.note" in (season_folder / "published" / "certificate.note").read_text("utf-8")
    shutil.rmtree(below)


def test_the_made_up_season_adds_nothing_to_its_record(made_template: Path) -> None:
    told = json.loads((made_template / "published" / "honours.json").read_text("utf-8"))

    assert [(honour["edition"], honour["artist"]) for honour in told["honours"]] == [("2025", "north-seven")]


ARTISTS_TWO = Artists(
    (Artist("ann", {"en": "Ann"}, "person", country="SE"), Artist("bob", {"en": "Bob"}, "person", country="SE"))
)


def titles(*won: tuple[str, str], order: dict[str, str] | None = None) -> list[Honour]:
    return [Honour("a", edition, "won", artist, "list", "N", (order or {}).get(edition, "")) for edition, artist in won]


@pytest.mark.parametrize(
    "editions",
    [
        ["8th", "9th", "10th", "11th"],
        ["1st", "2nd", "3rd", "10th"],
        ["MAMA 8", "MAMA 9", "MAMA 10", "MAMA 11"],
        ["제8회", "제9회", "제10회", "제11회"],
        ["VIII", "IX", "X", "XI"],
        ["2017", "2018", "2019", "2020"],
        ["998", "999", "1000", "1001"],
        ["1/2018", "2/2018", "1/2019", "2/2019"],
        ["2018-12-31", "2019-1-5", "2019-10-01", "2020-01-01"],
    ],
)
def test_editions_are_put_in_order_as_numbers(editions: list[str]) -> None:
    held = titles(*zip(editions, ["bob", "ann", "ann", "ann"], strict=True))[::-1]

    assert [(found.artist, found.longest_streak, found.current_streak) for found in records(held)] == [
        ("ann", 3, 3),
        ("bob", 1, 0),
    ]
    assert {(first.edition, first.artist) for first in firsts(held, ARTISTS_TWO)} == {(editions[0], "bob")}


@pytest.mark.parametrize("editions", [["8th", "2016"], ["spring", "autumn"], ["MAMA 9", "Mnet 10"], ["9th", "09th"]])
def test_editions_whose_names_tell_no_order_are_raised_until_the_record_states_it(editions: list[str]) -> None:
    won = list(zip(editions, ["bob", "ann"], strict=True))

    with pytest.raises(TieUnresolved, match="the order of the editions of a cannot be determined"):
        records(titles(*won))
    for places in (["1", "10"], ["2015-12-01", "2016-01-02"]):
        stated = titles(*won, order=dict(zip(editions, places, strict=True)))
        assert [found.artist for found in records(stated) if found.is_defending] == ["ann"]
    with pytest.raises(TieUnresolved):
        records(titles(*won, order={editions[0]: "1"}))


def test_two_who_share_the_first_title_are_both_the_first() -> None:
    found = firsts(titles(("2016", "bob"), ("2016", "ann"), ("2017", "ann")), ARTISTS_TWO)

    assert {(first.attribute, first.artist) for first in found if first.attribute == "person"} == {
        ("person", "ann"),
        ("person", "bob"),
    }


def test_the_order_column_is_read_and_checked(tmp_path: Path) -> None:
    path = tmp_path / "honours.csv"
    rows = "award,edition,artist,outcome,source,grade,order\na,spring,bob,won,l,N,1\na,autumn,ann,won,l,N,{}\n"
    path.write_text(rows.format("2"), "utf-8")

    assert [found.edition_order for found in read_honours(path, ARTISTS_TWO)] == ["2", "1"]
    path.write_text(rows.format("later"), "utf-8")
    with pytest.raises(RuleInvalid, match=r"line 3: order 'later'"):
        read_honours(path, ARTISTS_TWO)
