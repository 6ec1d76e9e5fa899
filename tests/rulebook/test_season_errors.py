from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from plaudit.base.errors import RuleInvalid, UnknownName
from plaudit.rulebook.season import read_season

if TYPE_CHECKING:
    from pathlib import Path

SEASON = """\
title = "A season"
about = "Made for tests."
award = "Top Social Artist"
edition = "2018"
origin = "Tests"

[[chart]]
rule = "social-weekly@1"
from = 2018-04-01
to = 2018-05-31

[nomination]
rule = "chart-five@1"
chart = "social-weekly@1"
from = 2018-04-01
to = 2018-05-31

[vote]
rule = "bbma-2018@1"

[[vote.window]]
id = "one"
from = 2018-05-14T09:00:00-07:00
to = 2018-05-15T09:00:00-07:00

[[vote.window]]
id = "two"
from = 2018-05-15T09:00:00-07:00
to = 2018-05-20T17:30:00-07:00
channels = ["post"]

[[source]]
id = "counters"
kind = "counters"
title = "Counters"
files = "data/*.csv"
platform = "youtube"
coverage = { from = 2018-04-01, to = 2018-05-31, sampling = "all", synthetic = false }
columns = { post = "id", account = "channel", published_at = "at", observed_at = "seen" }
metrics = { views = "views" }

[[source]]
id = "ballots"
kind = "ballots"
title = "Ballots"
files = "data/ballots.csv"

[source.coverage]
from = 2018-05-14
to = 2018-05-20
sampling = "all"
synthetic = true

[source.columns]
channel = "channel"
nominee = "nominee"
voter = "voter"
cast_at = "at"
"""

ARTISTS = """\
[[artist]]
id = "arirang"
kind = "group"
names = { en = "Arirang", ko = "아리랑" }
accounts = [{ platform = "youtube", account = "UC1" }]

[[artist]]
id = "bolero"
kind = "person"
accounts = [{ platform = "youtube", account = "UC2" }]

[artist.names]
en = "Bolero"

[[label]]
platform = "youtube"
account = "UC9"
patterns = [{ artist = "arirang", title = "(?i)arirang" }]
"""


COUNTERS = '[[source]]\nid = "counters"'
PURGE = """\
kind = "purge"
id = "fax-gaps"
version = 1
title = "t"
because = "b"
does = "set aside"
told = "t"
channels = ["web", "fax"]
method = { name = "one_network", voters_most = 9 }
"""


def audited(lines: str) -> str:
    """Give the season with purge rules."""
    return SEASON.replace(COUNTERS, f"[audit]\n{lines}\n\n{COUNTERS}")


def season(folder: Path, season_text: str = SEASON, artists_text: str = ARTISTS) -> Path:
    (folder / "season.toml").write_text(season_text, "utf-8")
    (folder / "artists.toml").write_text(artists_text, "utf-8")
    return folder


def line_of(text: str, needle: str) -> int:
    return text[: text.index(needle)].count("\n") + 1


def refused(folder: Path) -> RuleInvalid:
    with pytest.raises(RuleInvalid) as caught:
        read_season(folder)
    return caught.value


def test_the_season_of_these_tests_is_sound(tmp_path: Path) -> None:
    found = read_season(season(tmp_path))

    assert sorted(found.rules) == ["bbma-2018@1", "chart-five@1", "social-weekly@1"]
    assert found.synthetic_sources() == ["ballots"]
    assert [artist.name for artist in found.artists.artists] == ["Arirang", "Bolero"]


