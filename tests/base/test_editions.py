"""Editions follow each other as numbers, or their order is not told."""

from __future__ import annotations

import pytest

from plaudit.base.editions import edition_places


@pytest.mark.parametrize(
    "in_order", [["8th", "9th", "10th"], ["MAMA IX", "MAMA X"], ["2017", "2018"], ["2009-10", "2010-11"]]
)
def test_editions_are_put_in_order_as_numbers(in_order: list[str]) -> None:
    assert edition_places(sorted(in_order, reverse=True)) == {name: place for place, name in enumerate(in_order)}


def test_a_number_of_thousands_of_digits_tells_no_order() -> None:
    assert edition_places(["9" * 5000, "2018"]) is None
