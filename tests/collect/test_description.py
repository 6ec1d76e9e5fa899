"""What is known of a post, against a slow history in plain Python."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from plaudit.collect.description import Description, Said, described
from tests.profiles import examples

ROWS = st.builds(
    Said,
    at=st.integers(1, 6),
    account=st.sampled_from(["label", "other"]),
    artists=st.sampled_from(["", "ann", "ann bob", None]),
    is_named=st.just(False),
    published_at=st.just(5),
    published_from=st.just(5),
    published_to=st.just(5),
    media=st.sampled_from(["photo", "video", None]),
    is_repost=st.sampled_from([True, False, None]),
)


def known_at(found: Description, at: int) -> Any:
    """Give what a description knows at an instant; what was known first holds before it."""
    before = [period for number, period in enumerate(found.periods) if number == 0 or period.from_at <= at]
    return (before[-1].artists, before[-1].media, before[-1].is_repost) if before else None


def slowly(rows: list[Said], at: int) -> Any:
    """Give the same by reading every row of every sound instant again."""
    instants = sorted({row.at for row in rows})
    sound: list[tuple[int, list[Any]]] = []
    for instant in instants:
        here = [row for row in rows if row.at == instant]
        values = [{getattr(row, name) for row in here} - {None} for name in ("artists", "media", "is_repost")]
        if all(len(some) <= 1 for some in values):
            sound.append((instant, [next(iter(some), None) for some in values]))
    if not sound:
        return None
    reached = [values for instant, values in sound if instant <= at] or [sound[0][1]]
    state: list[Any] = ["", "unknown", False]
    for told in reached:
        state = [old if new is None else new for old, new in zip(state, told, strict=True)]
    return tuple(state)


@settings(max_examples=examples(200))
@given(rows=st.lists(ROWS, max_size=8), at=st.integers(0, 7))
def test_a_post_is_what_was_said_last_by_rows_that_agree(rows: list[Said], at: int) -> None:
    assert known_at(described(rows), at) == slowly(rows, at)


@settings(max_examples=examples(100))
@given(data=st.data(), rows=st.lists(ROWS, max_size=8))
def test_no_order_of_rows_changes_a_description(data: st.DataObject, rows: list[Said]) -> None:
    assert described(data.draw(st.permutations(rows))) == described(rows)


@settings(max_examples=examples(100))
@given(rows=st.lists(ROWS, min_size=1, max_size=8), later=st.lists(ROWS, max_size=4))
def test_later_rows_change_nothing_before_them(rows: list[Said], later: list[Said]) -> None:
    before = described(rows)
    last = max(row.at for row in rows)
    after = described([*rows, *(row._replace(at=row.at + last, published_at=9) for row in later)])

    if before.periods:
        assert [known_at(after, at) for at in range(last + 1)] == [known_at(before, at) for at in range(last + 1)]
        assert (after.account, after.published_at) == (before.account, before.published_at)


def test_rows_without_a_time_hold_from_ever_and_the_first_with_one_completes_them() -> None:
    timeless = Said(0, "label", "ann", False, 5, 5, 5, None, None)
    first = timeless._replace(at=10, artists=None, is_repost=True)
    second = first._replace(at=20, media="video")

    assert [
        (period.from_at, period.media, period.is_repost) for period in described([second, first, timeless]).periods
    ] == [
        (0, "unknown", True),
        (20, "video", True),
    ]


def test_the_artists_a_row_names_go_before_those_of_its_account() -> None:
    by_account = Said(10, "ann", "ann", False, 5, 5, 5, None, None)
    named = by_account._replace(artists="ann bob", is_named=True)

    assert [period.artists for period in described([by_account, named]).periods] == ["ann bob"]
