from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import RuleInvalid
from plaudit.rulebook.library import RuleLibrary, read_rule
from plaudit.rulebook.strict_toml import read_toml

if TYPE_CHECKING:
    from pathlib import Path


def _path(name: str) -> Path:
    return RuleLibrary().cited(name).path


def refused(tmp_path: Path, name: str, old: str, new: str) -> RuleInvalid:
    """Give the error of a shipped rule with one text changed at its first place."""
    text = _path(name).read_text("utf-8")
    assert old in text
    path = tmp_path / f"{name}.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(RuleInvalid) as caught:
        read_rule(path)
    return caught.value


def line_of(name: str, text: str, nth: int = 0) -> int:
    lines = _path(name).read_text("utf-8").splitlines()
    return [number for number, line in enumerate(lines, 1) if line.startswith(text)][nth]


BBMA, SOCIAL, MAMA, CMT, CHART = "bbma-2018@1", "social-weekly@1", "mama-2024@1", "cmt-2023@1", "chart-five@1"

GAPS, LOCKSTEP, STATE = "regular-gaps@1", "lockstep@1", "account-state@1"

CASES = [
    (GAPS, 'does = "', 'does = "un', ("does", 0), "does", "invalid enum value 'unset aside'", "that kind"),
    (GAPS, 'name = "regular_gaps"', 'name = "gaps"', ("[method]", 0, 1), "method.name", "'gaps'", "that kind"),
    (GAPS, "tap_seconds", "tab_seconds", ("tap_seconds", 0), "method.tab_seconds", "unknown key", "tap_seconds"),
    (
        GAPS,
        "tap_seconds = ",
        "tap_seconds = 999  # ",
        ("tap_seconds", 0),
        "method.tap_seconds",
        "no gap is longer than 999 and not longer than 900 seconds",
        "let tap_seconds be less",
    ),
    (
        LOCKSTEP,
        "pause_seconds = ",
        "pause_seconds = 1  # ",
        ("pause_seconds", 0),
        "method.pause_seconds",
        "a pause of 1 seconds is over within one moment",
        "let pause_seconds be more",
    ),
    (
        STATE,
        "states = [",
        'states = ["closed", "closed", ',
        ("states", 0),
        "method.states[1]",
        "'closed' is given twice",
        "keep one",
    ),
    (
        STATE,
        'does = "set aside"',
        'does = "set aside"\nchannels = ["web", "web"]',
        ("does", 0, 1),
        "channels[1]",
        "'web' is given twice",
        "keep one",
    ),
    # rule, old, new, line that is named (text, nth), key, part of the message, part of the remedy
    (
        BBMA,
        "tags_most",
        "tag_most",
        ("tags_most", 0),
        "channel[1].tag_most",
        "unknown key",
        "did you mean 'tags_most'?",
    ),
    (BBMA, "keep =", "zzz =", ("keep", 0), "zzz", "unknown key", "the keys here are: "),
    (BBMA, "votes = 100", "voters = 100", ("cap", 0), "channel[0].cap.voters", "unknown key", "did you mean 'votes'?"),
    (
        BBMA,
        "votes = 100",
        'votes = "100"',
        ("cap", 0),
        "channel[0].cap.votes",
        "expected `int`, got `str`",
        "that kind",
    ),
    (BBMA, "votes = 100", "votes = 0", ("cap", 0), "channel[0].cap.votes", ">= 1", "that kind"),
    (BBMA, "votes = 100", "votes = 100.0", ("cap", 0), "channel[0].cap.votes", "got `float`", "that kind"),
    (BBMA, 'per = "day"', 'per = "hour"', ("cap", 0), "channel[0].cap.per", "'hour'", "that kind"),
    (BBMA, "version = 1", "version = true", ("version", 0), "version", "got `bool`", "that kind"),
    (BBMA, "starts_at = 00:00:00", 'starts_at = "noon"', ("starts_at", 0), "day.starts_at", "RFC3339", "that kind"),
    (BBMA, 'zone = "America/Los_Angeles"', 'zone = "PT"', ("zone", 0), "day.zone", "no time zone 'PT'", "IANA name"),
    (BBMA, 'id = "post"', 'id = "web"', ("id", 2), "channel[1].id", "'web' is given twice", "keep one"),
    (BBMA, 'id = "post"', "", ("[[channel]]", 1), "channel[1]", "missing required field `id`", "add it"),
    (BBMA, 'id = "bbma-2018"', 'id = "bbma"', ("id", 0), "id", "its name says bbma-2018@1", "make the two agree"),
    (BBMA, 'kind = "counting"', 'kind = "count"', ("kind", 0), "kind", "no kind of rule 'count'", "counting"),
    (BBMA, 'method = "sum"', 'method = "shares"', ("[[channel]]", 0), "channel", "share_ppm add up to 0", "1000000"),
    (BBMA, "[ties]", '[ties]\nchannels = ["app"]', ("[ties]", 0, 1), "ties.channels", "no channel 'app'", "web, post"),
    (BBMA, 'day = "Where', "day = 3 #", ("day =", 0), "not_found.day", "expected `str`, got `int`", "that kind"),
    (MAMA, "share_ppm = 900000", "share_ppm = 800000", ("[[channel]]", 0), "channel", "add up to 900000", "1000000"),
    (MAMA, 'method = "shares"', 'method = "sum"', ("[combine]", 0), "combine", "channels have shares", '"shares"'),
    (MAMA, 'because = "The cap', '# "The cap', ("[[channel]]", 0), "channel[0]", "neither a cap nor a because", "give"),
    (MAMA, 'vote = "counts"', 'vote = "void"', ("gestures", 0), "channel[0].gestures", "no gesture counts", "add"),
    (CMT, "to_time = 14:00:00", "", ("[[multiplier]]", 0), "multiplier[0]", "one of from_time", "give both"),
    (CMT, "to_time = 14", "to_time = 12", ("to_time", 0), "multiplier[0].to_time", "12:00:00 is not later", "end one"),
    (CMT, 'channels = ["web"]', 'channels = ["app"]', ("channels", 0), "multiplier[0].channels", "'app'", "comment_1"),
    (CMT, "times = 2", "times = 1", ("times", 0), "multiplier[0].times", ">= 2", "that kind"),
    (SOCIAL, "weight_ppm = 500000", "weight_ppm = 400000", ("[[part]]", 0), "part", "add up to 900000", "1000000"),
    (SOCIAL, '"likes_gain"', '"love"', ("measure", 1), "part[1].measure", "no measure 'love'", "METRIC_gain"),
    (SOCIAL, '"likes_gain"', '"views_gain"', ("measure", 1), "part[1].measure", "given twice", "keep one"),
    (SOCIAL, 'order = ["views_gain"', 'order = ["luck"', ("order", 0), "ties.order", "no measure 'luck'", "use posts"),
    (SOCIAL, "full_days = 7", "full_days = 3", ("least_days", 0), "coverage.least_days", "4 days for", "at most"),
    (SOCIAL, "full_days = 7", "full_days = 8", ("full_days", 0), "coverage.full_days", "<= 7", "that kind"),
    (SOCIAL, '"friday"', '"Friday"', ("starts_on", 0), "week.starts_on", "'Friday'", "that kind"),
    (SOCIAL, 'zone = "UTC"', 'zone = "Mars/Base"', ("zone", 0), "week.zone", "no time zone 'Mars/Base'", "IANA"),
    (CHART, '"peak"', '"luck"', ("order", 0), "ties.order[1]", "'luck'", "that kind"),
    (CHART, "[chart]\nplaces = 5\ncounts", "# no ground\n# at all\n#", None, "the file", "neither [chart]", "ground"),
]


