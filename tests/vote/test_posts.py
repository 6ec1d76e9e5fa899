"""Posts and reposts from files: the same door, each once, whatever order they come in."""

from __future__ import annotations

import asyncio
import csv
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.base.errors import TieUnresolved, UnknownName, VoteUnavailable
from plaudit.base.weeks import instant_text
from plaudit.collect.ballots import pseudonym
from plaudit.rulebook.season import read_season
from plaudit.vote.admission import BallotRequest
from plaudit.vote.imports import (
    Imported,
    ballot_source,
    import_ballots,
    import_while_serving,
    post_store,
)
from plaudit.vote.keys import voter_key
from plaudit.vote.live import LiveVote
from plaudit.vote.open_vote import open_vote
from tests.conftest import bytes_below
from tests.profiles import examples
from tests.vote.seasons import CLOSES, NOMINEES, NOW, live_season

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from plaudit.rulebook.season import Season

HOUR = 3_600_000_000
SOURCE = """
[[source]]
id = "social"
kind = "ballots"
title = "Posts with a nominee's tag"
files = "data/social.csv"

[source.constants]
channel = "post"

[source.columns]
nominee = "nominee"
voter = "account"
cast_at = "at"
gesture = "gesture"
post = "address"
tags = "tags"

[source.coverage]
from = 2026-01-01
to = 2026-01-04
sampling = "all"
synthetic = false
"""


class Row(NamedTuple):
    """One line of the file."""

    account: str
    gesture: str
    address: str
    nominee: str
    at: int = NOW
    tags: int = 1


def with_source(season: Season) -> Season:
    with (season.folder / "season.toml").open("a", encoding="utf-8") as file:
        file.write(SOURCE)
    return read_season(season.folder)


@contextmanager
def voting(folder: Path, **changes: Any) -> Iterator[LiveVote]:
    """An opened vote with the source social, at NOW."""
    season = with_source(live_season(folder, **changes))
    open_vote(season, NOMINEES)
    with LiveVote(season, clock=lambda: NOW) as vote:
        yield vote