SEASON_CASES = [
    # old, new, text that starts the line that is named in the new file, key, part of the message
    (
        "to = 2018-05-15T09:00:00-07:00",
        "to = 2018-05-16T00:00:00Z",
        '[[vote.window]]\nid = "two"',
        "vote.window[1]",
        "window 'two' overlaps 'one'",
    ),
    (
        "to = 2018-05-15T09:00:00-07:00",
        "to = 2018-05-14T09:00:00-07:00",
        "to = 2018-05-14T09",
        "vote.window[0].to",
        "closes before it opens",
    ),
    (
        "from = 2018-05-14T09:00:00-07:00",
        "from = 2018-05-14T09:00:00",
        "from = 2018-05-14T09",
        "vote.window[0].from",
        "a time without a zone",
    ),
    (
        "from = 2018-05-14T09:00:00-07:00",
        "from = 2018-05-14",
        "from = 2018-05-14\nto = 2018-05-15T",
        "vote.window[0].from",
        "expected `datetime`, got `date`",
    ),
    ('channels = ["post"]', 'channels = ["fax"]', 'channels = ["fax"]', "vote.window[1].channels", "no channel 'fax'"),
    (
        'chart = "social-weekly@1"',
        'chart = "social-weekly@2"',
        'chart = "social-weekly@2"',
        "nomination.chart",
        "no chart 'social-weekly@2'",
    ),
    (
        'rule = "bbma-2018@1"',
        'rule = "social-weekly@1"',
        'rule = "social-weekly@1"\n\n[[vote',
        "vote.rule",
        "social-weekly@1 is a chart rule",
    ),
    (
        'id = "ballots"',
        'id = "counters"',
        'id = "counters"\nkind = "ballots"',
        "source[1].id",
        "source 'counters' is given twice",
    ),
    ('voter = "voter"', 'fan = "voter"', 'fan = "voter"', "source[1].columns.fan", "has no column 'fan'"),
    ('voter = "voter"\n', "", '[[source]]\nid = "ballots"', "source[1]", "needs voter"),
    (
        "synthetic = true",
        'synthetic = "yes"',
        'synthetic = "yes"',
        "source[1].coverage.synthetic",
        "expected `bool`, got `str`",
    ),
    ("to = 2018-05-20\n", "to = 2018-05-10\n", "to = 2018-05-10\n", "source[1].coverage.to", "lies before 2018-05-14"),
    (
        "from = 2018-04-01\nto = 2018-05-31\n\n[nom",
        "from = 2018-06-01\nto = 2018-05-31\n\n[nom",
        "to = 2018-05-31\n\n[nom",
        "chart[0].to",
        "lies before 2018-06-01",
    ),
    ('edition = "2018"', "edition = 2018", "edition = 2018", "edition", "expected `str`, got `int`"),
    ('edition = "2018"', 'editon = "2018"', 'editon = "2018"', "editon", "unknown key 'editon'"),
    (
        'sampling = "all"\n',
        'sampling = "all"\nzone = "UTC"\n',
        'zone = "UTC"',
        "source[1].coverage.zone",
        "unknown key",
    ),
]


@pytest.mark.parametrize(("old", "new", "needle", "key", "what"), SEASON_CASES)
def test_season_error_names_line_and_key(tmp_path: Path, old: str, new: str, needle: str, key: str, what: str) -> None:
    assert old in SEASON
    text = SEASON.replace(old, new, 1)
    error = refused(season(tmp_path, text))

    assert error.values == {"file": "season.toml", "line": line_of(text, needle), "key": key}
    assert what in error.what
    assert error.remedy


GROWTH = """
[growth]
rule = "growth-daily@1"
from = 2018-04-01
to = 2018-05-31

[[event]]
id = "a-release"
on = 2018-04-02
artists = ["arirang"]
title = "A release"
source = "the label"
"""


@pytest.mark.parametrize(
    ("old", "new", "needle", "key", "what"),
    [
        (
            "growth-daily@1",
            "chart-five@1",
            'chart-five@1"\nfrom = 2018-04-01\nto',
            "growth.rule",
            "is a nomination rule",
        ),
        ("to = 2018-05-31", "to = 2018-03-31", "to = 2018-03-31", "growth.to", "lies before 2018-04-01"),
        ('["arirang"]', '["nobody"]', "artists = [", "event[0].artists", "no artist 'nobody'"),
    ],
)
def test_growth_and_events_that_fit_nothing_are_refused(
    tmp_path: Path, old: str, new: str, needle: str, key: str, what: str
) -> None:
    assert old in GROWTH
    text = SEASON + GROWTH.replace(old, new, 1)

    error = refused(season(tmp_path, text))

    assert needle in text
    assert error.values["key"] == key
    assert what in error.what


def test_an_event_twice_is_refused(tmp_path: Path) -> None:
    twice = SEASON + GROWTH + GROWTH[GROWTH.index("[[event]]") :]

    assert "event 'a-release' is given twice" in refused(season(tmp_path, twice)).what


