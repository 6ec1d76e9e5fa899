"""Purges: whom each rule matches, which ballots it takes, and what becomes of them. A chapter of verify.py.

Every method is docs/spec/purges.md in another language: its steps are in its order, and its names are the page's.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from csv import DictReader
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

from verify import DAY, MILLION, Counting, Row, read_key, read_note, refuse, same, text_of

HOUR, MINUTE = 3_600 * MILLION, 60 * MILLION
DECISIONS = ("reinstate ballot", "reinstate voter", "uphold")


class Purge:
    """A purge rule at work: `suspects` gives the case of each voter, `taken` the ballots."""

    def __init__(self, rule: Row, ballots: list[Any], facts: list[Any], counting: Counting) -> None:
        self.m, self.counting = rule["method"], counting
        channels = rule.get("channels") or counting.channels
        self.ballots = [ballot for ballot in ballots if ballot.channel in channels]
        voters = {ballot.voter for ballot in self.ballots}
        self.facts = [fact for fact in facts if fact.voter in voters]
        self.suspects: dict[int, str] = getattr(self, self.m["name"])()
        self.taken = [b for b in self.ballots if b.voter in self.suspects]
        if self.m["name"] == "linked_accounts":
            self.taken = self.beyond(self.suspects)
            persons = {self.suspects[b.voter] for b in self.taken}
            self.suspects = {voter: person for voter, person in self.suspects.items() if person in persons}

    def most(self, part: int, whole: int, name: str) -> bool:
        return bool(part * MILLION >= whole * self.m[name])

    def regular_gaps(self) -> dict[int, str]:
        instants, found = defaultdict(set), {}
        for ballot in self.ballots:
            instants[ballot.voter, ballot.channel].add(ballot.cast_at)
        for (voter, _), acts in instants.items():
            gaps = [after - before for before, after in pairwise(sorted(acts))]
            least, longest = self.m["tap_seconds"] * MILLION, self.m["pause_seconds"] * MILLION
            sizes = [gap // 10_000 for gap in gaps if least < gap <= longest]
            if len(sizes) >= self.m["gaps_least"] and self.most(len(sizes), len(gaps), "steady_ppm"):
                even = sum(sizes) ** 2 // len(sizes)
                uneven = min(sum(size * size for size in sizes) - even, even)
                if round(Fraction(uneven * MILLION, even)) <= self.m["spread_ppm"] ** 2 // MILLION:
                    found[voter] = str(voter)
        return found

    def sleepless(self) -> dict[int, str]:
        hours, run = defaultdict(set), range(self.m["days_least"])
        for ballot in self.ballots:
            hours[ballot.voter, ballot.cast_at // DAY].add(ballot.cast_at // HOUR)
        awake = {key for key, seen in hours.items() if len(seen) >= self.m["hours_least"]}
        return {voter: str(voter) for voter, day in awake if all((voter, day + later) in awake for later in run)}

    def young(self) -> dict[int, tuple[str, int, int]]:
        theirs, since = defaultdict(list), self.counting.opens - self.m["young_days"] * DAY
        for ballot in self.ballots:
            if ballot.account_created_at is not None and ballot.account_created_at >= since:
                theirs[ballot.voter].append(ballot)
        found, half = {}, self.m["made_within_minutes"] * MINUTE // 2
        for voter, some in theirs.items():
            names = Counter(ballot.nominee for ballot in some)
            made = min(ballot.account_created_at for ballot in some) // half
            found[voter] = (min(names, key=lambda name: (-names[name], name)), made, len(some))
        return found

    def bursts(self, cells: list[tuple[Any, int, str, int]]) -> dict[int, str]:
        best = {voter: (nominee, span) for _, voter, nominee, span in sorted(cells, reverse=True)}
        burst, before = {}, ("", 0)
        for nominee, span in sorted({*best.values()}):
            touches = nominee == before[0] and span - before[1] <= 2
            burst[nominee, span] = burst[before] if touches else span
            before = (nominee, span)
        return {voter: f"{cell[0]} {burst[cell]}" for voter, cell in best.items()}

    def young_burst(self) -> dict[int, str]:
        edges, every, cells = [self.m["ballots_least"]], Counter(), defaultdict(list)
        while edges[-1] < 100_000:
            edges.append(-(-edges[-1] * 11 // 10))
        for voter, (nominee, half, ballots) in self.young().items():
            for span in (half - 1, half):
                every[nominee, span] += 1
                for band in (0, 1) if ballots >= edges[0] else ():
                    cells[nominee, span, bisect_right(edges, ballots) - band].append((ballots, voter))
        return self.bursts(
            [
                ((-len(some), every[nominee, span], span, min(some)[0]), voter, nominee, span)
                for (nominee, span, _), some in cells.items()
                if len(some) >= max(2, self.m["voters_least"])
                and self.most(len(some), every[nominee, span], "alike_ppm")
                for _, voter in some
            ]
        )

    def young_clock(self) -> dict[int, str]:
        members, arrivals, cells = defaultdict(list), defaultdict(dict), []
        for ballot in self.ballots:
            arrivals[ballot.voter].setdefault(ballot.cast_at // DAY, ballot.cast_at)
        for voter, (nominee, half, _) in self.young().items():
            members[nominee, half - 1].append(voter)
            members[nominee, half].append(voter)
        for (nominee, span), some in members.items():
            least, length, crowds = self.m["voters_least"], self.m["within_seconds"] * MILLION // 2, defaultdict(set)
            for voter in some if len(some) >= least else ():
                for at in arrivals[voter].values():
                    crowds[at // length].add(voter)
                    crowds[at // length - 1].add(voter)
            full = {
                moment: len(who)
                for moment, who in crowds.items()
                if len(who) >= least and self.most(len(who), len(some), "alike_ppm")
            }
            for voter in some:
                most = [
                    max(full.get(at // length, 0), full.get(at // length - 1, 0)) for at in arrivals[voter].values()
                ]
                shared = [crowd for crowd in most if crowd]
                if len(shared) >= self.m["days_least"] and self.most(len(shared), len(most), "share_ppm"):
                    cells.append(((-len(shared), -min(shared), len(some), span), voter, nominee, span))
        return self.bursts(cells)

    def lockstep(self) -> dict[int, str]:
        theirs, best = defaultdict(list), {}
        length, pause, long = self.m["within_seconds"] * MILLION, self.m["pause_seconds"] * MILLION, self.m["run"]
        for ballot in self.ballots:
            if ballot.voter not in theirs or ballot.cast_at - theirs[ballot.voter][-1].cast_at > pause:
                pass
            theirs[ballot.voter].append(ballot)
        for grid in (0, 1):
            begun, sharers, runs = defaultdict(set), defaultdict(set), {}
            for voter, some in theirs.items():
                starts = [
                    after
                    for before, after in zip([None, *some], some, strict=False)
                    if before is None or after.cast_at - before.cast_at > pause
                ]
                words = [((ballot.cast_at + grid * length // 2) // length, ballot.nominee) for ballot in starts]
                runs[voter] = [tuple(words[at : at + long]) for at in range(len(words) - long + 1)]
                for word in words:
                    begun[word].add(voter)
                for run in runs[voter]:
                    sharers[run].add(voter)
            shared = {
                run
                for run, who in sharers.items()
                if len(who) > self.m["others_least"]
                and self.most(len(who) - 1, min(len(begun[word]) for word in run) - 1, "crowd_ppm")
            }
            for voter, some in runs.items():
                names = Counter(run[0][1] for run in some if run in shared)
                if names.total() > best.get(voter, (0,))[0]:
                    best[voter] = (names.total(), len(some), min(names, key=lambda name: (-names[name], name)))
        least = self.m["times_least"]
        return {
            who: name
            for who, (hits, runs, name) in best.items()
            if hits >= least and self.most(hits, runs, "share_ppm")
        }

    def repost_clique(self) -> dict[int, str]:
        firsts, times, least = defaultdict(dict), Counter(), self.m["times_least"]
        for ballot in self.ballots:
            if ballot.gesture == "repost" and ballot.post:
                firsts[ballot.post].setdefault(ballot.voter, ballot.cast_at)
        busy = Counter(voter for some in firsts.values() for voter in some)
        for some in firsts.values():
            acts = sorted((at, voter) for voter, at in some.items() if busy[voter] >= least)
            for place, (at, one) in enumerate(acts):
                for later, other in islice(acts, place + 1, None):
                    if later - at > self.m["within_seconds"] * MILLION:
                        break
                    times[min(one, other), max(one, other)] += 1
        joins = {pair for pair, shared in times.items() if shared >= least}
        for _ in range(4):
            degree = Counter(voter for pair in joins for voter in pair)
            joins = {pair for pair in joins if min(degree[voter] for voter in pair) >= self.m["members_least"] - 2}
        near = defaultdict(set)
        for pair in joins:
            near[pair[0]] |= {*pair}
            near[pair[1]] |= {*pair}
        label = {voter: voter for voter in near}
        for _ in range(4):
            label = {voter: min(label[other] for other in others) for voter, others in near.items()}
        size = Counter(label.values())
        return {voter: str(case) for voter, case in label.items() if size[case] >= self.m["members_least"]}

    def named(self, fact: str) -> tuple[list[Any], Counter[str]]:
        some = [row for row in self.facts if row.fact == fact]
        return some, Counter(row.value for row in some)

    def one_network(self) -> dict[int, str]:
        some, size = self.named("network")
        some = [row for row in some if size[row.value] > self.m["voters_most"]]
        return {
            row.voter: row.value for row in sorted(some, key=lambda row: (-size[row.value], row.value), reverse=True)
        }

    def account_state(self) -> dict[int, str]:
        return {row.voter: str(row.voter) for row in self.named("state")[0] if row.value in self.m["states"]}

    def linked_accounts(self) -> dict[int, str]:
        some, size = self.named("linked")
        return {row.voter: row.value for row in some if size[row.value] >= self.m["accounts_least"]}

    def beyond(self, persons: dict[int, str]) -> list[Any]:
        """Give the ballots that find nothing left of one person's allowance."""
        taken, is_whole = [], self.counting.rule.get("partial") == "refuse"
        theirs = [b for b in self.ballots if b.voter in persons and not self.counting.fate(b)]
        for cap, some in self.counting.groups(theirs, lambda b: persons[b.voter]):
            before, torn = 0, self.counting.torn(cap, some, lambda b: b.nominee)
            for b in some:
                is_spent = before + b.votes > cap if is_whole else before >= cap
                taken += [b] if is_spent or b.ballot in torn else []
                before += b.votes
        return taken


