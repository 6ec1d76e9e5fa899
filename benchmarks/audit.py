"""Error rates of the shipped purge rules, on simulated seasons whose truth is known.

    python benchmarks/audit.py --held-out --write

Seasons differ in seed, size, counting rule and mix: no attack at all, streaming
parties, newcomers, drives, every attack alone, all together. Thresholds were chosen on
the tuning seeds; `--held-out` measures on seeds that no threshold was chosen on.
A vote here is one that would count if nothing were set aside: within the window,
for a nominee, under the cap. Votes over the cap are nobody's gain.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import plaudit.audit.methods  # noqa: F401 - registers every method
from plaudit.audit.matched import match, seen_by
from plaudit.rulebook.counting_rule import CountingRule
from plaudit.rulebook.library import RuleLibrary
from plaudit.rulebook.purge_rule import PurgeRule
from plaudit.rulebook.simulation import Attacks, Fans, Simulation
from plaudit.rulebook.windows import VotingWindow, periods
from plaudit.simulate.simulate import ATTACKS, CRUDE, simulate_ballots
from plaudit.store.evidence import Evidence
from plaudit.store.parquet import write_table
from plaudit.store.tables import table

TUNING_SEED, HELD_OUT_SEED = 1_000, 9_000_000
"""Seasons of each set have this seed and the ones after it."""
DAY = 86_400_000_000
WINDOW = VotingWindow("vote", 1_526_313_600_000_000, 1_526_862_600_000_000)
NOMINEES = [("bts", 900_000), ("swift", 400_000), ("mars", 100_000), ("eminem", 90_000), ("sheeran", 30_000)]
RULES = ("bbma-2018@1", "one-a-day@1", "mama-2024@1", "iheart-2018@1")
PURGES = (
    "account-state@2",
    "linked-accounts@1",
    "regular-gaps@1",
    "sleepless@1",
    "young-burst@2",
    "young-clock@1",
    "lockstep@1",
    "repost-clique@1",
    "one-network@1",
)
"""The rules that are recommended, all of them together."""
APART = ("account-state@1", "young-burst@1")
"""Rules that a season may still declare; measured beside the others, and in none of their sums."""
PAGE = Path(__file__).parents[1] / "docs" / "audit" / "error-rates.md"
BEGINS, ENDS = "<!-- measured -->", "<!-- end of measured -->"


@dataclass(frozen=True)
class Mix:
    """One kind of season: what is in it, and how many ballots and fans."""

    name: str
    ballots: int
    voters: int
    fans: Mapping[str, int] = field(default_factory=dict)
    attacks: Mapping[str, int] = field(default_factory=dict)


ALL = {f"{name}_ppm": 10_000 for name in ATTACKS}
PARTIES = {"party_ppm": 500_000, "devoted_ppm": 250_000}
COUNTDOWNS = {"countdown_ppm": 300_000, "devoted_ppm": 250_000}
NEWCOMERS = {"newcomer_ppm": 400_000, "devoted_ppm": 250_000}
DRIVES = {"drive_ppm": 200_000, "devoted_ppm": 250_000}


def countdowns(guests: int, seconds: int, a_day: int, ballots: int) -> Mix:
    """Give a season with parties whose guests begin when a countdown ends."""
    fans = {"countdown_guests": guests, "countdown_seconds": seconds, "countdown_a_day": a_day}
    name = f"countdowns, {guests:,} guests, {seconds} s, {a_day} a day"
    return Mix(name, ballots, ballots // 4, {**COUNTDOWNS, **fans})


def drives(guests: int, seconds: int, ballots: int, attacks: Mapping[str, int] | None = None, more: str = "") -> Mix:
    """Give a season with newcomers who make their accounts on one cue and come to a daily countdown."""
    fans = {**DRIVES, "drive_guests": guests, "drive_seconds": seconds}
    return Mix(f"drives, {guests:,} guests, {seconds} s{more}", ballots, ballots // 4, fans, attacks or {})


MIXES = (
    Mix("no attack", 300_000, 80_000),
    Mix("no attack, large", 1_200_000, 400_000),
    Mix("no attack, small", 60_000, 15_000),
    Mix("parties", 400_000, 100_000, PARTIES),
    Mix("mass parties", 400_000, 200_000, {**PARTIES, "party_guests": 10_000}),
    Mix("notified", 400_000, 100_000, {"notified_ppm": 200_000}),
    Mix("newcomers", 400_000, 200_000, NEWCOMERS),
    *(
        countdowns(guests, seconds, a_day, ballots)
        for guests, ballots in ((300, 200_000), (3_000, 500_000))
        for seconds in (3, 8)
        for a_day in (1, 2)
    ),
    *(drives(guests, seconds, 200_000) for guests in (60, 300) for seconds in (3, 8)),
    *(drives(3_000, seconds, 400_000) for seconds in (3, 8)),
    *(drives(guests, 3, 400_000, {"farm_ppm": 40_000}, ", farms") for guests in (60, 300, 3_000)),
    *(Mix(f"{name} alone", 150_000, 40_000, {}, {f"{name}_ppm": 40_000}) for name in ATTACKS),
    Mix("all", 400_000, 100_000, {}, ALL),
    Mix("all, parties and newcomers", 600_000, 250_000, {"party_ppm": 300_000, "newcomer_ppm": 200_000}, ALL),
    Mix("all and countdowns", 600_000, 150_000, {**COUNTDOWNS, "countdown_guests": 3_000, "countdown_seconds": 3}, ALL),
    Mix("all and drives", 600_000, 150_000, {**DRIVES, "drive_seconds": 3}, ALL),
    Mix("all, large shares", 200_000, 50_000, {}, dict.fromkeys(ALL, 50_000)),
)


@dataclass(frozen=True)
class Measured:
    """One season under one rule.

    votes : kind of voter to votes that count, votes each purge rule took, and votes that any set-aside rule took
    voters : the same of voters
    """

    mix: str
    rule: str
    seed: int
    votes: dict[str, dict[str, int]]
    voters: dict[str, dict[str, int]]
    seconds: float

    @property
    def lost(self) -> float:
        """The part of the genuine votes that was set aside, by all rules together."""
        return self.part(genuine_kinds(self.votes))

    def part(self, kinds: Sequence[str], by: str = "any") -> float:
        """The part of the votes of some kinds that was set aside."""
        there = sum(self.votes[kind]["count"] for kind in kinds)
        return sum(self.votes[kind][by] for kind in kinds) / there if there else 0.0


def genuine_kinds(votes: Mapping[str, object]) -> list[str]:
    return [kind for kind in votes if kind not in ATTACKS]


def purge_rules() -> list[PurgeRule]:
    """Give the rules that are measured: those recommended, then those apart."""
    found = [RuleLibrary().cited(name).rule for name in (*PURGES, *APART)]
    assert all(isinstance(rule, PurgeRule) for rule in found)
    return [rule for rule in found if isinstance(rule, PurgeRule)]


def sets_aside(rule: PurgeRule) -> bool:
    """Say whether a rule is a recommended one that sets aside."""
    return rule.does == "set aside" and rule.name in PURGES


def measure(mix: Mix, rule_name: str, seed: int, purges: Sequence[PurgeRule]) -> Measured:
    """Simulate one season, let every purge rule match, and hold it against the truth."""
    counting = RuleLibrary().cited(rule_name).rule
    assert isinstance(counting, CountingRule)
    ballots = max(1, mix.ballots // (2 if rule_name == "one-a-day@1" else 1))
    plan = Simulation(seed, "x", ballots, mix.voters, Fans(**mix.fans), Attacks(**mix.attacks))
    with tempfile.TemporaryDirectory(prefix="plaudit-audit-") as scratch:
        folder = Path(scratch)
        simulate_ballots(plan, NOMINEES, counting, [WINDOW], folder / "simulated")
        tables = Evidence(folder)
        cast = collected(folder / "simulated")
        write_table(cast, folder / "ballots" / "day=all" / "part-0.parquet")
        known = tables.staged(voter_facts(pq.read_table(folder / "simulated" / "about" / "voters.parquet")))
        truth = pq.read_table(folder / "simulated" / "about" / "truth.parquet")
        began = time.perf_counter()
        taken = {rule.name: tables.to_arrow(matched_ballots(rule, tables, known, counting)) for rule in purges}
        seconds = time.perf_counter() - began
        aside = [rule.name for rule in purges if sets_aside(rule)]
        votes, voters = held_against(cast, truth, taken, aside, counting)
    return Measured(mix.name, rule_name, seed, votes, voters, seconds)


def matched_ballots(rule: PurgeRule, tables: Evidence, known: ibis.Table, counting: CountingRule) -> ibis.Table:
    """Give the ballots a rule takes; of one that only flags, the ballots of those it flags."""
    seen = seen_by(rule, tables.read("ballots"), known, counting, [WINDOW], tables.materialize)
    matched = match(rule, seen)
    if matched.sets_aside:
        return matched.taken.select("ballot")
    return seen.ballots.semi_join(matched.suspects, "voter").select("ballot")


def collected(folder: Path) -> pa.Table:
    """Give simulated ballots as the table ballots; files and rows are in order of time."""
    cast = pa.concat_tables([pq.read_table(path) for path in sorted(folder.glob("*.parquet"))])
    missing = {
        "ballot": pa.array(range(len(cast)), pa.int64()),
        "is_deleted": pa.repeat(pa.scalar(value=False), len(cast)),
        "is_private": pa.repeat(pa.scalar(value=False), len(cast)),
        "source": pa.repeat("synthetic", len(cast)),
    }
    for name, column in missing.items():
        cast = cast.append_column(name, column)
    return cast.select(list(table("ballots").columns)).cast(table("ballots").schema).replace_schema_metadata(None)


def voter_facts(known: pa.Table) -> pa.Table:
    """Give one row a fact."""
    parts = []
    for fact in ("state", "linked", "network"):
        stated = known.filter(pc.is_valid(known[fact]))
        size = len(stated)
        columns = [stated["voter"], pa.repeat(fact, size), stated[fact], pa.repeat("voters", size)]
        parts.append(
            pa.table([*columns, pa.array(range(size), pa.int64())], names=["voter", "fact", "value", "source", "row"])
        )
    return pa.concat_tables(parts).cast(table("voter_facts").schema)


def held_against(
    cast: pa.Table, truth: pa.Table, taken: Mapping[str, pa.Table], aside: Sequence[str], counting: CountingRule
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Give votes and voters per kind of voter: that count, by each rule, and by any that sets aside."""
    with duckdb.connect() as engine:
        engine.register("cast_ballots", cast)
        engine.register("truth", truth)
        engine.execute(
            f"CREATE TABLE counted AS SELECT ballot, voter, kind FROM ({counts(counting)}) JOIN truth USING (voter)"
        )
        for name, ballots in taken.items():
            engine.register("some_taken", ballots)
            engine.execute(f'CREATE TABLE "{name}" AS SELECT DISTINCT ballot FROM some_taken')
        flags = {name: f'ballot IN (SELECT ballot FROM "{name}")' for name in taken}
        flags["any"] = " OR ".join(flags[name] for name in aside) or "false"
        columns = [f'count(*) FILTER ({flag}) AS "{name}"' for name, flag in flags.items()]
        people = [f'count(DISTINCT voter) FILTER ({flag}) AS "{name}"' for name, flag in flags.items()]
        found = []
        for number, sums in (("count(*)", columns), ("count(DISTINCT voter)", people)):
            query = f"SELECT kind, {number} AS count, {', '.join(sums)} FROM counted GROUP BY kind"
            rows = engine.sql(query).to_arrow_table().to_pylist()
            found.append({row.pop("kind"): row for row in rows})
    return found[0], found[1]


