"""Every table of a season, declared once: what a row is, its columns, key and order.

Instants are int64 microseconds since 1970-01-01T00:00Z, UTC. Weeks and days are
dates as text (2018-05-18), so that no engine's date type can differ.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import ibis
import pyarrow as pa

from plaudit.base.errors import UnknownName

__all__ = ["TABLES", "Table", "table"]


@dataclass(frozen=True)
class Table:
    """One table.

    key : the columns no two rows share.
    order : the columns rows are sorted by when written; always ends with the key.
    partition : the column whose values name sub-folders, or nothing.
    rising : the int64 columns whose values mostly grow from row to row.
    """

    name: str
    row: str
    columns: dict[str, str]
    key: tuple[str, ...]
    order: tuple[str, ...]
    partition: str = ""
    rising: tuple[str, ...] = ()

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema, columns in declared order."""
        return pa.schema([pa.field(name, _ARROW[kind]) for name, kind in self.columns.items()])

    @property
    def ibis_schema(self) -> ibis.Schema:
        """The same, as Ibis writes it."""
        return ibis.schema({name: "string" if kind == "word" else kind for name, kind in self.columns.items()})


_ARROW: Final = {
    "string": pa.string(),
    "word": pa.string(),  # a text of few distinct values
    "int64": pa.int64(),
    "int32": pa.int32(),
    "int16": pa.int16(),
    "bool": pa.bool_(),
}


def _table(
    name: str, row: str, columns: str, key: str, *, order: str = "", partition: str = "", rising: str = ""
) -> Table:
    kinds = dict(column.split(":") for column in columns.split())
    return Table(name, row, kinds, tuple(key.split()), tuple((order or key).split()), partition, tuple(rising.split()))


