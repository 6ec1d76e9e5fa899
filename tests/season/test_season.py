"""A whole season, walked twice and in two places: what must be equal is equal, to the byte."""

from __future__ import annotations

import csv
import json
import shutil
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from plaudit.verify.verify import verify
from tests.conftest import bytes_below, example, run

if TYPE_CHECKING:
    from pathlib import Path

SIGNED = {"published/certificate.note", "published/verifier.key"}
LOGGED = {"evidence/log/checkpoint", "evidence/log/verifier.key"}
CHART = "published/charts/social-weekly@1"


@pytest.fixture(params=["made_template", "made_hottest", "made_tweets"])
def made(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.getfixturevalue(request.param)
    return folder


def test_a_season_run_twice_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(made, tmp_path / made.name)
    run(folder)

    assert bytes_below(folder) == bytes_below(made)


@pytest.mark.parametrize("made", ["made_template", "made_hottest"], indirect=True)
def test_a_season_run_elsewhere_under_other_keys_differs_in_its_signature_alone(made: Path, tmp_path: Path) -> None:
    below = shutil.ignore_patterns("evidence", "published", "signing.pem")  # the voter key makes the pseudonyms
    folder = shutil.copytree(made, tmp_path / "deep" / "s", ignore=below)
    run(folder)

    differing = {name for name, data in bytes_below(folder).items() if bytes_below(made).get(name) != data}
    assert differing == {*SIGNED, "keys/signing.pem"}
    assert set(bytes_below(folder)) == set(bytes_below(made))


def test_another_voter_key_changes_the_pseudonyms_and_no_count(made_template: Path, tmp_path: Path) -> None:
    below = shutil.ignore_patterns("evidence", "published", "keys")
    folder = shutil.copytree(made_template, tmp_path / "s", ignore=below)
    run(folder)

    here, there = bytes_below(folder / "evidence"), bytes_below(made_template / "evidence")
    differing = {name.split("/")[0] for name in here if here[name] != there[name]}
    assert differing == {"ballots", "log"}
    for name in ("published/result.json", "published/totals.csv", f"{CHART}/entries.csv"):
        assert (folder / name).read_bytes() == (made_template / name).read_bytes()


def test_every_made_season_verifies(made: Path) -> None:
    has_log = (made / "evidence" / "log").is_dir()

    assert len(verify(made).checked) == (9 if has_log else 7)


def test_a_season_whose_votes_are_totals_has_no_log(made_hottest: Path) -> None:
    assert not (made_hottest / "evidence" / "log").exists()
    assert "log" not in verify(made_hottest).certificate.statement["vote"]


def test_counts_typed_as_numbers_need_no_key_to_be_equal(made_social: Path, tmp_path: Path) -> None:
    below = shutil.ignore_patterns("evidence", "published", "keys")
    folder = run(shutil.copytree(made_social, tmp_path / "s", ignore=below))

    here, there = bytes_below(folder), bytes_below(made_social)
    assert {name for name in here if not name.startswith("keys/") and here[name] != there[name]} == SIGNED | LOGGED


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text("utf-8"))


def test_in_the_week_of_fake_love_bts_stand_at_no_1_by_these_readings(made_social: Path) -> None:
    chart = read(made_social, f"{CHART}/2018-05-18.json")
    first = chart["entries"][0]
    video = next(post for post in first["posts"] if post["post"] == "7C2z4GqqS5E")

    assert (chart["verdict"], chart["readings"]) == ("final", "real")
    assert (first["position"], first["artist"]) == (1, "bts")
    assert first["names"]["ko"] == "방탄소년단"
    assert video["title"] == "BTS (방탄소년단) 'FAKE LOVE' Official MV"
    assert video["published_at"] == "2018-05-18T09:00:02Z"
    # The file's last reading of the week, dated at noon of its day.
    assert video["gains"]["views"]["to"] == 87_430_865
    assert video["gains"]["views"]["to_at"] == "2018-05-24T12:00:00Z"


def test_every_reading_of_fake_love_in_the_file_is_in_the_evidence(made_social: Path) -> None:
    with (made_social / "data/youtube/daily_snapshots.csv").open(encoding="utf-8", newline="") as file:
        told = {
            row["observed_on"]: int(row["views"]) for row in csv.DictReader(file) if row["video_id"] == "7C2z4GqqS5E"
        }
    rows = pq.read_table(made_social / "evidence/readings.parquet").to_pylist()
    held = [row["value"] for row in rows if (row["post"], row["metric"]) == ("7C2z4GqqS5E", "views")]

    assert told["2018-05-23"] == 80_738_011
    assert held == [told[day] for day in sorted(told)]


def test_bts_are_among_the_five_nominees_of_2018(made_social: Path) -> None:
    with (made_social / "published/nominees.csv").open(encoding="utf-8", newline="") as file:
        nominees = [row["nominee"] for row in csv.DictReader(file)]

    assert "bts" in nominees
    assert len(nominees) == 5


def test_synthetic_ballots_over_real_readings_are_called_so_everywhere(made_social: Path) -> None:
    result, text = (
        read(made_social, "published/result.json"),
        (made_social / "published/certificate.md").read_text("utf-8"),
    )
    sources = {source["id"]: source["synthetic"] for source in read(made_social, "published/coverage.json")["sources"]}

    assert result["evidence"] == "synthetic ballots"
    assert sources == {"youtube-us-trending": False, "synthetic-ballots": True, "synthetic-voters": True}
    assert "The ballots were made up; no award rests on them." in text
    assert {read(made_social, f"{CHART}/{path.name}")["readings"] for path in (made_social / CHART).glob("*.json")} == {
        "real"
    }


def test_the_made_up_vote_of_2018_leaves_the_record_as_it_was(made_social: Path) -> None:
    told = read(made_social, "published/honours.json")
    bts = next(record for record in told["records"] if record["artist"] == "bts")

    assert bts["titles"] == ["2017", "2018", "2019", "2020", "2021"]
    assert not [honour for honour in told["honours"] if honour["grade"] == "C"]
    assert {(f["attribute"], f["edition"], f["artist"]) for f in told["firsts"]} >= {("k-pop group", "2017", "bts")}


def test_real_shared_votes_are_called_real_and_uncheckable(made_hottest: Path) -> None:
    result = read(made_hottest, "published/result.json")
    text = (made_hottest / "published/certificate.md").read_text("utf-8")

    assert result["evidence"] == "real"
    assert "synthetic" not in text.replace("Everything this rests on is real.", "")
    assert "no ballot and no cap can be checked" in text


def test_a_season_may_stop_after_its_chart(made_tweets: Path) -> None:
    names = {name.split("/")[1].split(".")[0] for name in bytes_below(made_tweets) if name.startswith("evidence/")}

    assert {"entries", "parts"} <= names
    assert not {"ballots", "totals", "result", "nominees"} & names
    assert not (made_tweets / "published/result.json").exists()


def test_an_example_holds_nothing_that_was_made(tmp_path: Path) -> None:
    folder = example("tweets-2016", tmp_path / "tweets")

    assert sorted(path.name for path in folder.iterdir()) == [".gitattributes", "artists.toml", "data", "season.toml"]