@pytest.mark.parametrize(("name", "old", "new", "line", "key", "what", "remedy"), CASES)
def test_error_names_line_key_and_remedy(
    tmp_path: Path, name: str, old: str, new: str, line: tuple[str, int] | None, key: str, what: str, remedy: str
) -> None:
    error = refused(tmp_path, name, old, new)

    expected = 1 if line is None else line_of(name, line[0], line[1]) + sum(line[2:])
    assert error.values == {"file": f"{name}.toml", "line": expected, "key": key}
    assert f"{name}.toml, line {expected}, {key}: " in error.what
    assert what in error.what
    assert remedy in error.remedy


def test_cap_on_totals_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, "fan-poll-totals@1", 'counts = "totals"', 'counts = "totals"\ncap = {votes=1, per="day"}')

    assert error.values["line"] == line_of("fan-poll-totals@1", "counts") + 1
    assert "nobody can check a cap" in error.what


def test_multiplier_of_totals_is_refused(tmp_path: Path) -> None:
    more = '[[multiplier]]\ntimes = 2\nbecause = "x"\nchannels = ["web_upload"]\n\n[combine]'
    error = refused(tmp_path, "fan-poll-totals@1", "[combine]", more)

    assert error.values["line"] == line_of("fan-poll-totals@1", "[combine]") + 3
    assert "carry no time" in error.what


def test_no_channel_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty@1.toml"
    path.write_text(
        'kind = "counting"\nid = "empty"\nversion = 1\ntitle = "t"\nbecause = "b"\nchannel = []\n[day]\nzone = "UTC"\n'
    )

    with pytest.raises(RuleInvalid, match=r"empty@1.toml, line 6, channel: a counting rule needs a channel"):
        read_rule(path)


def test_broken_toml_names_the_line(tmp_path: Path) -> None:
    error = refused(tmp_path, BBMA, "version = 1", "version = ")

    assert error.values == {"file": f"{BBMA}.toml", "line": 3, "key": "version"}
    assert error.what.startswith(f"{BBMA}.toml, line 3, version: not TOML: ")
    assert error.what.endswith("; the line is 'version ='")


