"""Every table of a season, declared once: who makes it, what a row is, its columns with their units, key and order.

Instants are int64 microseconds since 1970-01-01T00:00Z, UTC. Weeks and days are
dates as text (2018-05-18), so that no engine's date type can differ.

Nothing else lists tables. What collects, certifies, seals, discards or documents them
asks here; docs/reference/tables.md is written from here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from plaudit.base.errors import UnknownName
from plaudit.base.spelling import meant
from plaudit.store.table import Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CERTIFIED", "TABLES", "TELLING", "made_by", "table"]


def _table(
    name: str,
    step: str,
    row: str,
    columns: str,
    key: str,
    *,
    order: str = "",
    partition: str = "",
    rising: str = "",
    is_certified: bool = False,
    tells_count: bool = False,
) -> Table:
    """Declare a table.

    Columns are written as name:type, of numbers as name:type:unit; `?` after the type for what a row may lack,
    `=a|b` after it for the only texts that it holds, `>=1` after the unit for the least number if it is not 0.
    """
    return Table(
        name,
        step,
        row,
        dict(_columns(columns)),
        tuple(key.split()),
        tuple((order or key).split()),
        partition,
        tuple(rising.split()),
        is_certified,
        tells_count,
    )


def _columns(columns: str) -> Iterator[tuple[str, Column]]:
    for column in columns.split():
        name, kind, *unit = column.split(":")
        kind, _, words = kind.partition("=")
        named, _, least = (unit or [""])[0].partition(">=")
        yield (
            name,
            Column(
                kind.rstrip("?"),
                named,
                kind.endswith("?"),
                tuple(words.split("|")) if words else (),
                int(least or 0),
            ),
        )


_DECLARED: Final = (
    _table(
        "posts",
        "collect",
        "one post as it was known last; its artist is null if it is unattributed, and several are separated by spaces",
        "platform:word post:string account:string artist:string? published_at:int64:us "
        "media:word=photo|video|text|unknown is_repost:bool title:string source:word row:int64:number>=1",
        "platform post",
        is_certified=True,
    ),
    _table(
        "credits",
        "collect",
        "one artist of one post from one instant until another, of how many artists, and what the post was then",
        "platform:word post:string from_at:int64:us artist:string until_at:int64:us artists:int64:artists>=1 "
        "media:word=photo|video|text|unknown is_repost:bool",
        "platform post from_at artist",
        is_certified=True,
    ),
    _table(
        "readings",
        "collect",
        "one number a platform reported for one post or account at one instant; falls if below the one before",
        "platform:word account:string post:string artist:string? metric:word observed_at:int64:us "
        "value:int64:metric falls:bool source:word row:int64:number>=1",
        "platform account post metric observed_at",
        is_certified=True,
    ),
    _table(
        "ballots",
        "collect",
        "one act of voting, as a source or the vote gave it; a post that names two nominees is two rows",
        "ballot:int64:number channel:word nominee:word votes:int32:votes>=1 cast_at:int64:us voter:int64:number "
        "gesture:word=vote|post|repost|quote tags:int16:nominees>=1 is_deleted:bool is_private:bool "
        "account_created_at:int64?:us post:string source:word",
        "ballot",
        partition="day",
        rising="cast_at ballot",
        is_certified=True,
        tells_count=True,
    ),
    _table(
        "source_totals",
        "collect",
        "one nominee's running total in one channel at one instant, counted by somebody else",
        "channel:word nominee:string observed_at:int64:us votes:int64:votes source:word row:int64:number>=1",
        "channel nominee observed_at",
        is_certified=True,
        tells_count=True,
    ),
    _table(
        "voter_facts",
        "collect",
        "one thing that a source states of a voter: state, linked or network",
        "voter:int64:number fact:word=linked|network|state value:string source:word row:int64:number>=1",
        "voter fact value",
        is_certified=True,
        tells_count=True,
    ),
    _table(
        "set_aside",
        "collect",
        "one source row that could not be used, and why",
        "source:word file:string row:int64:number reason:string detail:string",
        "source file row reason",
        is_certified=True,
    ),
    _table(
        "source_files",
        "collect",
        "one file of a source: rows read, passed over by where, and set aside; the others were taken",
        "source:word file:string rows:int64:rows passed_over:int64:rows set_aside:int64:rows",
        "source file",
        is_certified=True,
        tells_count=True,
    ),
    _table(
        "mappings",
        "collect",
        "what one key of a source did to rows of one nominee: where passed them over, replace or lookup put ours in "
        "the place of what was said, unless left a metric out",
        "source:word key:word column:string said:string ours:string nominee:string rows:int64:rows",
        "source key column said ours nominee",
        is_certified=True,
        tells_count=True,
    ),
    _table(
        "coverage",
        "collect",
        "what a live source asked about one account and metric in one hour, how often, what came of it, and in how "
        "many cycles it asked nothing; no account and no metric if the request names none",
        "source:word account:string metric:string hour_at:int64:us asked:int64:asks answered:int64:asks "
        "absent:int64:asks refused:int64:asks limited:int64:asks failed:int64:asks missing:int64:cycles",
        "source account metric hour_at",
        is_certified=True,
    ),
    _table(
        "deletions",
        "collect",
        "one post that a platform said at one instant is gone: its author or the platform withdrew it",
        "platform:word post:string account:string observed_at:int64:us source:word row:int64:number>=1",
        "platform post observed_at source",
        is_certified=True,
    ),
    _table(
        "checkpoints",
        "collect",
        "the checkpoint of the archive that live sources were read to: so many records, under one root",
        "origin:string size:int64:records root:string key:string",
        "origin",
        is_certified=True,
    ),
    _table(
        "weeks",
        "measure",
        "one week of one chart: days seen and whether there is a chart",
        "chart:word week:string starts_at:int64:us ends_at:int64:us days_seen:int32:days verdict:word "
        "missing:string unfed:string",
        "chart week",
    ),
    _table(
        "gains",
        "measure",
        "what one post or account of one artist gained in one metric in one week, between which readings, and "
        "among how many artists the gain is divided",
        "chart:word week:string platform:word account:string post:string artist:string metric:word "
        "baseline:int64:metric baseline_at:int64:us reached:int64:metric last_value:int64:metric "
        "last_at:int64:us gain:int64:metric grain:int64:metric fell:int64:flag recovered:int64:flag "
        "gap_at_start:int64:flag gap_at_end:int64:flag shared_by:int64:artists",
        "chart week platform account post metric artist",
    ),
    _table(
        "measures",
        "measure",
        "one artist, one week, one quantity and its flags: how many of its posts or accounts each is true of",
        "chart:word week:string artist:string measure:word value:int64:unit unit:word grain:int64:unit "
        "fell:int64:sources recovered:int64:sources gap_at_start:int64:sources gap_at_end:int64:sources "
        "account_gap:bool",
        "chart week measure artist",
    ),
    _table(
        "growth",
        "measure",
        "one counter of one account on one day or in one week that was seen: what it stood at, what was added since "
        "it was last seen before, and between which numbers that lies; a day that was not seen has no row",
        "artist:string platform:word account:string metric:word span:word=day|week starts_on:string "
        "days_known:int32:days>=1 days:int32:days value:int64:metric read_at:int64:us grain:int64:metric "
        "change:int64?:metric>=-9007199254740992 least:int64?:metric>=-9007199254740992 "
        "most:int64?:metric>=-9007199254740992 gain:int64?:metric fell:bool recovered:bool rises_only:bool",
        "platform account metric span starts_on",
    ),
    _table(
        "bursts",
        "measure",
        "one run of days on which one counter gained far more than it used to, with the posts (JSON) and events of "
        "those days",
        "artist:string platform:word account:string metric:word first_on:string last_on:string gain:int64:metric "
        "least:int64:metric median:int64:metric peak_on:string peak_gain:int64:metric grain:int64:metric "
        "rises_only:bool posts:string events:string",
        "platform account metric first_on",
    ),
    _table(
        "milestones",
        "measure",
        "one count that one counter passed: between which two readings, and whether it was read below it again",
        "artist:string platform:word account:string post:string metric:word milestone:int64:metric>=1 "
        "below:int64:metric below_at:int64:us reached_at:int64:us reached_on:string value:int64:metric "
        "grain:int64:metric fell_back:bool rises_only:bool",
        "platform account post metric milestone",
    ),
    _table(
        "first_hours",
        "measure",
        "one counter of one post at one age, counted from its first reading: the last reading by then",
        "artist:string platform:word post:string metric:word hours:int32:hours first_at:int64:us read_at:int64:us "
        "value:int64:metric grain:int64:metric readings:int64:readings>=1",
        "platform post metric hours",
    ),
    _table(
        "parts",
        "chart",
        "one part of one entry's points: value of total, weighted",
        "chart:word week:string artist:string measure:word value:int64:measure total:int64:measure "
        "weight_ppm:int64:ppm points:int64:points",
        "chart week artist measure",
    ),
    _table(
        "entries",
        "chart",
        "one entry of one chart",
        "chart:word week:string position:int32:position artist:string points:int64:points exact:string "
        "last_week:int32:position peak:int32:position weeks_on_chart:int32:charts weeks_at_no_1:int32:charts "
        "streak:int32:charts streak_at_no_1:int32:charts status:word verdict:word flags:string",
        "chart week artist",
        order="chart week position artist",
    ),
    _table(
        "releases",
        "chart",
        "one release of one week of one chart: 1 at its hour, and one more with each correction",
        "chart:word week:string release:int32:number>=1 index:int64:number released_at:int64:us "
        "corrected_week:string because:string moved:int32:artists sha256:string",
        "chart week release",
    ),
    _table(
        "superseded",
        "chart",
        "one entry of a release that a correction replaced, as it was published",
        "chart:word week:string release:int32:number>=1 position:int32:position artist:string points:int64:points "
        "last_week:int32:position peak:int32:position weeks_on_chart:int32:charts weeks_at_no_1:int32:charts "
        "status:word",
        "chart week release artist",
        order="chart week release position artist",
    ),
    _table(
        "nominees",
        "nominate",
        "one nominee of the edition and the ground for it; source is what is stated of those who are named",
        "nominee:string name:string ground:word points:int64:points charts:int32:charts source:string",
        "nominee",
    ),
    _table(
        "suspects",
        "audit",
        "one voter whom a purge rule matched, in which case, and the numbers it was matched on",
        "rule:word case:int64:number voter:int64:number evidence:string",
        "rule voter",
        order="rule case voter",
        tells_count=True,
    ),
    _table(
        "trials",
        "audit",
        "one voter whom a purge rule would match at half or double its threshold",
        "rule:word threshold:word voter:int64:number",
        "rule threshold voter",
        tells_count=True,
    ),
    _table(
        "cases",
        "audit",
        "one case of a purge rule: voters matched together, their ballots, and what becomes of them",
        "rule:word case:int64:number outcome:word voters:int64:voters ballots:int64:ballots votes:int64:votes "
        "first_ballot:int64:number last_ballot:int64:number first_at:int64:us last_at:int64:us "
        "evidence:string",
        "rule case",
        tells_count=True,
    ),
    _table(
        "rulings",
        "audit",
        "one ballot under one purge rule: set aside, also (an earlier rule did), late or reinstated",
        "ballot:int64:number rule:word case:int64:number outcome:word",
        "ballot rule",
        tells_count=True,
    ),
    _table(
        "totals",
        "tally",
        "one nominee in one channel: where each ballot and vote went",
        "nominee:string channel:word ballots_cast:int64:ballots ballots_counted:int64:ballots "
        "ballots_over_cap:int64:ballots ballots_outside_window:int64:ballots ballots_void:int64:ballots "
        "ballots_set_aside:int64:ballots votes_cast:int64:votes votes_counted:int64:votes "
        "votes_over_cap:int64:votes votes_outside_window:int64:votes votes_void:int64:votes "
        "votes_set_aside:int64:votes votes_weighted:int64:votes",
        "nominee channel",
        tells_count=True,
    ),
    _table(
        "voids",
        "tally",
        "why ballots of one nominee in one channel are void",
        "nominee:string channel:word reason:string ballots:int64:ballots votes:int64:votes",
        "nominee channel reason",
        tells_count=True,
    ),
    _table(
        "result",
        "tally",
        "one nominee's result: votes, or parts per million with shares; exact shows who is ahead if they are equal",
        "position:int32:position nominee:string value:int64:unit exact:string unit:word is_winner:bool",
        "nominee",
        order="position nominee",
        tells_count=True,
    ),
    _table(
        "days",
        "tally",
        "one nominee in one channel on one voting day: where each vote went before any purge, or after it",
        "nominee:string channel:word number:int32:number way:word day:word votes_cast:int64:votes "
        "votes_counted:int64:votes votes_over_cap:int64:votes votes_outside_window:int64:votes "
        "votes_void:int64:votes votes_set_aside:int64:votes",
        "nominee channel number way",
        tells_count=True,
    ),
    _table(
        "purged",
        "tally",
        "what one purge rule ruled on of one nominee in one channel on one voting day, by outcome",
        "nominee:string channel:word number:int32:number day:word rule:word outcome:word "
        "ballots:int64:ballots votes:int64:votes",
        "nominee channel number rule outcome",
        tells_count=True,
    ),
    _table(
        "findings",
        "check",
        "one check of one subject and its verdict: passes, fails, alarm or not checked; found and expected are JSON",
        "check:word subject:string verdict:word found:string expected:string repeat:string",
        "check subject",
        tells_count=True,
    ),
    _table(
        "sensitivity",
        "check",
        "one result under other rules than the season's: who wins, by what margin, and whether the winner is another",
        "scenario:string kind:word winners:string value:int64:result second:string second_value:int64:result "
        "margin:int64:result votes_set_aside:int64:votes changes:bool",
        "scenario",
        order="kind scenario",
        tells_count=True,
    ),
    _table(
        "chart_sensitivity",
        "check",
        "one entry of the first ten: in how many other weightings it stays there, its best and worst position",
        "chart:word week:string artist:string position:int32:position scenarios:int32:scenarios "
        "stays:int32:scenarios best:int32:position worst:int32:position",
        "chart week artist",
        order="chart week position artist",
    ),
    _table(
        "honours",
        "honour",
        "one title or nomination of the record",
        "award:string edition:string artist:string outcome:word source:string grade:word edition_order:string",
        "award edition artist",
    ),
)

TABLES: Final[dict[str, Table]] = {declared.name: declared for declared in _DECLARED}
CERTIFIED: Final = tuple(name for name, declared in TABLES.items() if declared.is_certified)
"""The tables whose files a certificate cites."""
TELLING: Final = frozenset(name for name, declared in TABLES.items() if declared.tells_count)
"""The tables that tell of the count."""


def made_by(step: str) -> tuple[str, ...]:
    """Give the names of the tables that a step makes.

    Examples
    --------
    >>> made_by("chart")
    ('parts', 'entries', 'releases', 'superseded')
    """
    return tuple(name for name, declared in TABLES.items() if declared.step == step)


def table(name: str) -> Table:
    """Give a declared table.

    Raises
    ------
    UnknownName : no table of that name.
    """
    if name not in TABLES:
        raise UnknownName(f"no table {name!r}", meant(name, TABLES, f"choose one of: {', '.join(TABLES)}"), table=name)
    return TABLES[name]
