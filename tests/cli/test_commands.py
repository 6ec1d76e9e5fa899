"""Every verb: its help, its JSON, its second run; and the words in the README."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main
from typer.core import TyperGroup

from plaudit.cli.main import app
from tests.conftest import bytes_below, example, run

if TYPE_CHECKING:
    from tests.cli.commands import Plaudit

ROOT = Path(__file__).parents[2]
COMMAND = typer.main.get_command(app)
assert isinstance(COMMAND, TyperGroup)
GROUPS = {name: group for name, group in COMMAND.commands.items() if isinstance(group, TyperGroup)}
VERBS = [[name] for name in COMMAND.commands if name not in GROUPS]
VERBS += [[name, verb] for name, group in GROUPS.items() for verb in group.commands]
LINE = (
    *("collect", "measure", "chart", "nominate", "vote log", "audit", "tally", "check"),
    *("certify", "honour", "publish", "verify"),
)


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_help_with_an_example_of_itself(plaudit: Plaudit, verb: list[str]) -> None:
    said = plaudit(*verb, "--help")

    assert said.code == 0
    assert f"Example: plaudit {' '.join(verb)}" in " ".join(said.out.split())
    assert "--json" in said.out


def test_the_help_tells_the_exit_codes(plaudit: Plaudit) -> None:
    text = " ".join(plaudit("--help").out.split())

    assert "Exit codes: 2 what you asked for, 3 a rule or season file, 4 a source, 5 a ballot, 6 the evidence." in text


def test_the_version_is_the_packages(plaudit: Plaudit) -> None:
    import plaudit as package

    assert plaudit("--version").out.strip() == package.__version__


@pytest.mark.parametrize("verb", ["doctor", "run", *LINE])
def test_every_step_prints_one_json_value_alone_and_the_same_twice(
    plaudit: Plaudit, season_folder: Path, verb: str
) -> None:
    before = bytes_below(season_folder)
    first, second = (plaudit(*verb.split(), season_folder, "--json") for _ in range(2))

    assert (first.code, second.code) == (0, 0)
    assert first.value == second.value
    assert first.value
    assert without_site(season_folder) == before


def without_site(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in bytes_below(folder).items() if not name.startswith("published/site/")}


def test_the_steps_one_by_one_make_what_run_makes(plaudit: Plaudit, season_folder: Path) -> None:
    import shutil

    made = bytes_below(season_folder)
    shutil.rmtree(season_folder / "evidence")
    shutil.rmtree(season_folder / "published")

    said = {verb: plaudit(*verb.split(), season_folder) for verb in LINE}

    assert [verb for verb in LINE if said[verb].code or not said[verb].out.strip()] == []
    assert without_site(season_folder) == made


@pytest.mark.parametrize(
    "words",
    [
        ("rules", "list", "--json"),
        ("rules", "show", "bbma-2018@1", "--json"),
        ("rules", "schema", "counting"),
        ("rules", "schema", "chart", "--json"),
        ("rules", "diff", "social-weekly@1", "social-weekly@2", "--json"),
    ],
)
def test_every_look_at_the_rules_prints_one_json_value(plaudit: Plaudit, words: tuple[str, ...]) -> None:
    said = plaudit(*words)

    assert said.code == 0
    assert said.value


def test_rules_show_says_the_rule_in_words_and_its_digest(plaudit: Plaudit) -> None:
    said = plaudit("rules", "show", "bbma-2018@1")

    assert "billboard music awards 2018" in said.out.casefold()
    assert re.search(r"SHA-256 [0-9a-f]{64}", said.out)


def test_rules_list_holds_the_seasons_own_with_season(plaudit: Plaudit, season_folder: Path) -> None:
    names = {found["rule"] for found in plaudit("rules", "list", "--season", season_folder, "--json").value}

    assert names - {found["rule"] for found in plaudit("rules", "list", "--json").value} == {"own@1"}
    assert "own@1" in plaudit("rules", "show", "own@1", "--season", season_folder).out


def test_rules_diff_shows_what_changed_and_in_a_season_who_moves(plaudit: Plaudit, season_folder: Path) -> None:
    daily = [f"web,north-seven,n{voter},2026-01-{16 + day}T10:00:00Z\n" for voter in range(3) for day in range(3)]
    once = [f"web,aurora-lane,a{voter},2026-01-16T10:00:00Z\n" for voter in range(4)]
    ballots = "".join(["channel,nominee,voter,cast_at\n", *daily, *once])
    (season_folder / "data" / "ballots.csv").write_text(ballots, "utf-8")
    run(season_folder)
    before = bytes_below(season_folder)
    value = plaudit("rules", "diff", "own@1", "last-one-replaces@1", "--season", season_folder, "--json").value

    changed = {change["key"]: (change["old"], change["new"]) for change in value["changed"]}
    assert changed["keep"] == ("first", "last")
    assert value["moves"] == [
        {"nominee": "aurora-lane", "own@1": 2, "last-one-replaces@1": 1},
        {"nominee": "north-seven", "own@1": 1, "last-one-replaces@1": 2},
    ]
    assert bytes_below(season_folder) == before


def test_rules_diff_of_charts_moves_positions_by_week(plaudit: Plaudit, made_social: Path) -> None:
    said = plaudit("rules", "diff", "social-weekly@1", "social-weekly@2", "--season", made_social, "--json")

    assert said.value["moves"]
    assert set(said.value["moves"][0]) == {"week", "artist", "social-weekly@1", "social-weekly@2"}


def test_rules_diff_of_two_kinds_is_refused(plaudit: Plaudit, made_template: Path) -> None:
    said = plaudit("rules", "diff", "own@1", "social-weekly@1", "--season", made_template)

    assert said.code == 2
    assert "compare rules of one kind" in said.err


def test_chart_explains_a_position_by_readings(
    plaudit: Plaudit, made_social: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    words = ("chart", made_social, "--week", "2018-05-18", "--explain", "bts")
    value, text = plaudit(*words, "--json").value, plaudit(*words)

    assert value["entry"]["position"] == 1
    assert sum(part["points"] for part in value["parts"]) == value["entry"]["points"]
    video = next(g for g in value["gains"] if (g["post"], g["metric"]) == ("7C2z4GqqS5E", "views"))
    assert video["last_value"] == 87_430_865
    assert "'FAKE LOVE' Official MV" in text.out
    assert "87,430,865" in text.out
    assert "position 1" in text.err


def test_simulate_labels_what_it_makes_and_makes_the_same_twice(
    plaudit: Plaudit, made_social: Path, tmp_path: Path
) -> None:
    import shutil

    folder = shutil.copytree(made_social, tmp_path / "s")
    before = bytes_below(folder / "data")
    value = plaudit("simulate", folder, "--json").value
    said = plaudit("simulate", folder)

    assert (value["synthetic"], value["ballots"]) == (True, 20_000)
    assert "SYNTHETIC ballots" in said.err
    assert bytes_below(folder / "data") == before


def test_a_made_up_result_is_called_synthetic_on_the_terminal(plaudit: Plaudit, season_folder: Path) -> None:
    assert "SYNTHETIC" in plaudit("tally", season_folder).out
    first, *rest = plaudit("verify", season_folder).out.splitlines()
    assert first == "verified (synthetic)"
    assert rest[0].startswith("North Seven came first with 56 votes")  # and nobody is said to have won
    assert rest[1] == "not checked:"


def test_as_json_verify_says_what_nobody_can_check_by_its_codes(plaudit: Plaudit, season_folder: Path) -> None:
    value = plaudit("verify", season_folder, "--json").value

    assert value["verified"]
    assert "not-checked.truth" in {one["code"] for one in value["not_checked"]}


def test_doctor_computes_and_writes_nothing(plaudit: Plaudit, tmp_path: Path) -> None:
    folder = tmp_path / "season"
    plaudit("init", folder)
    before = bytes_below(folder)
    said = plaudit("doctor", folder)

    assert (said.code, said.out) == (0, "ok\n")
    assert "source counts: 1 file; of " in said.err
    assert bytes_below(folder) == before


@pytest.mark.parametrize("name", ["top-social-artist-2018", "hottest-100", "tweets-2016"])
def test_doctor_finds_the_shipped_examples_well(plaudit: Plaudit, name: str, tmp_path: Path) -> None:
    assert plaudit("doctor", example(name, tmp_path / name), "--json").value["ok"]


@pytest.mark.parametrize("name", ['say "hi" + more\\', "올해의 상"])
def test_a_season_made_by_init_runs_and_verifies_whatever_its_name(plaudit: Plaudit, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    made = plaudit("init", folder, "--json")

    assert len(made.value["made"]) == 7
    assert plaudit("run", folder).code == 0
    assert plaudit("verify", folder).code == 0


def test_init_refuses_a_folder_that_is_not_empty(plaudit: Plaudit, tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", "utf-8")
    for place in (tmp_path, tmp_path / "x"):
        said = plaudit("init", place)
        assert said.code == 2
        assert "not empty" in said.err
    assert bytes_below(tmp_path) == {"x": b"mine"}


def test_init_fills_an_empty_folder(plaudit: Plaudit, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert plaudit("init", tmp_path / "empty").code == 0
    assert (tmp_path / "empty" / "season.toml").is_file()


def test_the_installed_command_speaks_utf8_and_exits_with_its_code(made_template: Path) -> None:
    command = Path(sys.executable).with_name("plaudit")
    told = subprocess.run([command, "chart", made_template], capture_output=True, check=False)
    wrong = subprocess.run([command, "chart", "nowhere", "--json"], capture_output=True, check=False)

    assert (told.returncode, wrong.returncode) == (0, 2)
    assert b"North Seven" in told.stdout
    assert b'"exit_code": 2' in wrong.stdout
    assert b"Traceback" not in wrong.stderr


def commands_in(text: str) -> list[list[str]]:
    shown = re.findall(r"`([^`]+)`", text) + re.findall(r"(?m)^ {4}(\S.*)$", text)
    return [found.split() for part in shown for found in re.findall(r"(?:^|&& |/)plaudit ([a-z][^&|`]*)", part)]


def test_every_command_in_the_readme_is_a_command() -> None:
    named = commands_in((ROOT / "README.md").read_text("utf-8"))

    assert len(named) >= 8
    for words in named:
        assert words[:1] in VERBS or words[:2] in VERBS, words


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_the_example_in_the_help_names_options_and_folders_that_exist(verb: list[str]) -> None:
    group = GROUPS.get(verb[0], COMMAND)
    assert isinstance(group, TyperGroup)
    command = group.commands[verb[-1]]
    words = (command.epilog or "").removeprefix("Example: plaudit ").split()
    options = {option for parameter in command.params for option in parameter.opts}

    assert words[: len(verb)] == verb
    for word in words[len(verb) :]:
        if word.startswith("--"):
            assert word in options
        if word.startswith("examples/"):
            assert (ROOT / word).is_dir()