def made(folder: Path, season: Row, rules: Row, tables: Row, counting: Counting) -> Row:
    """Give what is stated of purges and appeals, once the rulings are those of the evidence."""
    audit, ballots = season.get("audit", {}), sorted(tables.get("ballots", []), key=lambda b: (b.cast_at, b.ballot))
    late, facts = audit.get("late", []), tables.get("voter_facts", [])
    purges = {name: Purge(rules[name], ballots, facts, counting) for name in [*audit.get("purges", []), *late]}
    voters, appeals = {b.ballot: b.voter for b in ballots}, appeals_of(folder)
    alone = {ballot for ballot, row in appeals.items() if row["decision"] == "reinstate ballot"}
    whole = {voters[ballot] for ballot, row in appeals.items() if row["decision"] == "reinstate voter"}
    rulings, gone, stated = {}, set(), []
    for name, purge in purges.items():
        numbers = {text: number for number, text in enumerate(sorted({*purge.suspects.values()}), 1)}
        does, sums = rules[name]["does"], {key: Counter() for key in ("set aside", "also", "late", "reinstated")}
        for b in purge.taken if does == "set aside" else ():
            outcome = "late" if name in late else "also" if b.ballot in gone else "set aside"
            outcome = "reinstated" if b.ballot in alone or b.voter in whole else outcome
            rulings[b.ballot, name] = (numbers[purge.suspects[b.voter]], outcome)
            sums[outcome].update(ballots=1, votes=b.votes)
        gone |= {ballot for ballot, ruled in rulings if ruled == name and name not in late}
        own = sums["late" if name in late else "set aside"]
        if does != "set aside":
            own = Counter(ballots=len(purge.taken), votes=sum(b.votes for b in purge.taken))
        row = {"rule": name, "does": does, "late": name in late, "cases": len(numbers), "voters": len(purge.suspects)}
        row |= {"ballots": own["ballots"], "votes": own["votes"], "also": sums["also"]["ballots"]}
        stated.append(row | {"reinstated": sums["reinstated"]["ballots"]})
    held = [[row.ballot, row.rule, row.case, row.outcome] for row in tables["rulings"]]
    same("evidence/rulings", held, [[*key, *ruling] for key, ruling in sorted(rulings.items())])
    back = {ballot for (ballot, _), (_, outcome) in rulings.items() if outcome == "reinstated"}
    ruled = {ballot for ballot, _ in rulings}
    told = []
    for ballot, row in appeals.items():
        others = [one for one, other in appeals.items() if other is not row and voters[one] == voters[ballot]]
        if ballot not in ruled or any(appeals[one]["decision"] == "reinstate voter" for one in others):
            refuse("appeals.csv", f"{row['receipt']} is of a ballot without a ruling, or of a voter reinstated whole")
        many = sum(voters[one] == voters[ballot] for one in back) if row["decision"] == "reinstate voter" else 0
        told.append(row | {"ballots": many or int(row["decision"] == "reinstate ballot")})
    return {"purges": stated, "appeals": told}


def appeals_of(folder: Path) -> dict[int, Row]:
    """Give the appeals by the number of their ballot, which is its leaf less one."""
    path, found = folder / "appeals.csv", {}
    for row in DictReader(path.read_text("utf-8-sig").splitlines()) if path.is_file() else ():
        leaf = int(row["receipt"]) if row["receipt"].isdigit() else leaf_of(folder / row["receipt"], folder)
        if leaf - 1 in found or not row["why"].strip() or row["decision"] not in DECISIONS:
            refuse("appeals.csv", f"the row of {row['receipt']} says nothing that can be done")
        found[leaf - 1] = {key: row[key] for key in ("receipt", "decision", "why")}
    return found


def leaf_of(path: Path, folder: Path) -> int:
    """Give the leaf that a receipt is of, whose checkpoint the log's key has signed."""
    head, _, note = text_of(path).partition("\n\n")
    key = read_key(text_of(folder / "evidence/log/verifier.key").removesuffix("\n"))
    origin = read_note(path.name, note, key)[0].split("\n")[0]
    index = next(line for line in head.split("\n") if line.startswith("index ")).removeprefix("index ")
    return int(index) + int(origin.partition("/commit/")[2] or 0)
