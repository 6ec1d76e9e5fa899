"""Write the reference pages of commands, errors and the season folder from the code that holds them.

python scripts/write_command_reference.py            write them
python scripts/write_command_reference.py --check    exit 1 if one is not what would be written
"""

from __future__ import annotations

import argparse
import inspect
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec
import typer.main
from msgspec import inspect as shapes

from plaudit.base import errors
from plaudit.cli.main import app
from plaudit.rulebook import (
    artists,
    calendar,
    live,
    live_source,
    operators,
    releasing,
    season_file,
    simulation,
    site,
    sources,
    terms,
    witnesses,
)
from plaudit.rulebook.sources import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "reference"
MADE: Final = "This page is made by `python scripts/write_command_reference.py`"


def _said(shape: type) -> dict[str, str]:
    """Give what a docstring says of each key, for shapes that say it there."""
    return dict(re.findall(r"^ *([a-z_]+) : (.+)$", inspect.getdoc(shape) or "", flags=re.MULTILINE))


MEANINGS: Final[dict[type, dict[str, str]]] = {
    season_file.SeasonFile: {
        "title": "what readers call the season; English, or a table by language with `en` in it.",
        "about": "what it is, in a few sentences; say here what is real. By language like the title.",
        "award": "the award's name across editions, as in `honours.csv`.",
        "edition": "this edition of it, as in `2018`.",
        "origin": "the signer's name in the certificate and the verifier key; no spaces and no `+`.",
        "award_artists": "`works` for awards to songs or videos: nominees come from `nominees_file`, and "
        "`artists.toml` may be absent.",
        "chart": "the weekly charts.",
        "release": "present where charts are released week by week: `plaudit release`.",
        "growth": "what is told of growth, day by day.",
        "event": "what happened on some days; bursts of those days name it.",
        "nomination": "how nominees are found.",
        "vote": "the vote.",
        "audit": "the purge rules.",
        "honours": "whose certificates of earlier editions count.",
        "calendar": "when `plaudit keep` does what.",
        "operators": "whose signatures an act needs that cannot be undone; the opening states keys, number and acts.",
        "source": "the sources.",
        "simulate": "what `plaudit simulate` makes.",
        "site": "the pages.",
    },
    site.Site: {
        "address": "where `published/site/` is served, as in `https://awards.example/2026`: https, host and path, no "
        "slash at the end. Feeds, share cards, press kit and embedded charts give it. Without it, "
        "`https://ORIGIN/site`.",
    },
    season_file.ChartUse: {
        "rule": "a chart rule, `id@version`.",
        "first_on": "the first of two dates; there is a chart for each week that is wholly between them, both "
        "included. There must be at least one.",
        "last_on": "the last of those dates.",
        "history": "what artists had reached on this chart before its first week here.",
    },
    releasing.ChartHistory: {
        "file": "a CSV file below the season's folder with the columns `artist`, `peak`, `weeks_on_chart` and "
        "`weeks_at_no_1`; what follows from it is marked as given.",
        "source": "who says so.",
    },
    releasing.Releasing: {
        "grace_hours": "how many hours after its end a week is released; readings that arrive later are late.",
    },
    season_file.GrowthUse: {
        "rule": "a growth rule, `id@version`.",
        "first_on": "the first day that is told of.",
        "last_on": "the last.",
    },
    season_file.Event: {
        "id": "lower case, digits and hyphens; what the table `bursts` calls the event.",
        "on": "the day, in the time zone of the growth rule.",
        "artists": "ids of the artists whose it is.",
        "title": "what it was; by language like the season's title.",
        "source": "who says so.",
    },
    season_file.Nomination: {
        "rule": "a nomination rule, `id@version`.",
        "chart": "the chart that nominates, one of the season's.",
        "first_on": "the first date a week of the eligibility period may start on.",
        "last_on": "the last date a week of the eligibility period may start on.",
        "named": "nominees by name.",
        "nominees_file": "a CSV file with the columns `nominee`, `name`, `artist`, for awards to works.",
        "nominees_source": "who says that those in the file are nominees.",
    },
    season_file.NamedNominee: {
        "nominee": "an id in `artists.toml`.",
        "source": "who says so.",
    },
    season_file.Vote: {
        "rule": "a counting rule, `id@version`.",
        "window": "when ballots are taken.",
        "live": "how the season takes ballots itself; without it they come from files.",
        "witnesses": "who is to sign the log's opening and closing; the opening states keys and number.",
    },
    witnesses.Witnesses: {
        "keys": "witnesses' verifier keys.",
        "least": "how many of them must have signed the opening before the first window, and the closing.",
        "urls": "where `plaudit log submit` asks them to sign.",
    },
    calendar.Calendar: {
        "nominate_at": "when the charts are read and the nominees found.",
        "open_at": "when the vote is opened; nominees, rules and windows cannot change from then on.",
        "audit_at": "when everything is counted and the checks are made; not before the last window ends.",
        "certify_at": "when the result is certified, or sealed if the counting rule says so.",
        "reveal_at": "when a sealed result is told; only with `reveals_itself`.",
        "reveals_itself": "whether the calendar may reveal a sealed result.",
    },
    operators.Operators: {
        "keys": "operators' verifier keys, as `plaudit sign open SEASON --key FILE --new NAME` prints them.",
        "least": "how many of them must sign an act before it is done.",
        "acts": "the acts that they must sign.",
    },
    live.Live: {
        "channel": "the channel of the ballots that page and API take.",
        "page": "the address of the page that takes ballots; the published site links to it.",
        "guests": "anybody may vote without signing in; for demonstrations. Ballots and certificate say so.",
        "provider": "OpenID Connect providers.",
        "email": "one-time codes by e-mail.",
        "work": "the size of the proof of work that a sign-in costs; 0 asks for none.",
        "session_minutes": "how long a session lasts.",
        "sign_ins_per_minute": "the most sign-ins from one network; 0 means no limit.",
        "ballots_per_minute": "the most ballots from one network; 0 means no limit.",
    },
    live.Provider: {
        "id": "the source that its ballots name.",
        "name": "what voters read.",
        "issuer": "its issuer address: https, or http only on loopback.",
        "client_id": "the client's id there.",
        "secret_env": "the environment variable that holds the client's secret; a public client if left out.",
    },
    live.EmailCodes: {
        "host": "the mail server.",
        "sender": "the address codes come from.",
        "port": "its port.",
        "tls": "`none` is only for loopback.",
        "user": "the user to log in as; no log-in if left out.",
        "password_env": "the environment variable that holds the password.",
        "connections": "the most connections to it that are kept open.",
    },
    season_file.Audit: {
        "purges": "purge rules that are declared before the vote opens, in the order in which they are applied.",
        "late": "purge rules that came later: their effect is shown next to the result and never changes it.",
    },
    season_file.Honours: {
        "keys": "verifier keys of those who signed the certificates of earlier editions in `certificates/`.",
    },
    season_file.Window: {
        "id": "the window's name.",
        "opens_at": "the first instant of the window, with its offset.",
        "closes_at": "the first instant after it.",
        "channels": "the channels it is open for; all if left out.",
    },
    simulation.Simulation: {
        "seed": "the same seed makes the same ballots.",
        "source": "the source whose files are made; its coverage says `synthetic = true`.",
        "ballots": "how many ballots, including attackers'.",
        "voters": "the most fans; attackers' accounts are added.",
        "fans": "the parts of the genuine ballots.",
        "attacks": "the parts of all ballots that attackers cast.",
    },
    simulation.Fans: _said(simulation.Fans),
    simulation.Attacks: _said(simulation.Attacks),
    sources.Source: {
        "id": "the source's name, once per season.",
        "kind": "what a row is; the table below says which columns it needs.",
        "title": "what readers call it.",
        "files": "the files, by a pattern below the season's folder, under `data/`, as in `data/youtube/*.csv`; needed "
        "by every source that is not live.",
        "coverage": "what the source saw.",
        "columns": "our column to the file's; several of the file's are joined by a space. A live source has none.",
        "terms": "what its licence or agreement allows; everything if it is left out.",
        "fetch": "what a live source asks its platform for; given if and only if `kind` is `live`.",
        "platform": "the platform, as in `artists.toml`; needed for counters, posts, readings and live.",
        "publisher": "who publishes it.",
        "url": "where.",
        "licence": "under which licence.",
        "format": "needed if the file's name does not end in one of them (`.gz` and `.zst` may follow a text's).",
        "delimiter": "what separates the fields of a CSV file, as in `;`. By default a comma, or what a first line "
        "`sep=` names.",
        "encoding": "the encoding of a CSV or JSON file, as in `cp949` or `windows-1252`. By default UTF-8, or "
        "UTF-16 and UTF-32 by their marks.",
        "decimal": "the mark before decimals. By default a point, or a comma if thousands have points.",
        "thousands": "the mark between thousands; none by default. A blank also means blanks that do not break a line.",
        "sheet": "the sheet of a workbook that has several.",
        "zone": "an IANA time zone, for times without an offset.",
        "date_at": "the local time that a bare date means. If the clocks skip it that day, or show it twice, it is "
        "the first instant that may be meant.",
        "metrics": "metric to the file's column that holds it.",
        "constants": "our column to one text for all rows.",
        "formats": "our time column to its strptime form, or to `unix s`, `unix ms`, `unix us` or `excel`, if it is "
        "not ISO 8601.",
        "unless": "metric to a yes-or-no column of the file; if that says yes, the metric was not reported.",
        "grain": "column or metric to how coarse it is. For ballots, `cast_at` to `day`, `minute` or `second`: "
        "anything finer is dropped. For counters, a metric to `3 figures`, or to a number of which all its values "
        "are multiples, as in `100`.",
        "stores": "whether a row is a reading of its day, or rows are changes alone, so that the last value remains "
        "valid; `rises`, if falls were not stored.",
        "where": "file's column to the one text a row must have there; other rows are passed over, and counted.",
        "same_rows": "what it means if rows of ballots without an id say the same: they are `one` ballot, or `each` "
        "is a ballot; no default.",
        "replace": "per column of ours, the file's text to ours.",
        "lookup": "per column of ours, a file that translates it; a text that is not in it sets the row aside.",
        "separators": "column of ours to what separates its texts; for `artists`.",
    },
    live_source.Fetch: {
        "what": 'of what the platform offers, as in `["followers", "posts"]`.',
        "accounts": "the accounts to ask about; all that `artists.toml` has of the platform if none is listed.",
        "every": "how often, as in `15m`, `1h` or `1d`: a cycle begins at each multiple of it since midnight UTC.",
        "days": "posts that claim an earlier publication than so many days before the cycle are not asked for.",
        "server": "the address to ask, where a platform has many.",
        "tags": "tags to ask for, where the platform offers that.",
        "directory": "of a stream that is followed: the address that tells accounts' documents, with their keys.",
    },
    terms.Terms: {
        "because": "the licence or agreement that says so.",
        "since": "the day from which it applies, or on which it was read.",
        "keep_days": "so many days an archived body may be kept; any time if it is left out.",
        "derive": "whether figures may be made of it and published.",
        "redistribute": "whether its posts and readings may be published; else only what is made of them.",
    },
    sources.SourceCoverage: {
        "first_on": "the first day seen.",
        "last_on": "the last day seen.",
        "sampling": "in words: which part of everything came into the files.",
        "synthetic": "whether the rows are made up.",
        "gaps": "days not seen.",
    },
    sources.Gap: {
        "first_on": "the first day not seen.",
        "last_on": "the last day not seen.",
        "because": "why.",
        "account": "the one account it applies to; all if left out.",
    },
    sources.Lookup: {
        "file": "a CSV file below the season's folder.",
        "key": "its column with the source's text.",
        "value": "its column with ours.",
    },
    artists._ArtistsFile: {
        "artist": "the artists.",
        "label": "accounts that carry several artists.",
        "collaboration": "posts of several artists: one post by its id, or all posts whose title fits.",
    },
    artists.Artist: {
        "id": "lower case, digits and hyphens; what every table calls the artist.",
        "names": "language to name; the English one is shown, otherwise the first.",
        "kind": "one person or several.",
        "country": "a country; chart rules may ask for it, and firsts are derived from it.",
        "genres": "genres; chart rules may ask for them, and firsts are derived from them.",
        "fandom": "the fans' name.",
        "musicbrainz": "the artist's MusicBrainz id.",
        "accounts": "the artist's accounts.",
        "tags": "official tags, without #; a post with one is a vote where a source of ballots follows a stream.",
        "groups": "ids of the groups that a person belongs to; the chart's rule says whether the group has a part.",
    },
    artists.Account: {
        "platform": "as the source's `platform`.",
        "account": "as the source writes it, character for character.",
    },
    artists.Label: {
        "platform": "as the source's `platform`.",
        "account": "as the source writes it.",
        "patterns": "tried in order; the first that fits decides.",
    },
    artists.Collaboration: {
        "platform": "as the source's `platform`.",
        "artists": "ids in this file, 1 to 40; whose the post is, whatever account lists it.",
        "post": "the post's id, as the source writes it; this or `title`.",
        "title": "a Python regular expression, searched in titles before accounts and labels are considered; the "
        "first that fits decides.",
        "account": "with `title`: only posts of this account; of every account if left out.",
    },
    artists.TitlePattern: {
        "artist": "an id in this file.",
        "title": "a Python regular expression, searched anywhere in the post's title.",
    },
}