def put(vote: LiveVote, rows: Iterable[Row]) -> None:
    path = vote.season.folder / "data" / "social.csv"
    path.parent.mkdir(exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(Row._fields)
        lines.writerows([*row[:4], instant_text(row.at), row.tags] for row in rows)


def imported(vote: LiveVote, *rows: Row) -> Imported:
    put(vote, rows)
    return import_ballots(vote, ballot_source(vote.season, "social"), lambda _file, _rows: None)


def at(vote: LiveVote, hours: float) -> LiveVote:
    """The same vote, started again so many hours after NOW."""
    vote.stop()
    return LiveVote(vote.season, clock=lambda: NOW + int(hours * HOUR))


def ballots(vote: LiveVote) -> list[dict[str, Any]]:
    last, _ = vote.ballot_store.last()
    return [vote.names.unpack(record) for record in vote.ballot_store.records(1, last)]


def refused_rows(vote: LiveVote) -> list[dict[str, str]]:
    with (vote.season.folder / "vote" / "refused.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_post_is_a_ballot_with_its_address_and_its_own_instant(tmp_path: Path) -> None:
    with voting(tmp_path / "s") as vote:
        said = imported(vote, Row("@a", "post", "https://x.example/1", "iu", NOW - HOUR))
        [ballot] = ballots(vote)
        voter = pseudonym("@a", voter_key(vote.season.folder))
        address = vote.ballot_store.connection.execute("SELECT post FROM ballots").fetchone()[0]

    assert said == Imported("social", 1, 1, 0, 0, {})
    assert (ballot["channel"], ballot["nominee"], ballot["gesture"]) == ("post", "iu", "post")
    assert (ballot["cast_at"], ballot["voter"], ballot["source"]) == (NOW - HOUR, voter, "social")
    assert address == "https://x.example/1"


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    rows = [Row("@a", "post", "1", "iu"), Row("@b", "repost", "1", ""), Row("@c", "repost", "9", "iu")]
    with voting(tmp_path / "s") as vote:
        first = imported(vote, *rows)
        root = vote.publish().root
        second = imported(vote, *rows)

        assert (first.accepted, first.known, first.waiting) == (2, 0, 1)
        assert (second.accepted, second.known, second.waiting) == (0, 2, 1)
        assert vote.publish().root == root


def test_a_repost_without_a_nominee_has_that_of_its_post(tmp_path: Path) -> None:
    with voting(tmp_path / "s") as vote:
        imported(vote, Row("@b", "repost", "1", ""), Row("@a", "post", "1", "drake"))

        assert {(row["gesture"], row["nominee"]) for row in ballots(vote)} == {("post", "drake"), ("repost", "drake")}


def test_a_repost_told_with_and_without_its_nominee_is_one_ballot(tmp_path: Path) -> None:
    with voting(tmp_path / "s") as vote:
        imported(vote, Row("@a", "post", "1", "drake"), Row("@b", "repost", "1", ""))
        said = imported(vote, Row("@b", "repost", "1", "drake"))

    assert (said.accepted, said.known) == (0, 1)


def test_a_repost_waits_for_its_post_over_a_restart(tmp_path: Path) -> None:
    with voting(tmp_path / "s") as vote:
        early = imported(vote, Row("@b", "repost", "1", "", NOW + 1))
        assert (early.accepted, early.waiting, ballots(vote)) == (0, 1, [])
        with at(vote, 23.9) as later:
            late = imported(later, Row("@a", "post", "1", "bts"))

            assert (late.accepted, late.waiting, late.refused) == (2, 0, {})
            assert [row["gesture"] for row in ballots(later)] == ["post", "repost"]


def test_a_repost_that_waited_too_long_is_refused_for_good(tmp_path: Path) -> None:
    repost, post = Row("@b", "repost", "1", "bts"), Row("@a", "post", "1", "bts")
    with voting(tmp_path / "s", intake="repost_waits_hours = 2") as vote:
        imported(vote, repost)
        with at(vote, 2) as later:
            ended = imported(later, post)
            again = imported(later, post, repost)

            assert (ended.accepted, ended.refused, ended.waiting) == (1, {"waited too long": 1}, 0)
            assert (again.accepted, again.refused) == (0, {"waited too long": 1})
            assert [row["reason"] for row in refused_rows(later)] == ["waited too long"]


def test_a_rule_may_let_no_repost_wait(tmp_path: Path) -> None:
    with voting(tmp_path / "s", intake="repost_waits_hours = 0") as vote:
        said = imported(
            vote, Row("@b", "repost", "1", "bts"), Row("@c", "repost", "2", "bts"), Row("@a", "post", "2", "iu")
        )

    assert (said.accepted, said.waiting, said.refused) == (2, 0, {"waited too long": 1})


def test_no_more_reposts_wait_than_the_rule_says(tmp_path: Path) -> None:
    reposts = [Row(f"@{number}", "repost", f"p{number}", "bts", NOW + number) for number in range(5)]
    with voting(tmp_path / "s", intake="reposts_waiting_most = 3") as vote:
        said = imported(vote, *reversed(reposts))
        more = imported(vote, Row("@x", "repost", "px", "bts"))
        [told] = {row["detail"] for row in refused_rows(vote)}
        freed = imported(vote, *(Row("@a", "post", f"p{number}", "bts") for number in range(5)))

    assert (said.waiting, said.refused) == (3, {"too many wait": 2})
    assert (more.waiting, more.refused) == (3, {"too many wait": 1})
    assert "live-rule@1, intake.reposts_waiting_most" in told
    assert (freed.accepted, freed.waiting) == (5 + 3, 0)


def test_a_repost_of_a_post_that_names_two_cannot_be_told(tmp_path: Path) -> None:
    with voting(tmp_path / "s") as vote:
        said = imported(vote, Row("@a", "post", "1", "bts", tags=2), Row("@b", "repost", "1", ""))

    assert said.refused == {"BallotMalformed": 1, "no nominee": 1}


def test_every_refusal_is_counted_by_its_reason_and_listed_once(tmp_path: Path) -> None:
    rows = [
        Row("@a", "post", "1", "bts", CLOSES),
        Row("@a", "post", "2", "nobody"),
        Row("@a", "like", "3", "bts"),
        Row("@a", "post", "", "bts"),
        Row("", "post", "5", "bts"),
        Row("@a", "vote", "6", "bts"),
        *(Row("@b", "post", f"b{number}", "bts", NOW + number) for number in range(6)),
    ]
    with voting(tmp_path / "s") as vote:
        said = imported(vote, *rows)
        imported(vote, *rows)
        listed = refused_rows(vote)

    assert said.accepted == 5
    assert said.refused == {
        "AllowanceSpent": 1,
        "BallotMalformed": 1,
        "UnknownNominee": 1,
        "VoteClosed": 1,
        "missing value": 2,
        "unknown gesture": 1,
    }
    assert len(listed) == sum(said.refused.values())
    assert {row["post"] for row in listed if row["reason"] == "AllowanceSpent"} == {"b5"}
    assert "data/social.csv:4" in {row["key"] for row in listed}


def test_what_was_refused_and_is_accepted_later_is_listed_no_more(tmp_path: Path) -> None:
    repost, post = Row("@b", "repost", "1", "bts"), Row("@a", "post", "1", "bts")
    with voting(tmp_path / "s", intake="reposts_waiting_most = 0") as vote:
        imported(vote, repost)
        assert len(refused_rows(vote)) == 1
        imported(vote, post, repost)

        assert refused_rows(vote) == []


def test_an_import_that_was_interrupted_is_finished_by_the_next(tmp_path: Path) -> None:
    from plaudit.vote import imports

    rows = [Row(f"@{number}", "repost", "1", "") for number in range(1500)]
    with voting(tmp_path / "s") as vote:
        imported(vote, *rows)
        put(vote, [Row("@a", "post", "1", "bts")])
        steps = imports._steps(vote, ballot_source(vote.season, "social"), NOW, lambda _file, _rows: None)
        vote.take(next(steps))
        steps.close()
        said = imported(vote, Row("@a", "post", "1", "bts"))

        assert (said.accepted, said.known, said.waiting) == (501, 1000, 0)
        assert len(ballots(vote)) == 1501


def test_a_disk_that_fails_stops_the_import_and_nothing_is_called_refused(tmp_path: Path) -> None:
    rows = [Row("@a", "post", "1", "bts"), Row("@b", "repost", "1", "")]
    with voting(tmp_path / "s") as vote:
        vote.ballot_store.connection.execute("PRAGMA query_only = ON")
        with pytest.raises(VoteUnavailable):
            imported(vote, *rows)
        vote.ballot_store.connection.execute("PRAGMA query_only = OFF")
        said = imported(vote, *rows)

    assert (said.accepted, said.refused) == (2, {})


def test_no_account_is_written_down(tmp_path: Path) -> None:
    with voting(tmp_path / "s") as vote:
        imported(
            vote,
            Row("@someone", "post", "1", "bts"),
            Row("@someone", "post", "2", "nobody"),
            Row("@someone", "repost", "3", ""),
        )
        vote.publish()
        data = b"".join(
            content for name, content in bytes_below(vote.season.folder).items() if not name.startswith("data/")
        )

    assert b"someone" not in data


def test_a_source_that_holds_no_ballots_is_named_with_those_that_do(tmp_path: Path) -> None:
    season = with_source(live_season(tmp_path / "s"))

    with pytest.raises(UnknownName, match="use one of: social"):
        ballot_source(season, "guest")


def test_while_serving_it_takes_the_same_ballots_between_those_of_others(tmp_path: Path) -> None:
    rows = [Row(f"@{number}", "post" if number % 3 else "repost", f"{number % 7}", "iu") for number in range(2200)]

    async def both(vote: LiveVote) -> tuple[Imported, int]:
        asks = [BallotRequest(voter, "bts", 1, "a" * 16, "guest", "web") for voter in range(50)]
        importing = asyncio.create_task(import_while_serving(vote, ballot_source(vote.season, "social")))
        cast = [await vote.cast(ask) for ask in asks]
        return await importing, len({answer.leaf for answer in cast})

    with voting(tmp_path / "a") as vote:
        alone = imported(vote, *rows)
    with voting(tmp_path / "b") as vote:
        put(vote, rows)
        serving, leaves = asyncio.run(both(vote))
        sources = [row["source"] for row in ballots(vote)]

    assert serving == alone
    assert leaves == 50
    assert (sources.count("guest"), sources.count("social")) == (50, alone.accepted)


posts = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([*NOMINEES, "nobody"])),
    max_size=4,
    unique_by=lambda post: post[0],
)
reposts = st.lists(
    st.tuples(st.sampled_from(["@x", "@y"]), st.sampled_from("abcd"), st.sampled_from(["", "bts"])), max_size=6
)


