"""What goes wrong: one line of what, one of what to do, and an exit code by who must act."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.conftest import bytes_below

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.commands import Plaudit


def edited(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_a_season_that_is_not_there_is_the_askers_mistake(plaudit: Plaudit, tmp_path: Path) -> None:
    said = plaudit("run", tmp_path)

    assert said.code == 2
    assert "holds no season.toml" in said.err
    assert "plaudit init NAME" in said.err
    assert bytes_below(tmp_path) == {}


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("chart", "SEASON", "--week", "2019-01-01"), "choose a week from 2026-01-02 to 2026-01-09"),
        (("chart", "SEASON", "--rule", "x@1"), "it has: social-weekly@1"),
        (("chart", "SEASON", "--explain", "nobody"), "no artist 'nobody'"),
        (("rules", "show", "bbma-2018@9"), "choose one of: bbma-2018@1"),
        (("rules", "schema", "song"), "choose one of: chart, counting, growth, nomination"),
        (("rules", "show", "grammys"), "plaudit rules list"),
        (("rules", "show", "bbma-2081@1"), "did you mean 'bbma-2018@1'"),
        (("rules", "schema", "couting"), "did you mean 'counting'?"),
        (("chart", "SEASON", "--rule", "social-weakly@1"), "did you mean 'social-weekly@1'?"),
        (("chart", "SEASON", "--week", "2026-01-99"), "did you mean '2026-01-09'"),
        (("chart", "SEASON", "--explain", "north sevn"), "did you mean north-seven?"),
        (("chart", "SEASON", "--engine", "duckbd"), "did you mean 'duckdb'?"),
        (("run", "SEASON/../my-awrd"), "did you mean 'SEASON/../my-award'?"),
        (("doctor", "--suggest", "SEASON/data/cuonts.csv"), "did you mean 'SEASON/data/counts.csv'?"),
        (("log", "check", "SEASON/../my-awards"), "did you mean 'SEASON/../my-award'?"),
        (("simulate", "SEASON"), "no [simulate]"),
        (("verify", "SEASON/nowhere"), "no file or folder"),
    ],
)
def test_a_name_that_does_not_exist_is_told_with_those_that_do(
    plaudit: Plaudit, season_folder: Path, words: tuple[str, ...], told: str
) -> None:
    said = plaudit(*(word.replace("SEASON", str(season_folder)) for word in words))

    assert said.code == 2
    assert told.replace("SEASON", str(season_folder)) in said.err
    assert said.out == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("verfy",), "'verify'"),
        (("rules", "lst"), "'list'"),
        (("chart", "SEASON", "--explian", "bts"), "--explain"),
    ],
)
def test_a_verb_or_option_that_does_not_exist_is_told_with_the_nearest(
    plaudit: Plaudit, words: tuple[str, ...], told: str
) -> None:
    said = plaudit(*words)

    assert said.code == 2
    assert told in said.err


@pytest.mark.parametrize(
    ("verb", "needs"),
    [
        ("measure", "plaudit collect SEASON"),
        ("chart", "plaudit measure SEASON"),
        ("nominate", "plaudit chart SEASON"),
        ("vote log", "plaudit nominate SEASON"),
        ("audit", "plaudit collect SEASON"),
        ("tally", "plaudit nominate SEASON"),
        ("check", "plaudit audit SEASON"),
        ("certify", "plaudit collect SEASON"),
        ("honour", "certify first"),
        ("publish", "certify first"),
    ],
)
def test_a_step_out_of_turn_names_the_step_before(plaudit: Plaudit, season_folder: Path, verb: str, needs: str) -> None:
    shutil.rmtree(season_folder / "evidence")
    shutil.rmtree(season_folder / "published")
    said = plaudit(*verb.split(), season_folder)

    assert said.code == 2
    assert needs in said.err


@pytest.mark.parametrize(("verb", "told"), [("nominate", "nominates nobody"), ("tally", "has no vote")])
def test_a_step_the_season_does_not_have_is_told_so(plaudit: Plaudit, made_tweets: Path, verb: str, told: str) -> None:
    said = plaudit(verb, made_tweets)

    assert said.code == 2
    assert told in said.err
    assert "to season.toml" in said.err


def test_a_season_file_that_is_wrong_is_named_with_its_line(plaudit: Plaudit, season_folder: Path) -> None:
    edited(season_folder / "season.toml", "edition =", "editon =")
    said = plaudit("run", season_folder)

    assert said.code == 3
    assert "season.toml, line 7" in said.err
    assert "did you mean 'edition'?" in said.err


def test_a_cited_rule_that_changed_is_exit_3(plaudit: Plaudit, season_folder: Path) -> None:
    edited(season_folder / "rules" / "own@1.toml", "votes = 1,", "votes = 2,")
    said = plaudit("run", season_folder)

    assert said.code == 3
    assert "own@1" in said.err
    assert "next version" in said.err


def test_a_source_that_changed_is_exit_4_with_file_and_line(plaudit: Plaudit, season_folder: Path) -> None:
    edited(season_folder / "data" / "counts.csv", "views", "view_count")
    before = bytes_below(season_folder)
    said = plaudit("run", season_folder)

    assert said.code == 4
    assert "counts.csv, line 1: no column 'views'" in said.err
    assert "→ did you mean 'view_count'? correct [source.columns]" in said.err
    assert bytes_below(season_folder) == before


def test_a_source_that_is_gone_is_exit_4(plaudit: Plaudit, season_folder: Path) -> None:
    (season_folder / "data" / "counts.csv").unlink()

    for verb in ("run", "doctor"):
        said = plaudit(verb, season_folder)
        assert (said.code, "data/counts.csv" in said.err) == ((4, True) if verb == "run" else (0, False))


def test_a_row_that_cannot_be_used_stops_a_strict_run_alone(plaudit: Plaudit, season_folder: Path) -> None:
    with (season_folder / "data" / "ballots.csv").open("a", encoding="utf-8") as file:
        file.write("web,north-seven\n")
    strict = plaudit("collect", season_folder, "--strict")
    loose = plaudit("collect", season_folder, "--json")

    assert strict.code == 4
    assert "data/ballots.csv, row 101: malformed row" in strict.err
    assert loose.value["set_aside"] == {"malformed row": 1}


def test_a_changed_file_of_a_certified_season_is_exit_6(plaudit: Plaudit, season_folder: Path) -> None:
    edited(season_folder / "published" / "result.json", "synthetic", "real")
    said = plaudit("verify", season_folder)

    assert said.code == 6
    assert "published/result.json: line 2" in said.err
    assert said.out == ""


def test_a_wrong_key_is_exit_6(plaudit: Plaudit, made_template: Path) -> None:
    key = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"

    assert plaudit("verify", made_template, "--key", key).code == 6
    assert "is not a verifier key" in plaudit("verify", made_template, "--key", "x").err


def test_an_error_in_json_is_one_problem_object(plaudit: Plaudit, season_folder: Path) -> None:
    edited(season_folder / "data" / "counts.csv", "views", "view_count")
    problem = plaudit("collect", season_folder, "--json").value

    assert problem["type"] == "https://plaudit.dev/problems/SourceChanged"
    assert (problem["title"], problem["exit_code"], problem["column"]) == ("SourceChanged", 4, "views")
    assert problem["remedy"]


def test_text_from_a_file_cannot_speak_for_the_terminal(plaudit: Plaudit, season_folder: Path) -> None:
    edited(season_folder / "data" / "counts.csv", "likes", "[red]likes[/red]\x1b[31m")
    said = plaudit("collect", season_folder)

    assert said.code == 4
    assert "[red]likes[/red]" in said.err
    assert "\x1b" not in said.err


def test_a_defect_of_ours_is_not_dressed_up(
    plaudit: Plaudit, made_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from plaudit import pipeline

    def broken(*_given: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(pipeline, "certify", broken)
    with pytest.raises(ZeroDivisionError):
        plaudit("certify", made_template)


def test_no_key_is_ever_shown(plaudit: Plaudit, season_folder: Path) -> None:
    secrets = [
        line
        for line in (season_folder / "keys" / "signing.pem").read_text("utf-8").splitlines()
        if not line.startswith("-----")
    ]
    voter = (season_folder / "keys" / "voter.key").read_bytes()
    for words in (("run", "--json"), ("certify",), ("doctor",)):
        said = plaudit(words[0], season_folder, *words[1:])
        for secret in [*secrets, voter.hex(), "PRIVATE"]:
            assert secret not in said.out + said.err
