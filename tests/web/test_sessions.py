"""Sessions: what was issued is read, and nothing else is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import SignInNeeded
from plaudit.web.sessions import Session, Sessions
from tests.some import some

KEY = bytes(range(32))
NOW = 1_767_225_600
SESSIONS = Sessions(KEY, "2026", 60)


@given(st.integers(0, 2**63 - 1), st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=80))
def test_what_was_issued_is_read_until_it_ends(voter: int, way: str) -> None:
    text = SESSIONS.issue(voter, way, NOW)

    assert SESSIONS.read(text, NOW) == SESSIONS.read(text, NOW + 3_599) == Session(voter, way, NOW + 3_600, text)
    with pytest.raises(SignInNeeded, match="has ended") as ended:
        SESSIONS.read(text, NOW + 3_600)
    assert ended.value.values == {"ended_at": NOW + 3_600}


def test_no_letter_of_a_session_can_be_changed_added_or_left_out() -> None:
    text = SESSIONS.issue(7, "guest", NOW)
    changes = {
        text[:place] + letter + rest
        for place in range(len(text) + 1)
        for letter in ["", "A", "B", "_", ".", "=", "\n", " ", "é", "\ud800"]
        for rest in (text[place + 1 :], text[place:])
    }

    for changed in some(sorted(changes - {text})):
        with pytest.raises(SignInNeeded, match="does not belong to this vote"):
            SESSIONS.read(changed, NOW)


@given(st.text(max_size=700))
def test_no_other_text_is_a_session(text: str) -> None:
    with pytest.raises(SignInNeeded):
        SESSIONS.read(text, NOW)


@pytest.mark.parametrize("other", [Sessions(KEY, "2027", 60), Sessions(bytes(32), "2026", 60)])
def test_a_session_is_of_one_edition_and_one_key(other: Sessions) -> None:
    text = SESSIONS.issue(7, "guest", NOW)
    with pytest.raises(SignInNeeded):
        other.read(text, NOW)

    assert other.csrf(text) != SESSIONS.csrf(text)


def test_a_csrf_token_is_of_one_session_and_is_no_session() -> None:
    one, other = SESSIONS.issue(7, "guest", NOW), SESSIONS.issue(7, "guest", NOW + 1)

    assert SESSIONS.is_csrf(one, SESSIONS.csrf(one))
    assert not SESSIONS.is_csrf(other, SESSIONS.csrf(one))
    assert not any(SESSIONS.is_csrf(one, token) for token in ("", one, one.partition(".")[2], "é"))
    with pytest.raises(SignInNeeded):
        SESSIONS.read(one.partition(".")[0] + "." + SESSIONS.csrf(one), NOW)