def counts(counting: CountingRule) -> str:
    """Give the query of the ballots that would count if nothing were set aside; every ballot is one vote."""
    parts = []
    for channel in counting.channel:
        gestures = [name for name in ("vote", "post", "repost", "quote") if getattr(channel.gestures, name) == "counts"]
        use = f"""SELECT * FROM cast_ballots WHERE channel = '{channel.id}' AND cast_at >= {WINDOW.opens_at}
            AND cast_at < {WINDOW.closes_at} AND nominee <> 'write-in' AND tags <= {channel.tags_most}
            AND gesture IN ({", ".join(f"'{name}'" for name in gestures)})"""
        if channel.cap is None:
            parts.append(f"SELECT ballot, voter FROM ({use})")
            continue
        spans = periods(channel.cap, counting, [WINDOW])
        span = " ".join(f"WHEN cast_at < {end} THEN {number}" for number, (_, end) in enumerate(spans))
        scope = ", nominee" if channel.cap.scope == "nominee" else ""
        parts.append(
            f"SELECT ballot, voter FROM ({use}) QUALIFY row_number() OVER "
            f"(PARTITION BY voter, CASE {span} END{scope} ORDER BY cast_at, ballot) <= {channel.cap.votes}"
        )
    return " UNION ALL ".join(parts)


