"""Small honest seasons, one of each kind, for forgeries to begin with.

Each is made once in a run of the tests, and copied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit import pipeline
from plaudit.cli.init import init
from plaudit.rulebook.season import read_season
from plaudit.store.evidence import Evidence
from tests.conftest import run
from tests.release.weekly import make_certified
from tests.season.test_witnesses import held
from tests.season.voting import voted

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["BASES", "NOMINEES"]

NOMINEES: Final = ("aurora-lane", "north-seven")
"""Two names of one length, so that one can stand in another's place byte for byte."""

_ARTISTS: Final = """\
[[artist]]
id = "aurora-lane"
names = { en = "Aurora Lane" }
kind = "person"

[[artist]]
id = "north-seven"
names = { en = "North Seven", ko = "노스세븐" }
kind = "group"
"""
_SEASON: Final = """\
title = "Two ways to vote"
about = "Made up, for a forgery to begin with."
award = "tests/forged"
edition = "2026"
origin = "plaudit.example/forged"

[nomination]
rule = "named-list@1"
named = [{ nominee = "aurora-lane", source = "tests" }, { nominee = "north-seven", source = "tests" }]

[vote]
rule = "two-ways@1"

[[vote.window]]
id = "vote"
from = 2026-01-16T00:00:00Z
to = 2026-01-19T00:00:00Z
"""
_RULE: Final = """\
kind = "counting"
id = "two-ways"
version = 1
title = "A site and posts"
because = "Small caps show soon."
KEYS

[day]
zone = "UTC"

[[channel]]
id = "web"
name = "the vote's site, and posts with a nominee's tag"
gestures = { vote = "counts", post = "counts", repost = "void", quote = "void" }
cap = { votes = 3, per = "day", scope = "award" }
tags_most = 1
private = "void"

[intake]
standings = "STANDINGS"

[ties]
then = "raise"

[not_found]
cap = "Caps. They are small here."
"""
_SITE: Final = """
[[source]]
id = "site"
kind = "ballots"
title = "The vote's site"
files = "data/site.csv"
same_rows = "each"
columns = { channel = "channel", nominee = "nominee", voter = "voter", cast_at = "cast_at", votes = "votes" }

[source.coverage]
from = 2026-01-16
to = 2026-01-18
sampling = "made up"
synthetic = true
gaps = [{ from = 2026-01-18, to = 2026-01-18, because = "the site was down for an hour" }]

[[source]]
id = "posts"
kind = "ballots"
title = "Posts with a tag"
files = "data/posts.csv"
same_rows = "one"
constants = { channel = "web" }

[source.columns]
nominee = "nominee"
voter = "voter"
cast_at = "cast_at"
gesture = "gesture"
tags = "tags"
post = "post"
is_private = "private"
account_created_at = "since"

[source.coverage]
from = 2026-01-16
to = 2026-01-18
sampling = "made up"
synthetic = true
"""
_FACTS: Final = """
[[source]]
id = "states"
kind = "voters"
title = "What the site says of accounts"
files = "data/states.csv"
columns = { voter = "voter", state = "state" }

[source.coverage]
from = 2026-01-16
to = 2026-01-18
sampling = "made up"
synthetic = true
"""
_PURGE: Final = """\
kind = "purge"
id = "ID"
version = 1
title = "TITLE"
because = "Made for a test."
does = "set aside"
told = "A rule of a test."

[method]
METHOD
"""
_SLEEPLESS: Final = 'name = "sleepless"\nhours_least = 1\ndays_least = DAYS'
_STATE: Final = 'name = "account_state"\nstates = ["suspended"]'
_TOTALS_RULE: Final = """\
kind = "counting"
id = "by-totals"
version = 1
title = "Totals of a partner"
because = "Somebody else counts."

[day]
zone = "UTC"

[[channel]]
id = "app"
name = "the partner's app"
counts = "totals"
because = "The partner caps votes."

[ties]
then = "raise"
"""
_TOTALS: Final = """
[[source]]
id = "partner"
kind = "totals"
title = "The partner's totals"
files = "data/totals.csv"
columns = { channel = "channel", nominee = "nominee", votes = "votes", observed_at = "at" }

[source.coverage]
from = 2026-01-16
to = 2026-01-18
sampling = "made up"
synthetic = true
"""