ERROR_CASES: Final = {
    "EngineUnavailable": "`--engine spark://10.0.0.5:7077`, and no worker there sees the season's folder",
    "FileRefused": "a folder that is read-only, a disk that is full",
    "NotInstalled": "`plaudit serve`, and `plaudit[serve]` is not installed",
    "UnknownName": "`plaudit chart my-award --week 2030-01-01`",
    "OutOfTurn": "`plaudit tally` before `plaudit nominate`",
    "RuleInvalid": "a misspelt key in `season.toml` or a rule file",
    "RuleFrozen": "a rule file that a certificate cites was changed",
    "TieUnresolved": 'two nominees share first place under `then = "raise"`; a cap would split ballots of one instant',
    "SourceUnavailable": "`files = …` matches no file",
    "SourceRefused": "`--strict`, and a row cannot be used",
    "SourceChanged": "a declared column is not in the file",
    "AllowanceSpent": "a ballot of 10 votes when 3 are left",
    "BallotMalformed": "a ballot without a nominee, or one that the rule voids",
    "KeyReused": "a key sent again with another nominee",
    "SignInNeeded": "a ballot without a session",
    "SlowDown": "more sign-ins from one network than the season allows",
    "UnknownNominee": "a ballot for somebody who is not nominated",
    "VoteClosed": "a ballot at the closing instant",
    "VoteUnavailable": "the disk is full",
    "CheckpointsFork": "`plaudit log mirror` finds a log whose past has changed",
    "EvidenceError": "a measure of a chart adds up to more than 2⁵² in a week",
    "DigestMismatch": "one byte of `evidence/readings.parquet` was changed",
    "NothingMade": "no vote counted, no charted week, or a source of which no row can be used",
    "ProofInvalid": "one number of `published/totals.csv` was changed",
    "SignatureInvalid": "one letter of the certificate was changed",
}