@settings(max_examples=examples(25))
@given(posts=posts, reposts=reposts, data=st.data())
def test_any_order_of_arrival_gives_the_same_ballots(
    posts: list[tuple[str, str]], reposts: list[tuple[str, str, str]], data: st.DataObject
) -> None:
    rows = [Row(f"@{post}", "post", post, nominee) for post, nominee in posts]
    rows += [Row(account, "repost", post, nominee) for account, post, nominee in reposts]
    rows = data.draw(st.permutations(rows))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(rows)), max_size=3)))
    known = dict(posts)
    wanted = {("post", f"@{post}", post, nominee) for post, nominee in posts}
    wanted |= {("repost", who, post, nominee or known[post]) for who, post, nominee in reposts if post in known}
    waiting = {(who, post, nominee) for who, post, nominee in reposts if post not in known}
    with tempfile.TemporaryDirectory() as folder, voting(Path(folder) / "s", votes=100) as vote:
        for first, last in zip([0, *cuts], [*cuts, len(rows)], strict=True):
            imported(vote, *rows[first:last])
        key = voter_key(vote.season.folder)
        accounts = {pseudonym(name, key): name for name in ("@a", "@b", "@c", "@x", "@y")}
        addresses = [
            address for (address,) in vote.ballot_store.connection.execute("SELECT post FROM ballots ORDER BY leaf")
        ]
        found = [
            (row["gesture"], accounts[row["voter"]], address, row["nominee"])
            for row, address in zip(ballots(vote), addresses, strict=True)
        ]
        waits = post_store(vote.season)
        still = waits.waiting
        waits.close()

    assert sorted(found) == sorted(ballot for ballot in wanted if ballot[3] != "nobody")
    assert still == len(waiting)


