"""Ids that look alike are named, with what tells them apart; they are never taken for each other."""

from __future__ import annotations

import pytest

from plaudit.base.spelling import near_misses, told_apart


@pytest.mark.parametrize(
    ("found", "declared", "how"),
    [
        ("BTS", "bts", "case"),
        ("big hit", "bighit", "blanks"),
        ("bts\u200b", "bts", "invisible characters"),
        ("\ufeffbts", "bts", "invisible characters"),
        ("\uff22\uff34\uff33", "BTS", "width or form"),
        ("Beyonce", "Beyonc\u00e9", "accents"),
        ("b\u0442s", "bts", "letters that look alike"),
        ("EX0", "exo", "letters that look alike"),
        ("BIG\u00a0HIT", "bighit", "letters that look alike"),
    ],
)
def test_a_near_miss_is_named_with_what_differs(found: str, declared: str, how: str) -> None:
    missed = near_misses([found, declared, "stranger"], [declared, "another"])

    assert [(miss.found, miss.declared, miss.how) for miss in missed] == [(found, declared, how)]


def test_two_declared_ids_that_look_alike_are_no_misses() -> None:
    assert near_misses(["bts", "BTS"], ["bts", "BTS"]) == []


def test_syllables_that_differ_are_strangers() -> None:
    assert near_misses(["방탄", "か"], ["방턴", "が"]) == []


def test_texts_that_look_alike_are_shown_by_their_code_points() -> None:
    assert told_apart("b\u0442s", "bts") == "'bтs' (U+0062 U+0442 U+0073) is not 'bts' (U+0062 U+0074 U+0073)"
    assert told_apart("BTS", "bts") == "'BTS' is not 'bts'"
