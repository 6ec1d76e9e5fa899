"""What a voter was matched on: the engine writes what the canonical form is, and it is told in every language."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from plaudit.audit.grounds import GROUNDS, ground, told_ground
from plaudit.words.sentence import canonical_json
from plaudit.words.words import languages_known, words_of
from tests.some import some

if TYPE_CHECKING:
    from plaudit.store.evidence import Evidence

VALUES: dict[str, dict[str, int | str]] = {
    "regular-gaps.even": {"gaps": 34_000, "mean": 35_999, "spread": 141, "channel": "web"},
    "sleepless.day": {"hours": 23, "all": 24},
    "sleepless.days": {"hours": 66, "all": 72, "days": 3},
    "young-burst.alike": {"alike": 30, "fewest": 25, "most": 27, "young": 50, "minutes": 30, "nominee": "arirang"},
    "young-clock.shared": {
        "shared": 6,
        "days": 7,
        "seconds": 16,
        "others": 29,
        "young": 31,
        "minutes": 30,
        "nominee": "arirang",
    },
    "lockstep.shared": {"shared": 3, "runs": 4, "run": 4, "seconds": 2, "others": 5, "nominee": "arirang"},
    "repost-clique.linked": {"seconds": 3, "others": 4, "accounts": 5, "posts": 7},
    "one-network.crowded": {"voters": 120},
    "account-state.gone": {"state": "suspended"},
    "linked-accounts.over": {"accounts": 2, "votes": 1},
}


def test_every_ground_is_told_in_every_language_with_all_its_values() -> None:
    assert set(VALUES) == set(GROUNDS)
    for code, values in some(VALUES.items()):
        evidence = canonical_json({"code": code, "values": values})
        for language in languages_known():
            said = words_of(language).plain(told_ground(evidence))
            assert code not in said, said
            assert str(values.get("nominee", "")) in said, said


def test_numbers_are_grouped_and_tenths_are_tenths() -> None:
    evidence = canonical_json({"code": "regular-gaps.even", "values": VALUES["regular-gaps.even"]})

    assert words_of("en").plain(told_ground(evidence)) == (
        "34,000 gaps of 3,599.9 s on average, with a spread of 14.1%, in channel web"
    )


@given(nominee=st.text(st.characters(exclude_categories=["C"]), max_size=12), shared=st.integers(0, 2**40))
def test_the_engine_writes_the_canonical_form(engine: Evidence, nominee: str, shared: int) -> None:
    rows = ibis.memtable(pa.table({"nominee": [nominee], "shared": [shared]}))
    made = rows.select(evidence=ground("lockstep.shared", nominee=rows.nominee, shared=rows.shared, run=4))

    assert engine.to_rows(made) == [
        {
            "evidence": canonical_json(
                {"code": "lockstep.shared", "values": {"nominee": nominee, "shared": shared, "run": 4}}
            )
        }
    ]


def test_prose_of_the_first_tables_stands_as_it_is() -> None:
    assert words_of("ko").plain(told_ground("3 voters behind one network")) == "3 voters behind one network"