@pytest.mark.parametrize("deep", ["[" * 4000, "{a=" * 4000])
def test_brackets_too_deep_are_no_defect_of_ours(tmp_path: Path, deep: str) -> None:
    error = refused(tmp_path, BBMA, "version = 1", f"version = {deep}")

    assert error.values == {"file": f"{BBMA}.toml", "line": 3, "key": "version"}


def test_a_number_of_too_many_digits_names_its_line(tmp_path: Path) -> None:
    error = refused(tmp_path, BBMA, "version = 1", f"version = {'9' * 5000}")

    assert error.what.startswith(f"{BBMA}.toml, line 3, version: not TOML: a number has too many digits; the line is")


def test_a_value_of_another_kind_is_shown(tmp_path: Path) -> None:
    error = refused(tmp_path, BBMA, "version = 1", 'version = "one"')

    assert error.what == f"{BBMA}.toml, line 3, version: expected `int`, got `str`; it is 'one'"


def test_a_kind_that_is_no_text_is_refused(tmp_path: Path) -> None:
    error = refused(tmp_path, BBMA, 'kind = "counting"', 'kind = ["counting"]')

    assert error.what == f"{BBMA}.toml, line 1, kind: no kind of rule ['counting']"


def test_only_a_newline_ends_a_line(tmp_path: Path) -> None:
    error = refused(tmp_path, BBMA, "version = 1", "# a\u2028b\x85c\nversion = 1\nno_such_key = 1")

    assert error.values["line"] == 5


def test_bytes_that_are_not_utf8_name_the_line(tmp_path: Path) -> None:
    path = tmp_path / "latin@1.toml"
    path.write_bytes(b'kind = "chart"\ntitle = "Beyonc\xe9"\n')

    with pytest.raises(RuleInvalid, match=r"latin@1.toml, line 2: byte 0xe9 is not UTF-8; save the file as UTF-8"):
        read_rule(path)


def test_file_name_must_be_a_citation(tmp_path: Path) -> None:
    path = tmp_path / "Rule.toml"
    path.write_bytes(_path(BBMA).read_bytes())

    with pytest.raises(RuleInvalid, match=r"Rule.toml is not a rule's file name; name it id@version.toml"):
        read_rule(path)


def test_lines_after_a_long_text_are_right(tmp_path: Path) -> None:
    long = 'because = """\n[nothing]\nkeep = 3\n"""\nkeep = 4'
    text = _path(BBMA).read_text("utf-8").splitlines()
    path = tmp_path / f"{BBMA}.toml"
    path.write_text(
        "\n".join(
            long if line.startswith("because = ") and n == 4 else line
            for n, line in enumerate(text)
            if not line.startswith("keep")
        ),
        "utf-8",
    )

    with pytest.raises(RuleInvalid) as caught:
        read_rule(path)
    assert (caught.value.values["line"], caught.value.values["key"]) == (9, "keep")


@pytest.mark.parametrize(
    "text",
    [
        ".".join(["a"] * 20_000) + " = 1",
        ".".join(['"a b"'] * 20_000) + " = 1",
        "x = { " + " . ".join(["a"] * 20_000) + " = 1 }",
        f"[{'.'.join(['a'] * 20_000)}]",
        "\n".join(f"[{'.'.join(['a'] * parts)}]" for parts in range(1, 1_500)),
    ],
    ids=["bare", "quoted", "inline", "header", "headers"],
)
def test_a_key_of_very_many_parts_is_refused_at_once(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x@1.toml"
    path.write_text(text, "utf-8")

    with pytest.raises(RuleInvalid, match=r"x@1\.toml, line \d+: a key of more than 20 parts"):
        read_rule(path)


@pytest.mark.parametrize(
    "text",
    [
        "[" + " " * 50_000,
        "[" + " ]" * 50_000,
        "[a" + " " * 50_000 + "b",
        "a" + " " * 50_000 + "b",
        '"a" . ' * 9_000,
        "[" * 50_000,
    ],
    ids=["blanks", "brackets", "open", "words", "quotes", "deep"],
)
def test_a_line_that_makes_a_pattern_try_everything_is_refused_at_once(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x@1.toml"
    path.write_text(text, "utf-8")
    began = time.process_time()

    with pytest.raises(RuleInvalid, match=r"x@1\.toml, line 1"):
        read_rule(path)

    assert time.process_time() - began < 2  # it took minutes


def test_dots_in_texts_are_no_parts_of_a_key(tmp_path: Path) -> None:
    path = tmp_path / "any.toml"
    path.write_text(f"x = \"{'a.' * 300}\" # {'b . ' * 300}\n[t.'{'c.' * 300}']\ny = 1.5\n", "utf-8")

    assert read_toml(path).document["t"] == {"c." * 300: {"y": 1.5}}