def main(arguments: list[str] | None = None, folder: Path = FOLDER) -> int:
    """Write or check the pages; give the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--check", action="store_true", help="write nothing")
    is_check = parser.parse_args(arguments).check
    old = []
    for name, page in PAGES.items():
        path, text = folder / name, page()
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        old.append(name)
        if not is_check:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    if is_check and old:
        sys.stderr.write(f"{', '.join(old)} not up to date; run: python scripts/write_command_reference.py\n")
        return 1
    return 0


def commands_page() -> str:
    """Give the page of every verb, its arguments and options."""
    command: Any = typer.main.get_command(app)
    lines = [
        "# Commands",
        "",
        f"{MADE} from the commands themselves.",
        "",
        "Results go to stdout, words and progress go to stderr, and the exit code says who must act. With `--json`",
        "stdout holds one JSON value. Every verb can be repeated.",
        "",
        "| exit code | who must act |",
        "|--:|---|",
        "| 0 | nobody |",
        *(f"| {kind.exit_code} | {_first_line(kind)} |" for kind in _heads()),
        "",
        "A wrong option or a missing argument exits with 2 too. See [errors](errors.md).",
        "",
    ]
    for name, verb in command.commands.items():
        if hasattr(verb, "commands"):
            lines += [f"## plaudit {name}", "", verb.help, ""]
            for inner_name, inner in verb.commands.items():
                lines += _verb(f"plaudit {name} {inner_name}", inner, "###")
        else:
            lines += _verb(f"plaudit {name}", verb, "##")
    return _page(lines)


def _verb(name: str, verb: Any, mark: str) -> list[str]:
    given = [param for param in verb.params if param.name != "help"]
    arguments = [param for param in given if not param.opts[0].startswith("-")]
    options = [param for param in given if param.opts[0].startswith("-")]
    usage = " ".join([name, *(_argument(param) for param in arguments), *(["[OPTIONS]"] if options else [])])
    lines = [f"{mark} {name}", "", verb.help, "", f"    {usage}", ""]
    if given:
        lines += ["| | default | meaning |", "|---|---|---|"]
        lines += [f"| `{_argument(param)}` | {_default_of(param)} | {param.help or ''} |" for param in arguments]
        lines += [f"| `{_option(param)}` | {_default_of(param)} | {param.help or ''} |" for param in options]
        lines.append("")
    if verb.epilog:
        lines += [f"{verb.epilog.replace('Example: ', 'Example: `')}`", ""]
    return lines


def _argument(param: Any) -> str:
    return str(param.metavar or param.name.upper()).replace("|", " or ")


def _option(param: Any) -> str:
    is_switch = bool(getattr(param, "is_flag", False))
    value = "" if is_switch else f" {param.metavar or param.name.upper()}"
    return f"{'/'.join([*param.opts, *param.secondary_opts])}{value}"


def _default_of(param: Any) -> str:
    if param.required:
        return "--"
    if getattr(param, "secondary_opts", None):
        return f"`{(param.opts if param.default else param.secondary_opts)[0]}`"
    return f"`{param.default}`" if param.default not in (None, "", False) else "none"


def errors_page() -> str:
    """Give the page of every error class, by who must act."""
    lines = [
        "# Errors",
        "",
        f"{MADE} from `src/plaudit/base/errors.py`.",
        "",
        "An error says what is wrong, with which values, and what to do. It goes to stderr as two lines:",
        "",
        "    plaudit: season.toml, line 22, vote.rul: unknown key 'rul'",
        "      → did you mean 'rule'?",
        "",
        "With `--json`, stdout holds an RFC 9457 problem object with `type`, `title`, `detail`, `remedy`, `exit_code`",
        "and the values of the sentence. A defect in Plaudit itself is not dressed up: it ends in a traceback.",
        "A command that is stopped with Ctrl-C says so and ends with 130. Whatever ends a command, it leaves no half:",
        "see [decision 24](../decisions/0024-a-run-is-made-apart.md).",
        "",
        "Errors are sorted by who must act.",
        "",
        "| class | exit code | what it says | for example |",
        "|---|--:|---|---|",
    ]
    for head in _heads():
        example = f"{ERROR_CASES[head.__name__]} " if head.__name__ in ERROR_CASES else ""
        lines.append(f"| **{head.__name__}** | {head.exit_code} | {_first_line(head)} | {example}|")
        for kind in _kinds(head):
            example = ERROR_CASES[kind.__name__]
            lines.append(f"| {kind.__name__} | {kind.exit_code} | {_first_line(kind)} | {example} |")
    lines += ["", f"All of them are `{errors.PlauditError.__name__}`, so a program that calls Plaudit catches that."]
    lines += [
        "",
        "`BallotRejected` is for ballots taken live, by the vote's server or `plaudit vote import`. A row of a ballot",
        "file that cannot be used is set aside and listed, not raised.",
        "",
    ]
    return _page(lines)


def _heads() -> list[type[errors.PlauditError]]:
    return _kinds(errors.PlauditError)


def _kinds(head: type[errors.PlauditError]) -> list[type[errors.PlauditError]]:
    return [kind for kind in head.__subclasses__() if kind.__module__ == errors.__name__]


def _first_line(kind: type) -> str:
    return (inspect.getdoc(kind) or "").splitlines()[0]


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def season_page() -> str:
    """Give the page of season.toml, artists.toml and honours.csv."""
    lines = [
        "# The files of a season",
        "",
        f"{MADE} from the objects that read the files.",
        "",
        "A key that is not listed here is refused, with its line. `--` in the default column means that the key must",
        "be given. What a season's folder holds: [specification](../spec/season-folder.md).",
        "",
        "## season.toml",
        "",
        *_keys(season_file.SeasonFile),
        "",
        "### Columns by kind of source",
        "",
        "Each needed column is mapped under `[source.columns]` or given under `[source.constants]`.",
        "",
        "| kind | one row is | needed | may be given |",
        "|---|---|---|---|",
    ]
    for kind, (needed, optional) in COLUMNS.items():
        lines.append(f"| `{kind}` | {KIND_ROWS[kind]} | {_codes(_sorted(needed))} | {_codes(_sorted(optional))} |")
    lines += ["", "## artists.toml", "", *_keys(artists._ArtistsFile), ""]
    lines += [
        "No account belongs to two artists, and no name to two artists: both are refused.",
        "",
        "## honours.csv",
        "",
        "The record of past editions, with the header `award,edition,artist,outcome,source,grade`; `order` may follow.",
        "",
        "| column | meaning |",
        "|---|---|",
        "| `award` | as `award` in `season.toml` |",
        "| `edition` | as `edition` in `season.toml` |",
        "| `artist` | an id in `artists.toml` |",
        "| `outcome` | `won` or `nominated`; who won was nominated, so one row is enough |",
        "| `source` | who says so |",
        "| `grade` | `P` primary, `N` news, `F` fan site, `D` derived |",
        "| `order` | a whole number or a date as in 2018-05-20: the edition's place, one for each of the award |",
        "",
        "Editions are put in order by their names where these are the same but for numbers: years (2018), ordinals",
        "(8th), `MAMA 9` and `MAMA 10`, Roman numerals (XII), dates (2018-05-20). Other names tell no order (8th and",
        "2016): they are refused until the column `order` states it. Editions that only certificates name come last.",
        "",
        "Streaks and firsts are derived from the rows and never typed in.",
        "",
    ]
    return _page(lines)


KIND_ROWS: Final = {
    "counters": "one post at one instant, with a column per metric",
    "posts": "one post, with its final metrics in columns, if any",
    "readings": "one metric of one post or account at one instant",
    "ballots": "one act of voting",
    "totals": "one nominee's running total in one channel, counted by somebody else",
    "voters": "what a source states of one voter: its state, whom it is linked to, its network",
    "live": "one answer of a platform: its rows are posts, readings and deletions; see `fetch` above",
}


def _sorted(names: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(names))


def _keys(shape: type[msgspec.Struct]) -> list[str]:
    head = ["| key | type | default | meaning |", "|---|---|---|---|"]
    return head + [f"| {' | '.join(row)} |" for row in _rows(shape, "")]


def _rows(shape: type[msgspec.Struct], above: str) -> Iterator[tuple[str, str, str, str]]:
    info = shapes.type_info(shape)
    assert isinstance(info, shapes.StructType)
    for field in info.fields:
        inner, is_array = _struct(field.type)
        key = f"{above}{field.encode_name}{'[]' if is_array else ''}"
        yield f"`{key}`", _type(field.type), _default(field), MEANINGS[shape][field.name]
        if inner:
            any_name = "*." if isinstance(field.type, shapes.DictType) else ""
            yield from _rows(inner, f"{key}.{any_name}")


def _struct(info: Any) -> tuple[type[msgspec.Struct] | None, bool]:
    for option in info.types if isinstance(info, shapes.UnionType) else (info,):
        if isinstance(option, shapes.StructType):
            return option.cls, False
        if isinstance(option, shapes.VarTupleType) and isinstance(option.item_type, shapes.StructType):
            return option.item_type.cls, True
        if isinstance(option, shapes.DictType) and isinstance(option.value_type, shapes.StructType):
            return option.value_type.cls, False
    return None, False


def _type(info: Any) -> str:
    words: dict[type, str] = {
        shapes.StrType: "text",
        shapes.BoolType: "true or false",
        shapes.DateType: "date",
        shapes.DateTimeType: "time with its offset",
        shapes.TimeType: "local time",
        shapes.StructType: "table",
    }
    if isinstance(info, shapes.UnionType):
        return " or ".join(_type(option) for option in info.types if not isinstance(option, shapes.NoneType))
    if isinstance(info, shapes.LiteralType):
        return ", ".join(f'`"{value}"`' for value in sorted(map(str, info.values)) if value)
    if isinstance(info, shapes.IntType):
        return "integer" if info.ge is None else f"integer, at least {info.ge}"
    if isinstance(info, shapes.VarTupleType):
        inner = info.item_type
        return "array of tables" if isinstance(inner, shapes.StructType) else f"list of {_type(inner)}"
    if isinstance(info, shapes.DictType):
        return f"table of {_plural(_type(info.value_type))}"
    return words[type(info)]


def _plural(words: str) -> str:
    return re.sub(r"^(text|table)\b", r"\1s", words)


def _default(field: shapes.Field) -> str:
    if field.required:
        return "--"
    if field.default_factory is not msgspec.NODEFAULT:
        return "empty"
    if field.default in (None, (), ""):
        return "none" if field.default is None else "empty"
    return f"`{field.default}`"


def _page(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


PAGES: Final[dict[str, Callable[[], str]]] = {
    "commands.md": commands_page,
    "errors.md": errors_page,
    "season.md": season_page,
}


if __name__ == "__main__":
    sys.exit(main())
