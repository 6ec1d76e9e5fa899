"""An answer's JSON is read field by field, and its status is told apart from what it says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.platforms.answers import Item, as_instant, as_written, batches, usual_outcome
from plaudit.platforms.contract import Answer, Ask

ASK = Ask("some", "posts", "https://there.test/")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_a_count_is_a_whole_number_that_was_said_or_nothing(value: object) -> None:
    item = Item({"count": value})
    count = item.count("count")

    if count is not None:
        assert str(value).lstrip("0") == str(count).lstrip("0")
        assert not isinstance(value, bool | float)
    assert (count is None and value is not None) == bool(item.unread)


@pytest.mark.parametrize("value", [True, 1.0, "1.5", "-3", "１２", " 12", "1e3", 2**63, [1], ""])
def test_what_only_looks_like_a_count_is_none(value: object) -> None:
    item = Item({"count": value})

    assert item.count("count") is None
    assert [unread.reason for unread in item.unread] == ["not a count"]


@pytest.mark.parametrize(
    ("text", "retry_at"),
    [
        ("120", 120_000_010),
        ("0", 10),
        ("1795003200", 1_795_003_200_000_000),
        ("2026-11-18T12:00:00.000000Z", 1_795_003_200_000_000),
        ("Wed, 18 Nov 2026 12:00:00 GMT", 1_795_003_200_000_000),
        ("tomorrow", 0),
        ("-5", 0),
        ("9" * 400, 0),
    ],
)
def test_a_reset_is_read_as_seconds_a_second_or_a_date(text: str, retry_at: int) -> None:
    answer = Answer(ASK, 0, 10, 429, {"x-reset": text}, b"")

    assert usual_outcome(answer, "x-reset").retry_at == retry_at


def test_an_account_is_named_as_the_ask_writes_it() -> None:
    assert as_written(("@Ann", "did:plc:b"), "did:plc:a", "ann") == "@Ann"
    assert as_written(("Ann",), "did:plc:a", None) == "did:plc:a"
    assert as_written((), None) == ""


def test_batches_ask_each_once() -> None:
    assert batches(["a", "b", "a", "c"], 2) == [("a", "b"), ("c",)]


def test_a_time_without_an_offset_is_none() -> None:
    assert as_instant("2026-11-18T12:00:00") is None
    assert as_instant("0001-01-01T00:00:00+23:59") is not None
