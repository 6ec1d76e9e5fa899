"""Rate limits against a bucket of exact fractions."""

from __future__ import annotations

import ipaddress
import pickle
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import SlowDown
from plaudit.web.limits import Limits, network

KEY = bytes(range(32))
RULE = "season.toml [vote.live] ballots_per_minute"


def is_allowed(limits: Limits, address: str, now: float) -> bool:
    try:
        limits.allow(address, now)
    except SlowDown:
        return False
    return True


class Bucket:
    """As many tokens as a minute gives; they come evenly, and a request takes one."""

    def __init__(self, per_minute: int) -> None:
        self.most = self.tokens = Fraction(per_minute)
        self.seen_at = Fraction(0)

    def is_allowed(self, now: Fraction) -> bool:
        self.tokens = min(self.most, self.tokens + (now - self.seen_at) * self.most / 60)
        self.seen_at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@given(st.integers(1, 200), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 8_000_000)), max_size=200))
def test_it_decides_as_a_bucket_of_fractions_does(per_minute: int, steps: list[tuple[int, int]]) -> None:
    limits = Limits(KEY, per_minute)
    buckets = {voter: Bucket(per_minute) for voter in range(3)}
    at = 0
    for voter, step in steps:
        at += step
        now = at / 1_000_000
        expected = buckets[voter].is_allowed(Fraction(int(now * 1_000_000), 1_000_000))

        assert is_allowed(limits, f"203.0.{voter}.1", now) == expected


@given(st.integers(1, 1_000), st.integers(0, 600_000_000))
def test_whoever_waits_as_told_is_let_in(per_minute: int, start: int) -> None:
    limits = Limits(KEY, per_minute)
    now = start / 1_000_000
    for _ in range(per_minute):
        limits.allow("203.0.113.7", now)
    with pytest.raises(SlowDown) as refused:
        limits.allow("203.0.113.7", now)
    wait = refused.value.values["retry_after"]
    assert isinstance(wait, int)

    assert wait >= 1
    assert is_allowed(limits, "203.0.113.7", now + wait + 0.000_002)


def test_a_refusal_names_its_rule() -> None:
    limits = Limits(KEY, 1, "season.toml [vote.live] sign_ins_per_minute")
    limits.allow("203.0.113.7", 0)
    with pytest.raises(SlowDown, match="1 a minute") as refused:
        limits.allow("203.0.113.7", 0)

    assert refused.value.values == {"rule": "season.toml [vote.live] sign_ins_per_minute", "retry_after": 60}


def test_the_rule_of_ballots_is_the_default() -> None:
    limits = Limits(KEY, 1)
    limits.allow("203.0.113.7", 0)
    with pytest.raises(SlowDown) as refused:
        limits.allow("203.0.113.7", 0)

    assert refused.value.values["rule"] == RULE


def test_zero_is_no_limit() -> None:
    limits = Limits(KEY, 0)

    assert all(is_allowed(limits, "203.0.113.7", 0) for _ in range(10_000))


@given(st.ip_addresses(v=4), st.ip_addresses(v=4))
def test_ipv4_addresses_share_a_network_of_24_bits(one: ipaddress.IPv4Address, other: ipaddress.IPv4Address) -> None:
    is_same = ipaddress.ip_network(f"{one}/24", strict=False) == ipaddress.ip_network(f"{other}/24", strict=False)

    assert (network(str(one)) == network(str(other))) == is_same


@given(st.ip_addresses(v=6), st.integers(0, 127))
def test_ipv6_addresses_share_a_network_of_48_bits(one: ipaddress.IPv6Address, flipped: int) -> None:
    other = ipaddress.IPv6Address(int(one) ^ (1 << (127 - flipped)))
    if one.ipv4_mapped or other.ipv4_mapped:
        return

    assert (network(str(one)) == network(str(other))) == (flipped >= 48)


@given(st.ip_addresses(v=4))
def test_a_mapped_address_counts_as_the_one_it_maps(address: ipaddress.IPv4Address) -> None:
    assert network(f"::ffff:{address}") == network(str(address))


@pytest.mark.parametrize("address", ["", "unix:", "203.0.113.7:80", "203.0.113.7, 203.0.113.8", "é"])
def test_what_is_no_address_is_one_network(address: str) -> None:
    limits = Limits(KEY, 1)
    limits.allow("no address", 0)

    assert not is_allowed(limits, address, 0)


def test_a_scope_does_not_make_another_network() -> None:
    assert network("fe80::1%eth0") == network("fe80::2%eth1")


def test_memory_is_bounded_and_the_quietest_is_forgotten() -> None:
    limits = Limits(KEY, 1, most=100)
    for number in range(100):
        limits.allow(f"10.{number}.0.1", 0)
    limits.allow("192.0.2.1", 0)

    assert len(limits._full_at) == 100
    assert is_allowed(limits, "10.0.0.1", 0)
    assert not is_allowed(limits, "10.99.0.1", 0)


def test_no_address_is_in_memory() -> None:
    limits = Limits(KEY, 5)
    limits.allow("203.0.113.77", 0)
    limits.allow("2001:db8:7:1::9", 0)
    held = pickle.dumps(vars(limits))

    for address in ("203.0.113.77", "2001:db8:7:1::9"):
        assert network(address) not in held
        assert address.encode() not in held


def test_another_key_gives_other_hashes() -> None:
    one, other = Limits(KEY, 5), Limits(bytes(32), 5)
    for limits in (one, other):
        limits.allow("203.0.113.77", 0)

    assert set(one._full_at) != set(other._full_at)


@given(st.text(max_size=20) | st.ip_addresses().map(str))
def test_whatever_stands_for_an_address_has_a_network(address: str) -> None:
    assert len(network(address)) in {0, 3, 6}