def _write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _ballots(folder: Path) -> None:
    """Twelve voters on the site on three days, six by post, some of whose posts name two."""
    site = ["channel,nominee,voter,cast_at,votes"]
    for day in (16, 17, 18):
        for voter in range(12):
            nominee = NOMINEES[voter % 2 == 0 or voter == 7]
            site.append(f"web,{nominee},voter-{voter},2026-01-{day}T{8 + voter:02}:0{voter % 6}:00Z,{1 + voter % 4}")
    site.append("web,nobody-we-know,voter-1,2026-01-17T22:00:00Z,1")
    site.append("web,north-seven,voter-2,2026-01-15T23:59:59Z,1")
    site.append("web,north-seven,voter-2,not a time,1")
    _write(folder, "data/site.csv", "\n".join([*site, ""]))
    posts = ["nominee,voter,cast_at,gesture,tags,post,private,since"]
    for number in range(8):
        tags = 2 if number in {2, 5} else 1
        posts.append(
            f"{NOMINEES[number % 3 == 0]},poster-{number % 6},2026-01-{16 + number % 3}T12:3{number}:00Z,"
            f"{'repost' if number == 4 else 'post'},{tags},https://example.org/p/{number},"
            f"{'yes' if number == 6 else 'no'},{'' if number == 1 else '2020-05-01T00:00:00Z'}"
        )
    _write(folder, "data/posts.csv", "\n".join([*posts, ""]))


def _season(folder: Path, more: str = _SITE, *, keys: str = "", standings: str = "public") -> Path:
    folder.mkdir(parents=True)
    _write(folder, "season.toml", _SEASON + more)
    _write(folder, "artists.toml", _ARTISTS)
    _write(folder, "honours.csv", "award,edition,artist,outcome,source,grade\n")
    rule = _RULE.replace("STANDINGS", standings).replace("KEYS\n", keys)
    _write(folder, "rules/two-ways@1.toml", rule)
    _ballots(folder)
    return folder


def files(folder: Path) -> Path:
    """Ballots from two files on four days, no charts."""
    return run(_season(folder))


def autumn(folder: Path) -> Path:
    """Ballots about the night in which New York's clocks go back, of a day of twenty-five hours."""
    text = _SITE[: _SITE.index('[[source]]\nid = "posts"')].replace("2026-01-16", "2026-10-31")
    _season(folder, text.replace("2026-01-18", "2026-11-02"))
    season = folder / "season.toml"
    text = season.read_text("utf-8").replace("2026-01-16T00:00:00Z", "2026-10-31T04:00:00Z")
    season.write_text(text.replace("2026-01-19T00:00:00Z", "2026-11-03T05:00:00Z"), "utf-8")
    rule = folder / "rules" / "two-ways@1.toml"
    rule.write_text(rule.read_text("utf-8").replace('zone = "UTC"', 'zone = "America/New_York"'), "utf-8")
    (folder / "data" / "posts.csv").unlink()
    hours = ("01T04:10", "01T05:30", "01T06:30", "02T04:50", "02T05:10")
    rows = [f"web,{NOMINEES[n % 2]},voter-{n},2026-11-{at}:0{n}Z,2" for n in range(5) for at in hours]
    _write(folder, "data/site.csv", "\n".join(["channel,nominee,voter,cast_at,votes", *rows, ""]))
    return run(folder)


def _stays_away(line: str) -> bool:
    """Let a third of the voters vote on one day, and a third on two."""
    _, _, voter, cast_at, _ = line.split(",")
    number, day = voter.removeprefix("voter-"), cast_at[8:10]
    return number.isdigit() and day.isdigit() and int(day) - 16 > (2, 1, 0)[int(number) % 3]


def day(folder: Path) -> Path:
    """Ballots of one day, so that the table is one file; some rows are passed over, some texts are replaced."""
    mapping = '\nwhere = { test = "no" }\nreplace = { nominee = { AL = "aurora-lane", nobody = "nobody-we-know" } }\n'
    _season(folder, _SITE.replace('same_rows = "each"\n', f'same_rows = "each"{mapping}', 1))
    for name in ("data/site.csv", "data/posts.csv"):
        head, *lines = (folder / name).read_text("utf-8").splitlines()
        lines = [line for line in lines if "2026-01-16" in line]
        if "site" in name:
            lines = [f"{line.replace('aurora-lane', 'AL')},{'yes' if 'voter-3' in line else 'no'}" for line in lines]
            head += ",test"
        _write(folder, name, "\n".join([head, *lines, ""]))
    return run(folder)