def seasons(first_seed: int, only: str) -> Iterator[tuple[Mix, str, int]]:
    """Give every mix under every rule, each with a seed of its own; one rule stands in for reposts alone."""
    for number, (mix, rule) in enumerate((mix, rule) for rule in RULES for mix in MIXES):
        is_wanted = rule != "iheart-2018@1" or mix.name in {"no attack", "notified", "clique alone", "all"}
        if is_wanted and only in f"{rule} {mix.name}":
            yield mix, rule, first_seed + number


def progress(one: Measured) -> str:
    caught = "  ".join(
        f"{kind} {one.part([kind]):.1%}" for kind in sorted(ATTACKS) if one.votes.get(kind, {}).get("count")
    )
    by_rule = {
        name: sum(one.votes[kind][name] for kind in genuine_kinds(one.votes)) for name in next(iter(one.votes.values()))
    }
    wrong = "  ".join(f"{name} {votes}" for name, votes in by_rule.items() if votes and name not in {"any", "count"})
    return f"{one.rule:14} {one.mix:27} {one.seed}  {one.seconds:4.1f} s  lost {one.lost:.4%}  [{wrong}]  {caught}"


def report(found: Sequence[Measured], purges: Sequence[PurgeRule]) -> list[str]:
    """Give the tables of the page."""
    seeds = f"{min(one.seed for one in found)} to {max(one.seed for one in found)}"
    worst = max(found, key=lambda one: one.lost)
    every = [one.lost for one in found]
    crude = [(name, *caught(found, name)) for name in sorted(CRUDE)]
    lines = [
        f"{len(found)} seasons, seeds {seeds}. Most genuine votes set aside in one season: **{worst.lost:.4%}**",
        f"({worst.rule}, {worst.mix}); on average {sum(every) / len(every):.4%}; none at all in "
        f"{sum(lost == 0 for lost in every)} seasons.",
        f"Crude attacks' votes caught: **{min(all_of for _, _, all_of, *_ in crude):.1%}** or more of each kind.",
        "",
        "### What is caught of each attack",
        "",
        "| attack | seasons | votes that would count | caught | in the worst season | accounts caught |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name in sorted(ATTACKS, key=lambda name: (name not in CRUDE, name)):
        votes, part, least, accounts = caught(found, name)
        there = sum(name in one.votes for one in found)
        is_crude = " (crude)" if name in CRUDE else ""
        lines.append(f"| {name}{is_crude} | {there} | {votes:,} | {part:.1%} | {least:.1%} | {accounts:.1%} |")
    lines += ["", "### What each rule takes", ""]
    lines += [
        "| rule | votes taken | of attackers (precision) | accounts taken | of attackers | genuine votes, all seasons "
        "| in the worst season |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    lines += [_rule_row(rule, found) for rule in purges]
    lines += ["", "### How much of each attack each rule takes alone (recall)", "", *_recall(found, purges)]
    lines += ["", "### Genuine votes set aside, season by season", ""]
    lines += [
        "| rule of the count | mix | seed | genuine votes | set aside | part | by |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    lines += [_season_row(one, purges) for one in found]
    return [*lines, "", "### The patient attacker", "", *_patient(found)]


def caught(found: Sequence[Measured], attack: str) -> tuple[int, float, float, float]:
    """Give an attack's votes, the part caught over all seasons and in the worst, and the part of its accounts."""
    there = [one for one in found if one.votes.get(attack, {}).get("count")]
    votes = sum(one.votes[attack]["count"] for one in there)
    accounts = sum(one.voters[attack]["count"] for one in there)
    if not votes:
        return 0, 0.0, 0.0, 0.0
    part = sum(one.votes[attack]["any"] for one in there) / votes
    least = min(one.part([attack]) for one in there)
    return votes, part, least, sum(one.voters[attack]["any"] for one in there) / accounts


def _rule_row(rule: PurgeRule, found: Sequence[Measured]) -> str:
    def total(tables: Sequence[dict[str, dict[str, int]]], column: str, *, genuine: bool) -> int:
        return sum(row[column] for table in tables for kind, row in table.items() if (kind not in ATTACKS) == genuine)

    votes, voters = [one.votes for one in found], [one.voters for one in found]
    right, wrong = (total(votes, rule.name, genuine=genuine) for genuine in (False, True))
    hands, people = (total(voters, rule.name, genuine=genuine) for genuine in (False, True))
    worst = max(one.part(genuine_kinds(one.votes), rule.name) for one in found)
    what = ", not recommended" if rule.name in APART else "" if sets_aside(rule) else ", which flags only"
    name = f"[{rule.name}]({rule.id}.md){what}"
    return (
        f"| {name} | {right + wrong:,} | {_part(right, right + wrong)} | {hands + people:,} | "
        f"{_part(hands, hands + people)} | {wrong / total(votes, 'count', genuine=True):.4%} | {worst:.4%} |"
    )


def _recall(found: Sequence[Measured], purges: Sequence[PurgeRule]) -> list[str]:
    """Give the part of each attack's votes that each rule takes alone, over all seasons."""
    kinds = sorted(ATTACKS, key=lambda name: (name not in CRUDE, name))
    there = {kind: [one.votes[kind] for one in found if one.votes.get(kind, {}).get("count")] for kind in kinds}
    lines = [f"| rule | {' | '.join(kinds)} |", "|---" + "|--:" * len(kinds) + "|"]
    for rule in purges:
        parts = [
            _part(sum(votes[rule.name] for votes in there[kind]), sum(votes["count"] for votes in there[kind]))
            for kind in kinds
        ]
        lines.append(f"| [{rule.name}]({rule.id}.md) | {' | '.join(parts)} |")
    return lines


def _part(some: int, whole: int) -> str:
    return f"{some / whole:.1%}" if whole else "–"


def _season_row(one: Measured, purges: Sequence[PurgeRule]) -> str:
    kinds = genuine_kinds(one.votes)
    there, lost = (sum(one.votes[kind][column] for kind in kinds) for column in ("count", "any"))
    by = {rule.id: sum(one.votes[kind][rule.name] for kind in kinds) for rule in purges if sets_aside(rule)}
    told = ", ".join(f"{name} {votes:,}" for name, votes in by.items() if votes)
    return f"| {one.rule} | {one.mix} | {one.seed} | {there:,} | {lost:,} | {one.lost:.4%} | {told} |"


def _patient(found: Sequence[Measured]) -> list[str]:
    """Give what the patient attacker lands uncaught, and what a hundred thousand votes cost him."""
    lines = [
        "| rule of the count | seasons | accounts | votes landed uncaught | of his votes | a day and account "
        "| accounts for 100,000 votes in a week |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for rule in RULES:
        there = [one for one in found if one.rule == rule and one.votes.get("patient", {}).get("count")]
        if not there:
            continue
        accounts = sum(one.voters["patient"]["count"] for one in there)
        votes = sum(one.votes["patient"]["count"] for one in there)
        landed = votes - sum(one.votes["patient"]["any"] for one in there)
        daily = landed / accounts / 7
        lines.append(
            f"| {rule} | {len(there)} | {accounts:,} | {landed:,} | {landed / votes:.1%} | {daily:.1f} "
            f"| {100_000 / daily / 7:,.0f} |"
        )
    return lines


def write(lines: Sequence[str]) -> None:
    """Put the tables between the page's marks."""
    page = PAGE.read_text("utf-8")
    before, after = page.split(BEGINS)[0], page.split(ENDS)[1]
    PAGE.write_text("\n".join([f"{before}{BEGINS}", "", *lines, "", f"{ENDS}{after}"]), "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--held-out", action="store_true", help="seeds that no threshold was chosen on")
    parser.add_argument("--only", default="", help="seasons whose rule and mix hold this text")
    parser.add_argument("--processes", type=int, default=2, help="seasons measured at the same time")
    parser.add_argument("--write", action="store_true", help=f"write the tables into {PAGE.name}")
    asked = parser.parse_args()
    purges, found = purge_rules(), []
    chosen = list(seasons(HELD_OUT_SEED if asked.held_out else TUNING_SEED, asked.only))
    with ProcessPoolExecutor(asked.processes) as pool:
        for one in pool.map(partial(measure, purges=purges), *zip(*chosen, strict=True)):
            found.append(one)
            print(progress(one), flush=True)
    lines = report(found, purges)
    print("\n".join(lines))
    if asked.write:
        write(lines)


if __name__ == "__main__":
    main()
