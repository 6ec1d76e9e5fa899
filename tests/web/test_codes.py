"""A code is good once, for a while, and for whoever asked for it; and nobody can take an address from its owner."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import SignInNeeded, VoteUnavailable
from plaudit.web.sign_in.codes import CODE_SECONDS, SENT_MOST, TRIES, Codes
from plaudit.web.sign_in.once import Once
from tests.some import some

ADDRESS = "fan@example.org"
NOW = 1_800_000_000


def is_taken(codes: Codes, token: str, code: str, now: int = NOW, address: str = ADDRESS) -> bool:
    try:
        codes.use(address, token, code, now)
    except SignInNeeded:
        return False
    return True


def test_a_code_is_good_once() -> None:
    codes = Codes()
    asking = codes.ask(ADDRESS, NOW)

    assert [is_taken(codes, asking.token, asking.code) for _ in range(2)] == [True, False]


@pytest.mark.parametrize(("wrong", "is_good"), [(TRIES - 1, True), (TRIES, False)])
def test_a_code_has_so_many_tries(wrong: int, is_good: bool) -> None:
    codes = Codes()
    asking = codes.ask(ADDRESS, NOW)
    other = f"{(int(asking.code) + 1) % 10**8:08d}"
    for _ in range(wrong):
        assert not is_taken(codes, asking.token, other)

    assert is_taken(codes, asking.token, asking.code) == is_good


def test_a_code_ends_after_its_time() -> None:
    codes = Codes()
    first, second = codes.ask(ADDRESS, NOW), codes.ask("other@example.org", NOW)

    assert is_taken(codes, first.token, first.code, NOW + CODE_SECONDS - 1)
    assert not is_taken(codes, second.token, second.code, NOW + CODE_SECONDS, "other@example.org")


def test_a_code_is_of_one_address_and_one_browser() -> None:
    codes = Codes()
    mine, yours = codes.ask(ADDRESS, NOW), codes.ask(ADDRESS, NOW)

    assert not is_taken(codes, mine.token, mine.code, address="other@example.org")
    assert not is_taken(codes, "", mine.code)
    assert mine.code != yours.code
    assert not is_taken(codes, yours.token, mine.code)
    assert not is_taken(Codes(), mine.token, mine.code)
    assert is_taken(codes, mine.token, mine.code)


def test_whoever_burns_tries_and_codes_locks_no_owner_out() -> None:
    codes = Codes()
    for _ in range(50):
        asking = codes.ask(ADDRESS, NOW)
        for _ in range(TRIES + 1):
            is_taken(codes, asking.token, "no code")
    newest = [asking.code for asking in (codes.ask(ADDRESS, NOW) for _ in range(3)) if asking.code]
    assert not newest  # the mailbox holds enough of them

    codes = Codes()
    ballot_store = [codes.ask(ADDRESS, NOW).code for _ in range(SENT_MOST)]
    owner = codes.ask(ADDRESS, NOW + 1)
    assert not owner.code
    assert is_taken(codes, owner.token, ballot_store[-1], NOW + 2)


def test_nobodys_letter_box_is_filled() -> None:
    codes = Codes()
    sent = [codes.ask(ADDRESS, NOW + second).code for second in range(20)]

    assert [bool(code) for code in sent] == [True] * SENT_MOST + [False] * (20 - SENT_MOST)
    assert codes.ask(ADDRESS, NOW + CODE_SECONDS).code
    assert codes.ask("other@example.org", NOW).code


def test_whoever_used_a_code_is_sent_another() -> None:
    codes = Codes()
    for second in some(range(3 * SENT_MOST)):
        asking = codes.ask(ADDRESS, NOW + second)

        assert is_taken(codes, asking.token, asking.code, NOW + second)


def test_a_code_that_could_not_be_sent_does_not_count() -> None:
    codes = Codes()
    for _ in range(3 * SENT_MOST):
        asking = codes.ask(ADDRESS, NOW)
        assert asking.code
        codes.withdraw(ADDRESS, asking)

    assert not codes._sent


def test_memory_is_bounded_and_locks_nobody_out() -> None:
    codes = Codes(most=3)
    askings = [codes.ask(f"{number}@example.org", NOW) for number in range(10)]
    for number, asking in enumerate(askings[:9]):
        is_taken(codes, asking.token, "no code", address=f"{number}@example.org")

    assert len(codes._sent) == len(codes._tries) == 3
    assert is_taken(codes, askings[9].token, askings[9].code, address="9@example.org")


def test_neither_address_nor_code_is_in_memory() -> None:
    codes = Codes()
    asking = codes.ask(ADDRESS, NOW)
    is_taken(codes, asking.token, "no code")
    held = pickle.dumps({name: repr(value) for name, value in vars(codes).items()})

    assert ADDRESS.encode() not in held
    assert asking.code.encode() not in held


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda held: held.hex()))
def test_no_made_up_asking_is_one(token: str) -> None:
    codes = Codes()
    codes.ask(ADDRESS, NOW)

    assert not is_taken(codes, token, "00000042")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 9), st.integers(1, 8)), max_size=30))
def test_each_thing_is_used_once_while_it_lasts(steps: list[tuple[int, int, int]]) -> None:
    once, now = Once(most=4), 0
    ends: dict[int, int] = {}
    for step, name, lasts in steps:
        now += step
        try:
            is_first = once.use(b"%d" % name, ends_at=now + lasts, now=now)
        except VoteUnavailable:
            assert len([end for end in ends.values() if end > now]) >= 4
            continue

        assert is_first or name in ends
        assert not is_first or ends.get(name, 0) <= now
        if is_first:
            ends[name] = now + lasts