ARTIST_CASES = [
    (
        'kind = "person"',
        'kind = "person"\ngroups = ["nobody"]',
        "groups = ",
        "artist[1].groups[0]",
        "no group 'nobody'",
    ),
    (
        'kind = "group"',
        'kind = "group"\ngroups = ["bolero"]',
        "groups = ",
        "artist[0].groups[0]",
        "'arirang' is a group",
    ),
    ('id = "bolero"', 'id = "arirang"', 'id = "arirang"\nkind = "person"', "artist[1].id", "'arirang' is given twice"),
    ('id = "bolero"', 'id = "Bolero!"', 'id = "Bolero!"', "artist[1].id", "matching regex"),
    (
        '"UC2"',
        '"UC1"',
        'accounts = [{ platform = "youtube", account = "UC1" }]\n\n[artist.names]',
        "artist[1].accounts[0]",
        "account 'UC1' is already arirang's",
    ),
    ('"UC9"', '"UC1"', 'account = "UC1"\npatterns', "label[0].account", "'UC1' is already arirang's"),
    ('artist = "arirang"', 'artist = "fado"', "patterns = ", "label[0].patterns[0]", "no artist 'fado'"),
    ('"(?i)arirang"', '"(arirang"', "patterns = ", "label[0].patterns[0]", "is not a regular expression"),
    ('en = "Bolero"', "", "[artist.names]", "artist[1].names", "'bolero' has no name"),
    ('en = "Bolero"', "en = 3", "en = 3", "artist[1].names.en", "expected `str`, got `int`"),
    ('kind = "person"', 'kind = "duo"', 'kind = "duo"', "artist[1].kind", "'duo'"),
]


@pytest.mark.parametrize(("old", "new", "needle", "key", "what"), ARTIST_CASES)
def test_artists_error_names_line_and_key(tmp_path: Path, old: str, new: str, needle: str, key: str, what: str) -> None:
    assert old in ARTISTS
    text = ARTISTS.replace(old, new, 1)
    error = refused(season(tmp_path, artists_text=text))

    assert error.values == {"file": "artists.toml", "line": line_of(text, needle), "key": key}
    assert what in error.what
    assert error.remedy


def test_windows_of_other_channels_may_overlap(tmp_path: Path) -> None:
    text = SEASON.replace("to = 2018-05-15T09:00:00-07:00", 'to = 2018-05-16T09:00:00-07:00\nchannels = ["web"]')

    assert len(read_season(season(tmp_path, text)).rules) == 3


@pytest.mark.parametrize("name", ["bbma-2018@1", "social-weekly@1", "chart-five@1"])
def test_unknown_rule_is_an_unknown_name(tmp_path: Path, name: str) -> None:
    text = SEASON.replace(f'rule = "{name}"', f'rule = "{name[:-1]}9"')

    with pytest.raises(UnknownName, match=f"no rule '{name[:-1]}9'; choose one of: .*{name}"):
        read_season(season(tmp_path, text))


def test_folder_without_season_is_an_unknown_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"holds no season\.toml"):
        read_season(tmp_path)


def test_name_used_by_two_artists_is_refused(tmp_path: Path) -> None:
    text = ARTISTS.replace('en = "Bolero"', 'en = "Arirang"')
    error = refused(season(tmp_path, artists_text=text))

    assert error.values["line"] == line_of(text, 'en = "Arirang"\n\n[[label')
    assert "'Arirang' is already arirang's name" in error.what


@pytest.mark.parametrize(
    ("lines", "key", "needle", "what"),
    [
        ('purges = ["sleepless@1", "sleepless@1"]', "audit.purges[1]", "purges", "sleepless@1 is given twice"),
        ('purges = ["sleepless@1"]\nlate = ["sleepless@1"]', "audit.late[0]", "late", "sleepless@1 is given twice"),
        ('purges = ["bbma-2018@1"]', "audit.purges[0]", "purges", "bbma-2018@1 is a counting rule"),
        ('late = ["fax-gaps@1"]', "audit.late[0]", "late", "fax-gaps@1 looks at channel 'fax', which bbma-2018@1 does"),
        ("more = 1", "audit.more", "more", "unknown key"),
    ],
)
def test_purge_rules_that_cannot_be_applied_are_refused(
    tmp_path: Path, lines: str, key: str, needle: str, what: str
) -> None:
    text = audited(lines)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "fax-gaps@1.toml").write_text(PURGE, "utf-8")

    error = refused(season(tmp_path, text))

    assert error.values == {"file": "season.toml", "line": line_of(text, needle), "key": key}
    assert what in error.what