@settings(max_examples=examples(15))
@given(rows=st.permutations([Row("@a", "post", str(number), "bts", NOW + number) for number in range(7)]))
def test_of_one_file_the_first_votes_cast_fill_the_cap_in_any_order_of_its_lines(rows: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder, voting(Path(folder) / "s") as vote:
        imported(vote, *rows)

        assert [row["cast_at"] - NOW for row in ballots(vote)] == [0, 1, 2, 3, 4]


def test_the_reposts_of_a_refused_post_are_votes_of_others(tmp_path: Path) -> None:
    posts = [Row("@a", "post", str(number), "bts", NOW + number) for number in range(6)]
    with voting(tmp_path / "s") as vote:
        said = imported(vote, *posts, Row("@b", "repost", "5", ""))

    assert (said.accepted, said.refused) == (6, {"AllowanceSpent": 1})


def test_a_folder_that_cannot_be_written_stops_the_import_with_words(tmp_path: Path) -> None:
    with voting(tmp_path / "s") as vote:
        (vote.season.folder / "vote" / "posts.sqlite").mkdir()
        with pytest.raises(VoteUnavailable, match="import again"):
            imported(vote, Row("@a", "post", "1", "bts"))

        assert ballots(vote) == []


def test_a_bare_date_beside_a_time_of_its_day_is_raised_where_the_cap_would_choose(tmp_path: Path) -> None:
    one, other = NOMINEES[:2]
    day = instant_text(NOW)[:10]
    lines = [f"ann,post,https://s.example/{number},{one},{day},1" for number in range(50)]
    lines.append(f"ann,post,https://s.example/x,{other},{instant_text(NOW)},1")
    with voting(tmp_path) as vote:
        path = vote.season.folder / "data" / "social.csv"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n".join([",".join(Row._fields), *lines]) + "\n", "utf-8")

        with pytest.raises(TieUnresolved, match="says only the day of a ballot"):
            import_ballots(vote, ballot_source(vote.season, "social"), lambda _file, _rows: None)
        assert ballots(vote) == []