def purges(folder: Path) -> Path:
    """Ballots from files, two purge rules declared before and a late one, facts about voters, two appeals."""
    audit = '\n[audit]\npurges = ["three-days@1", "suspended@1"]\nlate = ["two-days@1"]\n'
    _season(folder, audit + _SITE + _FACTS)
    for name, days in (("three-days", "3"), ("two-days", "2"), ("suspended", "")):
        text = _PURGE.replace("ID", name).replace("TITLE", name.replace("-", " ").capitalize())
        method = _SLEEPLESS.replace("DAYS", days) if days else _STATE
        _write(folder, f"rules/{name}@1.toml", text.replace("METHOD", method))
    _write(folder, "data/states.csv", "voter,state\nposter-3,suspended\nposter-4,closed\nvoter-4,closed\n")
    lines = (folder / "data" / "site.csv").read_text("utf-8").splitlines()
    _write(folder, "data/site.csv", "\n".join([line for line in lines if not _stays_away(line)] + [""]))
    _write(folder, "appeals.csv", "receipt,decision,why\n2,reinstate ballot,shown\n5,uphold,not shown\n")
    return run(folder)


def totals(folder: Path) -> Path:
    """Totals that somebody else counted, and no ballots."""
    _season(folder, _TOTALS)
    for name in ("site.csv", "posts.csv"):
        (folder / "data" / name).unlink()
    (folder / "rules" / "two-ways@1.toml").unlink()
    _write(folder, "rules/by-totals@1.toml", _TOTALS_RULE)
    season = folder / "season.toml"
    season.write_text(season.read_text("utf-8").replace("two-ways@1", "by-totals@1"), "utf-8")
    rows = ["app,aurora-lane,900,2026-01-17T12:00:00Z", "app,north-seven,1200,2026-01-17T12:00:00Z"]
    rows += ["app,aurora-lane,4100,2026-01-18T12:00:00Z", "app,north-seven,3900,2026-01-18T12:00:00Z"]
    _write(folder, "data/totals.csv", "\n".join(["channel,nominee,votes,at", *rows, ""]))
    return run(folder)


def sealed(folder: Path) -> Path:
    """A result that was sealed, and revealed."""
    run(_season(folder, standings="sealed"))
    season = read_season(folder)
    pipeline.reveal(season, Evidence(season.evidence))
    return folder


def live(folder: Path) -> Path:
    """A vote that the season took itself, with guests."""
    return run(voted(folder).folder)


def witnessed(folder: Path) -> Path:
    """A vote that the season took itself; two witnesses signed its opening and its closing."""
    return run(held(folder).folder)


def charts(folder: Path) -> Path:
    """Two weeks of a chart and nominees by it, without a vote; an honour of an earlier edition."""
    init(folder)
    text = (folder / "season.toml").read_text("utf-8")
    vote, ballots = text.index("[vote]"), text.index('[[source]]\nid = "ballots"')
    text = text[:vote] + text[text.index("[[source]]") : ballots]
    _write(folder, "season.toml", text.replace("to = 2026-01-15\nsampling", "to = 2026-01-14\nsampling"))
    (folder / "data" / "ballots.csv").unlink()
    with (folder / "honours.csv").open("a", encoding="utf-8") as honours:
        honours.write("my-award,2025,north-seven,won,the press,N\n")
    return run(folder)


def pages(folder: Path) -> Path:
    """Ballots from files, and the pages that tell of them."""
    _season(folder)
    season = read_season(folder)
    pipeline.run(season, Evidence(season.evidence), pages=True)
    return folder


def releases(folder: Path) -> Path:
    """Two weeks of a chart that were released and corrected."""
    return make_certified(folder)


BASES: Final[dict[str, Callable[[Path], Path]]] = {
    make.__name__: make
    for make in (files, day, autumn, purges, totals, sealed, live, witnessed, charts, pages, releases)
}
