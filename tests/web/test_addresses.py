"""An address has one spelling, and no spelling of one adds a line to a message."""

from __future__ import annotations

import unicodedata
from email import message_from_bytes
from email.policy import default

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plaudit.base.errors import BallotMalformed, RuleInvalid
from plaudit.rulebook.live import EmailCodes
from plaudit.web.sign_in.addresses import normal_address
from plaudit.web.sign_in.letters import Letters

NOW = 1_800_000_000
SENDER = "Votes <vote@plaudit.example>"
LETTERS = Letters(EmailCodes(host="127.0.0.1", sender=SENDER), "A vote")
ATEXT = "abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-/=?^_`{|}~"


def normal(address: str) -> str | None:
    try:
        return normal_address(address)
    except BallotMalformed:
        return None


@given(st.emails())
def test_an_address_has_one_spelling(address: str) -> None:
    found = normal(address)

    assert found is None or normal(found) == found
    assert found is None or normal(f" {address.upper()}\n") == found


def test_six_spellings_of_a_mailbox_are_one() -> None:
    spellings = [
        "fan@bücher.example",
        "FAN@BÜCHER.EXAMPLE",
        "fan@bu\u0308cher.example",
        "fan@xn--bcher-kva.example",
        "fan@XN--BCHER-KVA.example",
        "fan@ｂüｃｈｅｒ．ｅｘａｍｐｌｅ",
        "fan@bücher。example",
        "fan@bü\u00adcher.example",
    ]

    assert {normal(one) for one in spellings} == {"fan@xn--bcher-kva.example"}


@given(st.text("aä中國сﬀＡ１.-", min_size=1, max_size=8))
def test_domains_that_the_network_takes_for_one_are_one(domain: str) -> None:
    address = f"fan@{domain}.example"
    found = normal(address)
    if found is None:
        return
    shown = idna.decode(found.partition("@")[2])

    for other in (address.upper(), f"fan@{shown}", f"fan@{unicodedata.normalize('NFD', domain)}.example"):
        assert normal(other) == found


def test_an_accent_written_in_two_ways_is_one_address() -> None:
    assert normal("rene\u0301@example.org") == normal("REN\u00c9@example.org") == "ren\u00e9@example.org"


def test_tags_and_dots_stay() -> None:
    assert len({normal(f"{name}@example.org") for name in ("fan", "fan+2", "f.an")}) == 3


@pytest.mark.parametrize(
    "address",
    [
        "",
        "fan",
        "@example.org",
        "fan@",
        "a@b@example.org",
        "fan@example.org, other@example.org",
        "a,b@example.org",
        "fan@example.org\nBcc: other@example.org",
        "fan@example.org\r\nRCPT TO:<x@example.org>",
        "fan\r\nBcc: other@example.org",
        "<fan@example.org>",
        '"a b"@example.org',
        '"fan"@example.org',
        "(comment)fan@example.org",
        "fan @example.org",
        "fan\x00@example.org",
        "fan\x7f@example.org",
        "fan\u2028@example.org",
        "fan\u200b@example.org",
        "ｆan@example.org",
        "ﬁn@example.org",
        "fan＠example.org",
        "fan@example..org",
        "fan@example.org.",
        ".fan@example.org",
        "fan.@example.org",
        "f..an@example.org",
        f"{'a' * 65}@example.org",
        f"fan@{'a.' * 130}org",
        "fan\ud800@example.org",
        "fan@\ud800.org",
        "fan@[127.0.0.1]",
        "fan@127.0.0.1",
        "fan@127.1",
        "fan@xn--a.example",
        "fan@xn--example-.example",
        "fan@-a.example",
        "fan@a_b.example",
        "=?utf-8?q?fan?=@example.org",
        "=?utf-8?q?a=0d=0aBcc:b@c.de=0d=0a?=@example.org",
        "=?utf-8?b?DQpCY2M6IGJAYy5kZQ==?=@example.org",
        "a=?b@example.org",
        "a?=b@example.org",
    ],
)
def test_what_is_no_address_is_sent_nothing(address: str) -> None:
    assert normal(address) is None


@given(st.text(max_size=30) | st.text(ATEXT + ".=?", max_size=60))
def test_any_text_is_refused_or_one_recipient_in_one_line(text: str) -> None:
    found = normal(f"{text}@example.org")
    if found is None:
        return
    data = LETTERS.letter(found, "00000042", NOW)
    head, _, body = data.partition(b"\r\n\r\n")
    plain = LETTERS.letter("fan@example.org", "00000042", NOW)

    assert head.split(b"\r\n")[0] == f"To: {found}".encode()
    assert [line.partition(b":")[0] for line in head.split(b"\r\n")[1:]] == [
        line.partition(b":")[0] for line in plain.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    ]
    assert body == plain.partition(b"\r\n\r\n")[2]
    assert message_from_bytes(data, policy=default)["bcc"] is None


@pytest.mark.parametrize("title", ["A vote\r\nBcc: a@b.de", "상 " * 200, "=?utf-8?q?a=0d=0aBcc:_b?=", "x" * 500])
def test_no_title_adds_a_header(title: str) -> None:
    letters = Letters(EmailCodes(host="127.0.0.1", sender=SENDER), title)
    found = message_from_bytes(letters.letter("fan@example.org", "00000042", NOW), policy=default)

    assert found["bcc"] is None
    assert found["subject"].startswith("00000042 is your code for ")
    assert found.get_content().splitlines()[0] == "00000042"


@pytest.mark.parametrize(
    "sender", ["", "nobody", "Votes <vote>", "a@b.de, c@d.de", "<é@b.de>", "a@b.de\r\nBcc: c@d.de"]
)
def test_a_sender_that_is_not_one_address_is_told_at_the_start(sender: str) -> None:
    with pytest.raises(RuleInvalid, match="sender"):
        Letters(EmailCodes(host="127.0.0.1", sender=sender), "A vote")