_DECLARED: Final = (
    _table(
        "posts",
        "one post as it was known last; its artist is null where it is nobody's, and several have spaces between",
        "platform:word post:string account:string artist:string published_at:int64 media:word is_repost:bool "
        "title:string source:word row:int64",
        "platform post",
    ),
    _table(
        "credits",
        "one artist of one post from one instant until another, of how many artists, and what the post was then",
        "platform:word post:string from_at:int64 artist:string until_at:int64 artists:int64 media:word is_repost:bool",
        "platform post from_at artist",
    ),
    _table(
        "readings",
        "one number a platform reported for one post or account at one instant; falls if below the one before",
        "platform:word account:string post:string artist:string metric:word observed_at:int64 value:int64 "
        "falls:bool source:word row:int64",
        "platform account post metric observed_at",
    ),
    _table(
        "ballots",
        "one act of voting, as a source or the vote gave it; a post that names two nominees is two rows",
        "ballot:int64 channel:word nominee:word votes:int32 cast_at:int64 voter:int64 gesture:word tags:int16 "
        "is_deleted:bool is_private:bool account_created_at:int64 post:string source:word",
        "ballot",
        partition="day",
        rising="cast_at ballot",
    ),
    _table(
        "source_totals",
        "one nominee's running total in one channel at one instant, counted by somebody else",
        "channel:word nominee:string observed_at:int64 votes:int64 source:word row:int64",
        "channel nominee observed_at",
    ),
    _table(
        "set_aside",
        "one source row that could not be used, and why",
        "source:word file:string row:int64 reason:string detail:string",
        "source file row reason",
    ),
    _table(
        "source_files",
        "one file of a source: rows read, passed over by where, and set aside; the others were taken",
        "source:word file:string rows:int64 passed_over:int64 set_aside:int64",
        "source file",
    ),
    _table(
        "weeks",
        "one week of one chart: days seen and whether there is a chart",
        "chart:word week:string starts_at:int64 ends_at:int64 days_seen:int32 verdict:word missing:string unfed:string",
        "chart week",
    ),
    _table(
        "gains",
        "what one post or account of one artist gained in one metric in one week, between which readings, and among "
        "how many artists the gain is divided",
        "chart:word week:string platform:word account:string post:string artist:string metric:word baseline:int64 "
        "baseline_at:int64 reached:int64 last_value:int64 last_at:int64 gain:int64 grain:int64 fell:int64 "
        "recovered:int64 gap_at_start:int64 gap_at_end:int64 shared_by:int64",
        "chart week platform account post metric artist",
    ),
    _table(
        "measures",
        "one artist, one week, one quantity and its flags: how many of its posts or accounts each is true of",
        "chart:word week:string artist:string measure:word value:int64 unit:word grain:int64 fell:int64 "
        "recovered:int64 gap_at_start:int64 gap_at_end:int64 account_gap:bool",
        "chart week measure artist",
    ),
    _table(
        "parts",
        "one part of one entry's points: value of total, weighted",
        "chart:word week:string artist:string measure:word value:int64 total:int64 weight_ppm:int64 points:int64",
        "chart week artist measure",
    ),
    _table(
        "entries",
        "one entry of one chart",
        "chart:word week:string position:int32 artist:string points:int64 exact:string last_week:int32 peak:int32 "
        "weeks_on_chart:int32 weeks_at_no_1:int32 streak:int32 streak_at_no_1:int32 status:word verdict:word "
        "flags:string",
        "chart week artist",
        order="chart week position artist",
    ),
    _table(
        "nominees",
        "one nominee of the edition and the ground for it",
        "nominee:string name:string ground:word points:int64 charts:int32 source:string",
        "nominee",
    ),
    _table(
        "voter_facts",
        "one thing that a source states of a voter: state, linked or network",
        "voter:int64 fact:word value:string source:word row:int64",
        "voter fact value",
    ),
    _table(
        "suspects",
        "one voter whom a purge rule matched, in which case, and the numbers it was matched on",
        "rule:word case:int64 voter:int64 evidence:string",
        "rule voter",
        order="rule case voter",
    ),
    _table(
        "trials",
        "one voter whom a purge rule would match at half or double its threshold",
        "rule:word threshold:word voter:int64",
        "rule threshold voter",
    ),
    _table(
        "cases",
        "one case of a purge rule: voters matched together, their ballots, and what becomes of them",
        "rule:word case:int64 outcome:word voters:int64 ballots:int64 votes:int64 first_ballot:int64 "
        "last_ballot:int64 first_at:int64 last_at:int64 evidence:string",
        "rule case",
    ),
    _table(
        "rulings",
        "one ballot under one purge rule: set aside, also (an earlier rule did), late or reinstated",
        "ballot:int64 rule:word case:int64 outcome:word",
        "ballot rule",
    ),
    _table(
        "totals",
        "one nominee in one channel: where each ballot and vote went",
        "nominee:string channel:word ballots_cast:int64 ballots_counted:int64 ballots_over_cap:int64 "
        "ballots_outside_window:int64 ballots_void:int64 ballots_set_aside:int64 votes_cast:int64 "
        "votes_counted:int64 votes_over_cap:int64 votes_outside_window:int64 votes_void:int64 "
        "votes_set_aside:int64 votes_weighted:int64",
        "nominee channel",
    ),
    _table(
        "voids",
        "why ballots of one nominee in one channel are void",
        "nominee:string channel:word reason:string ballots:int64 votes:int64",
        "nominee channel reason",
    ),
    _table(
        "result",
        "one nominee's result: votes, or parts per million with shares; exact tells who is ahead where they are equal",
        "position:int32 nominee:string value:int64 exact:string unit:word is_winner:bool",
        "nominee",
        order="position nominee",
    ),
    _table(
        "days",
        "one nominee in one channel on one voting day: where each vote went before any purge, or after it",
        "nominee:string channel:word number:int32 way:word day:word votes_cast:int64 votes_counted:int64 "
        "votes_over_cap:int64 votes_outside_window:int64 votes_void:int64 votes_set_aside:int64",
        "nominee channel number way",
    ),
    _table(
        "purged",
        "what one purge rule ruled on of one nominee in one channel on one voting day, by outcome",
        "nominee:string channel:word number:int32 day:word rule:word outcome:word ballots:int64 votes:int64",
        "nominee channel number rule outcome",
    ),
    _table(
        "findings",
        "one check of one subject and its verdict: passes, fails, alarm or not checked",
        "check:word subject:string verdict:word found:string expected:string repeat:string",
        "check subject",
    ),
    _table(
        "sensitivity",
        "one result under other rules than the season's: who wins, by what margin, and whether the winner is another",
        "scenario:string kind:word winners:string value:int64 second:string second_value:int64 margin:int64 "
        "votes_set_aside:int64 changes:bool",
        "scenario",
        order="kind scenario",
    ),
    _table(
        "chart_sensitivity",
        "one entry of the first ten: in how many other weightings it stays there, its best and worst position",
        "chart:word week:string artist:string position:int32 scenarios:int32 stays:int32 best:int32 worst:int32",
        "chart week artist",
        order="chart week position artist",
    ),
    _table(
        "honours",
        "one title or nomination of the record",
        "award:string edition:string artist:string outcome:word source:string grade:word edition_order:string",
        "award edition artist",
    ),
)

TABLES: Final[dict[str, Table]] = {declared.name: declared for declared in _DECLARED}


def table(name: str) -> Table:
    """Give a declared table.

    Raises
    ------
    UnknownName : no table of that name.
    """
    if name not in TABLES:
        raise UnknownName(f"no table {name!r}", f"choose one of: {', '.join(TABLES)}", table=name)
    return TABLES[name]