def test_purge_rules_without_a_vote_are_refused(tmp_path: Path) -> None:
    text = audited('purges = ["sleepless@1"]')
    text = text[: text.index("[vote]")] + text[text.index("[audit]") :]

    error = refused(season(tmp_path, text))

    assert error.values["key"] == "audit"
    assert "purge rules and no vote" in error.what


def test_purge_rules_are_given_in_the_order_of_the_season(tmp_path: Path) -> None:
    text = audited('purges = ["sleepless@1", "lockstep@1"]\nlate = ["account-state@1"]')

    found = read_season(season(tmp_path, text))

    assert [rule.name for rule in found.purge_rules()] == ["sleepless@1", "lockstep@1"]
    assert [rule.name for rule in found.late_rules()] == ["account-state@1"]


NO_TEXT = 'about = "Made for tests."'


@pytest.mark.parametrize(
    ("line", "key", "part"),
    [
        ('about = { ko = "시험용." }', "about", "no English text, only ko; add: en = "),
        ('about = { en = "Made.", korean = "시험용." }', "about.korean", "'korean' is not a language tag"),
        ('about = { en = "Made.", ko = "" }', "about", "length >= 1"),
        ("about = {}", "about", "length >= 1"),
        ("about = 3", "about", "got `int`"),
    ],
)
def test_a_text_in_languages_that_cannot_be_shown_is_refused(tmp_path: Path, line: str, key: str, part: str) -> None:
    text = SEASON.replace(NO_TEXT, line)
    error = refused(season(tmp_path, text))

    assert part in str(error)
    assert str(error.values["key"]).startswith(key)
    assert error.values["line"] == line_of(text, line)


def test_a_text_is_english_and_a_table_has_every_language(tmp_path: Path) -> None:
    lines = 'about = { en = "Made for tests.", ko = "시험용.", pt-BR = "Para testes." }'
    found = read_season(season(tmp_path, SEASON.replace(NO_TEXT, lines)))

    assert found.titles == {"en": found.title} == {"en": "A season"}
    assert found.abouts == {"en": found.about, "ko": "시험용.", "pt-BR": "Para testes."}
    assert found.about == "Made for tests."


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("http://awards.example/2026", "does not begin with https://"),
        ("awards.example/2026", "does not begin with https://"),
        ("https://awards.example/2026/", "ends with a slash"),
        ("https://awards.example/", "ends with a slash"),
        ("https://", "ends with a slash"),
        ("https:awards.example", "names no host"),
        ("https://Awards.example", "names no host in lower-case letters"),
        ("https://me@awards.example", "names no host"),
        ("https://awards_.example", "names no host"),
        ("https://[::1", "is not an address"),
        ("https://awards.example/2026?page=1", "more than a host and a path"),
        ("https://awards.example/2026#top", "more than a host and a path"),
        ("https://awards.example/a b", "more than a host and a path"),
        ("https://awards.example/a//b", "more than a host and a path"),
        ('https://awards.example/\\"><b>', "more than a host and a path"),
        ("https://awards.example/../b", "dots for a folder"),
    ],
)
def test_an_address_that_feeds_could_not_give_is_refused(tmp_path: Path, address: str, part: str) -> None:
    line = f'address = "{address}"' if "\\" not in address else f"address = '{address}'"
    text = f"{SEASON}\n[site]\n{line}\n"
    error = refused(season(tmp_path, text))

    assert part in str(error)
    assert address in str(error) or repr(address) in str(error)
    assert "as in https://awards.example/2026" in str(error)
    assert error.values == {"file": "season.toml", "line": line_of(text, line), "key": "site.address"}


@pytest.mark.parametrize(
    "address", ["https://awards.example", "https://awards.example:8443/a/b-2.0", "https://localhost/~me/%EC%83%81"]
)
def test_an_address_of_host_and_path_is_taken_as_it_stands(tmp_path: Path, address: str) -> None:
    found = read_season(season(tmp_path, f'{SEASON}\n[site]\naddress = "{address}"\n'))

    assert found.site.address == address


def test_another_key_of_the_site_is_refused(tmp_path: Path) -> None:
    text = f'{SEASON}\n[site]\nadress = "https://awards.example"\n'

    assert "adress" in str(refused(season(tmp_path, text)))
