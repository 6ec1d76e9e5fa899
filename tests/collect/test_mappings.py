"""What a source's mapping did to rows is counted, for ballots by nominee: nothing moves without being told."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.collect.collecting import BALLOTS, COUNTERS, HEADER, Collection

if TYPE_CHECKING:
    from pathlib import Path

MAPPED = (
    BALLOTS
    + """
[source.where]
country = "KR"

[source.replace.nominee]
Bangtan = "bts"
EXO-L = "exo"

[source.lookup.channel]
file = "channels.csv"
key = "code"
value = "channel"
"""
)
ROWS = """\
channel,nominee,voter,cast_at,country
1,bts,v1,2018-05-14T09:00:00Z,KR
1,Bangtan,v2,2018-05-14T09:00:00Z,KR
2,Bangtan,v3,2018-05-14T09:00:00Z,KR
1,Bangtan ,v4,2018-05-14T09:00:00Z,KR
1,EXO-L,v5,2018-05-14T09:00:00Z,KR
1,EXO-L,v6,2018-05-14T09:00:00Z,US
1,bts,v7,2018-05-14T09:00:00Z,US
1,bts,v8,2018-05-14T09:00:00Z,
9,Bangtan,v9,2018-05-14T09:00:00Z,KR
"""


def mappings(made: Collection) -> list[tuple[Any, ...]]:
    return [tuple(row.values()) for row in made.rows("mappings")]


def test_a_mapping_by_hand(tmp_path: Path) -> None:
    files = {"data/ballots.csv": ROWS, "channels.csv": "code,channel\n1,web\n2,post\n"}
    made = Collection(tmp_path, files, MAPPED).collect()

    assert mappings(made) == [
        ("ballots", "lookup", "channel", "", "", "bts", 4),
        ("ballots", "lookup", "channel", "", "", "exo", 1),
        ("ballots", "replace", "nominee", "Bangtan", "bts", "bts", 4),
        ("ballots", "replace", "nominee", "EXO-L", "exo", "exo", 1),
        ("ballots", "where", "country", "", "KR", "bts", 2),
        ("ballots", "where", "country", "", "KR", "exo", 1),
    ]


def test_a_lookup_of_nominees_tells_who_became_whom(tmp_path: Path) -> None:
    sources = BALLOTS + '\n[source.lookup.nominee]\nfile = "names.csv"\nkey = "name"\nvalue = "id"\n'
    rows = "channel,nominee,voter,cast_at\n" + "".join(
        f"web,{name},v{number},2018-05-14T09:00:00Z\n" for number, name in enumerate(["BTS", "BTS", "EXO", "nobody"])
    )
    made = Collection(tmp_path, {"data/ballots.csv": rows, "names.csv": "name,id\nBTS,exo\nEXO,exo\n"}, sources)

    assert mappings(made.collect()) == [
        ("ballots", "lookup", "nominee", "BTS", "exo", "exo", 2),
        ("ballots", "lookup", "nominee", "EXO", "exo", "exo", 1),
    ]


def test_a_metric_that_is_left_out_or_replaced_is_counted_without_a_nominee(tmp_path: Path) -> None:
    sources = COUNTERS + '\n[source.unless]\nlikes = "hidden"\n\n[source.replace.views]\n"-" = "0"\n'
    head = HEADER.replace("likes", "likes,hidden")
    rows = "".join(
        f"a{number},ibighit,T,2018-05-18T09:00:00Z,2018-05-19T00:00:00Z,{views},5,{hidden}\n"
        for number, (views, hidden) in enumerate([("-", "no"), ("7", "yes"), ("-", "yes")])
    )
    made = Collection(tmp_path, {"data/counts.csv": head + rows}, sources)

    assert mappings(made.collect()) == [
        ("counts", "replace", "views", "-", "0", "", 2),
        ("counts", "unless", "likes", "hidden", "", "", 2),
    ]


def test_a_season_whose_sources_map_nothing_has_no_such_table(tmp_path: Path) -> None:
    made = Collection(tmp_path, {"data/ballots.csv": "channel,nominee,voter,cast_at\n"}, BALLOTS)

    assert not made.collect().tables.has("mappings")


SWAPPED = (
    BALLOTS
    + '\n[source.replace.nominee]\nbts = "exo"\nexo = "bts"\nwanna = "bts"\n\n[source.replace.channel]\nw = "web"\n'
)


@pytest.mark.parametrize("seed", range(3))
def test_a_swap_is_counted_and_done_alike_from_csv_and_from_typed_parquet(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    texts = ["bts", "exo", "wanna", "wanna ", " bts", "iu"]
    ballots = [(chance.choice(["w", "web", "w "]), chance.choice(texts)) for _ in range(200)]
    ours = {"bts": "exo", "exo": "bts", "wanna": "bts"}
    rows = "".join(f"{channel},{name},{n},2018-05-14T09:00:00Z\n" for n, (channel, name) in enumerate(ballots))
    by_hand: Counter[tuple[Any, ...]] = Counter()
    for channel, name in ballots:
        nominee = ours.get(name.strip(), name.strip())
        if name.strip() in ours:
            by_hand["ballots", "replace", "nominee", name.strip(), nominee, nominee] += 1
        if channel.strip() == "w":
            by_hand["ballots", "replace", "channel", "w", "web", nominee] += 1

    from_csv = Collection(tmp_path / "csv", {"data/ballots.csv": "channel,nominee,voter,cast_at\n" + rows}, SWAPPED)
    from_parquet = Collection(tmp_path / "parquet", {}, SWAPPED)
    columns = {
        "channel": [channel for channel, _ in ballots],
        "nominee": [name for _, name in ballots],
        "voter": list(range(200)),
        "cast_at": [1526288400000000] * 200,
    }
    pq.write_table(pa.table(columns), from_parquet.folder / "data" / "ballots.parquet")

    for made in (from_csv.collect(), from_parquet.collect()):
        assert mappings(made) == sorted((*place, rows) for place, rows in by_hand.items())
        counted = Counter((row["channel"], row["nominee"]) for row in made.rows("ballots"))
        assert counted == Counter(("web", ours.get(name.strip(), name.strip())) for _, name in ballots)
