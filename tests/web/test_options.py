"""What the organiser says at the start is checked, and a refusal says what to write instead."""

from __future__ import annotations

import ipaddress
from pathlib import Path  # noqa: TC003
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import AskError
from plaudit.web.options import is_in_the_clear, listen_address, public_origin
from plaudit.web.proxies import Proxies, told_address, trusted_networks
from tests.cli.commands import Plaudit
from tests.vote.seasons import open_now


@pytest.mark.parametrize(
    ("option", "value", "says"),
    [
        ("--trusted-proxy", "localhost", "--trusted-proxy 127.0.0.1"),
        ("--trusted-proxy", "nonsense", "neither an IP address nor a network"),
        ("--trusted-proxy", "", "neither an IP address nor a network"),
        ("--trusted-proxy", "10.0.0.0/33", "neither an IP address nor a network"),
        ("--trusted-proxy", "10.0.0.1/8", "write 10.0.0.0/8"),
        ("--trusted-proxy", "0.0.0.0/0", "trusts everybody"),
        ("--trusted-proxy", "::/0", "trusts everybody"),
        ("--trusted-proxy", "127.0.0.1:80", "neither an IP address nor a network"),
        ("--public-url", "javascript:alert(1)", "not an http or https address"),
        ("--public-url", "vote.example.org", "not an http or https address"),
        ("--public-url", "https://", "not an http or https address"),
        ("--public-url", "https://vote.example.org/2026", "--public-url https://vote.example.org"),
        ("--public-url", "https://vote.example.org?a", "has a path"),
        ("--public-url", "https://vote.example.org/#a", "has a path"),
        ("--public-url", "https://me:pw@vote.example.org", "name or password"),
        ("--public-url", "https://vote.example.org:99999", "is not an address"),
        ("--public-url", "https://vote.example.org:0", "nobody can reach"),
        ("--public-url", "https://[::1", "is not an address"),
        ("--public-url", "https://bücher.example", "xn--bcher-kva.example"),
        ("--public-url", "https://vote example.org", "names no host"),
        ("--public-url", "https://<script>", "names no host"),
        ("--address", "localhost", "127.0.0.1"),
        ("--address", "10.0.0.0/8", "not an IP address"),
        ("--address", "", "not an IP address"),
        ("--port", "65536", "65535"),
        ("--port", "http", "port"),
    ],
)
def test_every_option_is_checked_before_anything_is_begun(
    option: str,
    value: str,
    says: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_now(tmp_path / "live")
    said = Plaudit(capsys, monkeypatch)("serve", tmp_path / "live", option, value)

    assert said.code == 2
    assert says in " ".join(said.err.split())
    assert not (tmp_path / "live" / "vote").exists()


@pytest.mark.parametrize(
    ("given_as", "origin"),
    [
        ("https://vote.example.org", "https://vote.example.org"),
        ("HTTPS://Vote.Example.ORG:443/", "https://vote.example.org"),
        ("http://127.0.0.1:8710/", "http://127.0.0.1:8710"),
        ("https://[2001:DB8::1]:8443", "https://[2001:db8::1]:8443"),
        ("http://localhost:80", "http://localhost"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example"),
    ],
)
def test_the_public_address_is_what_browsers_call_it(given_as: str, origin: str) -> None:
    assert public_origin(given_as) == origin
    assert public_origin(origin) == origin


@given(st.text("htps:/@a.[]:1%?# \n", max_size=16).map("https://a".__add__) | st.text(max_size=20))
def test_any_public_address_is_taken_whole_or_refused(text: str) -> None:
    try:
        origin = public_origin(text)
    except AskError:
        return

    assert public_origin(origin) == origin
    assert origin.isascii()
    assert not set(origin) & set(" \n\"'<>")


def test_what_is_not_https_and_not_here_is_in_the_clear() -> None:
    assert is_in_the_clear("http://vote.example.org")
    assert not any(
        is_in_the_clear(one) for one in ("https://a.org", "http://127.0.0.1:1", "http://localhost", "http://[::1]")
    )


@given(st.text(max_size=20))
def test_any_listening_address_is_one_or_refused(text: str) -> None:
    try:
        listen_address(text)
    except AskError:
        return
    assert set(text.partition("%")[0]) <= set("0123456789abcdefABCDEF:.")


FORMS = ["{}", " {} ", '"{}"', "{}:443"]
FORMS_6 = ["{}", " {} ", '"{}"', "[{}]", "[{}]:443", '"[{}]:443"', "{}%eth0", "[{}%25eth0]:1"]


@given(st.ip_addresses(v=4), st.sampled_from(FORMS))
def test_an_address_is_read_in_every_form_that_proxies_write(address: object, form: str) -> None:
    assert told_address(form.format(address)) == str(address)


@given(st.ip_addresses(v=6), st.sampled_from(FORMS_6))
def test_an_address_of_ipv6_is_read_in_every_form_too(address: object, form: str) -> None:
    assert told_address(form.format(address)) == str(address)


@given(st.text('0123456789abf:.[]"% -', max_size=20) | st.text(max_size=10))
def test_what_is_told_is_an_address_or_none(entry: str) -> None:
    found = told_address(entry)

    assert found is None or told_address(found) == found


@pytest.mark.parametrize(
    ("peer", "told", "client"),
    [
        ("10.1.2.3", "203.0.113.7", "203.0.113.7"),
        ("10.1.2.3", "203.0.113.7:51034", "203.0.113.7"),
        ("10.1.2.3", "1.1.1.1, 203.0.113.7:1, 10.9.9.9:2, [::1]:3", "203.0.113.7"),
        ("::ffff:10.1.2.3", "203.0.113.7", "203.0.113.7"),
        ("10.1.2.3", "::ffff:203.0.113.7", "::ffff:203.0.113.7"),
        ("10.1.2.3", "203.0.113.7, unknown", "10.1.2.3"),
        ("10.1.2.3", "203.0.113.7, ", "10.1.2.3"),
        ("10.1.2.3", "", "10.1.2.3"),
        ("10.1.2.3", "10.4.4.4, 10.5.5.5", "10.1.2.3"),
        ("192.0.2.1", "203.0.113.7", "192.0.2.1"),
        ("", "203.0.113.7", ""),
    ],
)
def test_who_asks_is_the_last_one_that_we_do_not_trust(peer: str, told: str, client: str) -> None:
    assert Proxies(["10.0.0.0/8", "::1"]).client(peer, told) == client


def test_what_is_no_address_is_said_once(caplog: pytest.LogCaptureFixture) -> None:
    proxies = Proxies(["10.0.0.0/8"])
    for _ in range(5):
        proxies.client("10.1.2.3", "unknown")
        proxies.client("127.0.0.1", "203.0.113.7")
        proxies.client("198.51.100.1", "203.0.113.7")  # no proxy of ours: anybody may write the header

    assert [record.levelname for record in caplog.records] == ["WARNING"] * 2
    assert "'unknown'" in caplog.text
    assert "--trusted-proxy 127.0.0.1" in caplog.text
    assert "198.51" not in caplog.text


@given(st.lists(st.text(max_size=12) | st.ip_addresses().map(str), max_size=3))
def test_any_list_of_proxies_is_read_or_refused(texts: list[str]) -> None:
    try:
        found = trusted_networks(texts)
    except AskError:
        return
    assert len(found) == len(texts)


@given(st.ip_addresses(), st.lists(st.tuples(st.ip_addresses(), st.integers(1, 32)), max_size=3))
def test_a_proxy_is_trusted_where_its_network_is_named(address: Any, named: list[tuple[Any, int]]) -> None:
    networks = [ipaddress.ip_network(f"{one}/{bits}", strict=False) for one, bits in named]
    plain = getattr(address, "ipv4_mapped", None) or address
    is_named = any(plain in network for network in networks)

    assert Proxies([str(network) for network in networks]).is_trusted(str(address)) == is_named
